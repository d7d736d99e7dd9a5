//! A server that an earlier, killed run left behind.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use super::EmbeddedError;

const POLL: Duration = Duration::from_millis(20);
/// The end of a process that was killed takes as long as the system needs to take back its memory.
const ENDING: Duration = Duration::from_secs(5);

/// Stops the process named in the first line of `pid_file`, if it lives and its command line contains `marker`.
///
/// Each signal is given its time before the next one is sent. The marker is a path of ours, so a foreign process that
/// meanwhile has the same id is never touched. Call this only while holding the directory's lock: then the process
/// has no owner any more.
pub(super) async fn stop(
    pid_file: &Path,
    marker: &Path,
    signals: &[(Signal, Duration)],
) -> Result<(), EmbeddedError> {
    let Some(pid) = read_pid(pid_file) else {
        return Ok(());
    };
    if !belongs(pid, marker) {
        is_gone(pid).await;
        return Ok(());
    }
    tracing::warn!(
        child.pid = pid.as_raw(),
        "stopping a server that an earlier run left behind"
    );
    for (signal, patience) in signals {
        // An error means that it has just ended, which the loop sees.
        let _ = kill(pid, *signal);
        let deadline = Instant::now() + *patience;
        while Instant::now() < deadline {
            if !belongs(pid, marker) {
                is_gone(pid).await;
                return Ok(());
            }
            sleep(POLL).await;
        }
    }
    Err(EmbeddedError::StillRunning {
        pid: pid.as_raw(),
        path: marker.to_owned(),
    })
}

/// Waits for a process that is ending: it has no command line any more, but may still hold its ports and files for a moment.
async fn is_gone(pid: Pid) {
    let deadline = Instant::now() + ENDING;
    while is_ending(pid) && Instant::now() < deadline {
        sleep(POLL).await;
    }
}

fn is_ending(pid: Pid) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    let threads = fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
    let nameless = command_line(pid).is_some_and(|line| line.is_empty());
    // Its name, in parentheses, may hold anything; the state follows it. One that waits to be collected holds nothing, once its
    // threads are gone too.
    let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
    nameless && (state != Some('Z') || threads > 1)
}

fn read_pid(pid_file: &Path) -> Option<Pid> {
    let text = fs::read_to_string(pid_file).ok()?;
    let number: i32 = text.lines().next()?.trim().parse().ok()?;
    // 0 and negative numbers would name process groups.
    (number > 1).then(|| Pid::from_raw(number))
}

fn belongs(pid: Pid, marker: &Path) -> bool {
    command_line(pid).is_some_and(|line| line.contains(&*marker.to_string_lossy()))
}

/// The command line of a living process; `None` for one that has ended, even when nobody has collected it yet.
fn command_line(pid: Pid) -> Option<String> {
    if Path::new("/proc/self/cmdline").exists() {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&bytes).replace('\0', " "));
    }
    let output = Command::new("ps")
        .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_process_without_our_path_in_its_command_line_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let pid_file = directory.path().join("pid");
        let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
        fs::write(&pid_file, stranger.id().to_string()).unwrap();

        stop(
            &pid_file,
            directory.path(),
            &[(Signal::SIGKILL, Duration::from_secs(1))],
        )
        .await
        .unwrap();

        assert!(stranger.try_wait().unwrap().is_none());
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }

    #[test]
    fn an_unreadable_pid_names_nobody() {
        let directory = tempfile::tempdir().unwrap();
        let pid_file = directory.path().join("pid");
        for text in ["", "0", "-5", "1", "x"] {
            fs::write(&pid_file, text).unwrap();
            assert_eq!(read_pid(&pid_file), None, "{text:?}");
        }
    }
}
