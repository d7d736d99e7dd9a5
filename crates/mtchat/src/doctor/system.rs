use super::Finding;
use crate::open_files;

const SUBJECT: &str = "open files";
/// Fewer are not even enough for a small deployment.
const LEAST: u64 = 4_096;

/// Every socket is an open file.
pub(super) fn open_files() -> Finding {
    open_files::limits().map_or_else(
        || Finding::warning(SUBJECT, "the system does not tell its limit"),
        |(_, hard)| judge(hard),
    )
}

/// Only the upper limit counts: up to there an edge raises its own.
fn judge(hard: u64) -> Finding {
    let remedy = "raise it (`ulimit -Hn`, LimitNOFILE= in systemd, --ulimit nofile= in Docker)";
    match hard {
        0..LEAST => Finding::problem(
            SUBJECT,
            format!("at most {hard}, and every socket is one: {remedy}"),
        ),
        LEAST..open_files::ENOUGH => Finding::warning(
            SUBJECT,
            format!("at most {hard}, and every socket is one; for more sockets {remedy}"),
        ),
        _ => Finding::ok(SUBJECT, format!("up to {hard}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn few_open_files_are_few_sockets() {
        assert_eq!(judge(1_024).verdict, Verdict::Problem);
        assert_eq!(judge(20_000).verdict, Verdict::Warning);
        assert_eq!(judge(1 << 20).verdict, Verdict::Ok);
    }
}
