use std::time::Duration;

use mtchat_protocol::Timestamp;
use mtchat_storage::{ServerFacts, Storage, StorageError, StorageOptions};

use super::Finding;
use crate::settings::DatabaseSettings;

const PATIENCE: Duration = Duration::from_secs(3);
/// Postgres 15, as the server says it.
const LEAST_VERSION: u32 = 150_000;
/// Ids and tokens carry times, so clocks that differ more make strange histories.
const MOST_SKEW_MICROS: i64 = 2_000_000;

/// Whether it answers, is new enough, up to date, and agrees about the time.
pub(super) async fn examine(settings: &DatabaseSettings) -> Vec<Finding> {
    let options = StorageOptions {
        min_connections: 0,
        acquire_timeout: PATIENCE,
        ..settings.storage_options()
    };
    let storage = match Storage::connect_lazy(&options) {
        Ok(storage) => storage,
        Err(error) => return vec![Finding::problem("Postgres", advice(&error))],
    };
    let before = Timestamp::now();
    let facts = match storage.server_facts().await {
        Ok(facts) => facts,
        Err(error) => return vec![Finding::problem("Postgres", advice(&error))],
    };
    // The server's clock was read somewhere between our two readings.
    let after = Timestamp::now();
    let here = before.micros() + (after.micros() - before.micros()) / 2;
    let findings = vec![
        version(&facts),
        clock(facts.clock.micros() - here),
        migrations(&storage).await,
    ];
    storage.close().await;
    findings
}

fn advice(error: &StorageError) -> String {
    format!("{error}. Start it, or correct DATABASE_URL; a running `mtchat up` is looked at with --data DIR")
}

fn version(facts: &ServerFacts) -> Finding {
    let found = format!("version {}.{}", facts.version / 10_000, facts.version % 10_000);
    if facts.version >= LEAST_VERSION {
        Finding::ok("Postgres", found)
    } else {
        Finding::problem(
            "Postgres",
            format!(
                "{found} is too old: update it to {} or newer",
                LEAST_VERSION / 10_000
            ),
        )
    }
}

fn clock(skew_micros: i64) -> Finding {
    let milliseconds = skew_micros.abs() / 1_000;
    if skew_micros.abs() < MOST_SKEW_MICROS {
        return Finding::ok(
            "clock",
            format!("within {} ms of that of Postgres", milliseconds.max(1)),
        );
    }
    let direction = if skew_micros > 0 { "behind" } else { "ahead of" };
    let says = format!("{milliseconds} ms {direction} that of Postgres: synchronise both machines (NTP)");
    Finding::problem("clock", says)
}

async fn migrations(storage: &Storage) -> Finding {
    match storage.migrations_pending().await {
        Ok(0) => Finding::ok("migrations", "all applied"),
        Ok(pending) => {
            let says =
                format!("{pending} still to be applied: `mtchat migrate` does, and so does the next start");
            Finding::problem("migrations", says)
        }
        Err(error) => Finding::problem("migrations", error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn old_servers_are_told_apart() {
        let facts = |version| ServerFacts {
            version,
            clock: Timestamp::from_micros(0),
        };
        assert_eq!(version(&facts(150_018)), Finding::ok("Postgres", "version 15.18"));
        let old = version(&facts(140_009));
        assert_eq!(old.verdict, Verdict::Problem);
        assert_eq!(old.says, "version 14.9 is too old: update it to 15 or newer");
    }

    #[test]
    fn clocks_may_differ_by_less_than_two_seconds() {
        assert_eq!(clock(-1_999_000).verdict, Verdict::Ok);
        assert!(clock(2_500_000).says.starts_with("2500 ms behind"));
        assert!(clock(-2_500_000).says.starts_with("2500 ms ahead of"));
    }
}
