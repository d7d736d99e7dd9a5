//! One child process: started, watched, signalled, and never left behind.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use super::EmbeddedError;
use super::account::Account;

/// A log bigger than this is put aside when the server starts.
const LOG_LIMIT: u64 = 8 << 20;
const TAIL_BYTES: u64 = 4 << 10;
const TAIL_LINES: usize = 15;
/// How long a drop waits for the child to end.
const DROP_PATIENCE: Duration = Duration::from_secs(2);

/// How a child is to be run.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) command: Command,
    /// As whom; `None` for ourselves.
    pub(super) account: Option<Account>,
    /// Where its output goes.
    pub(super) log: PathBuf,
    /// What ends it when the parent dies or forgets it.
    pub(super) abandon_signal: Signal,
}

/// A running, or meanwhile ended, child process.
#[derive(Debug)]
pub(super) struct ChildProcess {
    name: &'static str,
    pid: Pid,
    log: Log,
    abandon_signal: Signal,
    exit: watch::Receiver<Option<ExitStatus>>,
    /// Disconnects when the watching thread ends; for waiting without a runtime.
    ended: Mutex<mpsc::Receiver<()>>,
}

impl ChildProcess {
    /// Starts the child in a process group of its own.
    ///
    /// A thread of its own starts it and waits for it. That keeps the death signal right: Linux sends it when the
    /// *thread* that started the child ends, and a runtime's threads may end long before the process does.
    pub(super) async fn spawn(program: Program) -> Result<Self, EmbeddedError> {
        let Program {
            name,
            command,
            account,
            log: log_path,
            abandon_signal,
        } = program;
        let (log, output) = Log::open(log_path)?;
        let errors = output.try_clone().map_err(EmbeddedError::io("open", &log.path))?;
        let path = PathBuf::from(command.get_program());
        let mut command = dying_with_the_parent(command, abandon_signal);
        if let Some(account) = &account {
            account.apply(&mut command);
        }
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);

        let (started, start) = oneshot::channel();
        let (exited, exit) = watch::channel(None);
        let (alive, ended) = mpsc::channel();
        thread::Builder::new()
            .name(format!("{name} watch"))
            .spawn(move || {
                let _alive: mpsc::Sender<()> = alive;
                start_and_wait(command, started, &exited);
            })
            .map_err(EmbeddedError::io("start a thread for", &path))?;
        let started = start
            .await
            .unwrap_or_else(|_| Err(io::Error::other("its thread ended")));
        let pid = started.map_err(EmbeddedError::io("start", &path))?;
        tracing::debug!(child.name = name, child.pid = pid.as_raw(), "started a server");
        Ok(Self {
            name,
            pid,
            log,
            abandon_signal,
            exit,
            ended: Mutex::new(ended),
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid.as_raw().unsigned_abs()
    }

    /// How it ended; `None` while it runs.
    pub(super) fn exit_status(&self) -> Option<ExitStatus> {
        *self.exit.borrow()
    }

    /// Waits until it has ended.
    pub(super) async fn wait_exit(&self) -> ExitStatus {
        let mut exit = self.exit.clone();
        exit.wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|status| *status)
            .unwrap_or_default()
    }

    /// Sends the signals one after the other, each with its time to work, then `SIGKILL`, and waits for the end.
    pub(super) async fn end(&self, signals: &[(Signal, Duration)]) -> ExitStatus {
        for (signal, patience) in signals {
            self.signal(*signal);
            if let Ok(status) = timeout(*patience, self.wait_exit()).await {
                return status;
            }
            tracing::warn!(
                child.name = self.name,
                child.pid = self.pid.as_raw(),
                "a server does not end when asked"
            );
        }
        self.signal(Signal::SIGKILL);
        self.wait_exit().await
    }

    /// The error for a child that has ended before it was ready.
    pub(super) fn ended_at_start(&self, status: ExitStatus) -> EmbeddedError {
        let (log, tail) = (self.log.path.clone(), self.log.tail());
        EmbeddedError::EndedAtStart {
            server: self.name,
            status,
            log,
            tail,
        }
    }

    /// The error for a child that lives and is not ready.
    pub(super) fn not_ready(&self, waiting_for: &'static str, after: Duration) -> EmbeddedError {
        let (log, tail) = (self.log.path.clone(), self.log.tail());
        EmbeddedError::NotReady {
            server: self.name,
            waiting_for,
            after,
            log,
            tail,
        }
    }

    fn signal(&self, signal: Signal) {
        // Between the child's end and this look its id is free for the length of a context switch: too short for
        // the system to have used all other ids.
        if self.exit_status().is_none() {
            let _ = kill(self.pid, signal);
        }
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        for signal in [self.abandon_signal, Signal::SIGKILL] {
            if self.exit_status().is_some() {
                return;
            }
            self.signal(signal);
            let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = ended.recv_timeout(DROP_PATIENCE);
        }
    }
}

fn start_and_wait(
    mut command: Command,
    started: oneshot::Sender<io::Result<Pid>>,
    exited: &watch::Sender<Option<ExitStatus>>,
) {
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let _ = started.send(Err(error));
            return;
        }
    };
    let pid = Pid::from_raw(child.id().cast_signed());
    if started.send(Ok(pid)).is_err() {
        // Whoever wanted the child is gone.
        let _ = child.kill();
    }
    let status = child.wait().unwrap_or_default();
    exited.send_replace(Some(status));
}

/// Puts `setpriv --pdeathsig` before the command, where the system has it.
fn dying_with_the_parent(command: Command, signal: Signal) -> Command {
    let Some(setpriv) = setpriv() else { return command };
    let mut wrapped = Command::new(setpriv);
    let name = signal.as_str().trim_start_matches("SIG");
    wrapped
        .args(["--pdeathsig", name, "--"])
        .arg(command.get_program())
        .args(command.get_args());
    for (key, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(key, value),
            None => wrapped.env_remove(key),
        };
    }
    wrapped
}

fn setpriv() -> Option<&'static Path> {
    static SETPRIV: OnceLock<Option<PathBuf>> = OnceLock::new();
    SETPRIV
        .get_or_init(|| {
            // The one of busybox does not know the option.
            let works = Command::new("setpriv")
                .args(["--pdeathsig", "KILL", "--", "true"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success());
            works.then(|| PathBuf::from("setpriv"))
        })
        .as_deref()
}

/// The file a child writes its output to, and where in it this run begins.
#[derive(Debug)]
struct Log {
    path: PathBuf,
    start: u64,
}

impl Log {
    fn open(path: PathBuf) -> Result<(Self, File), EmbeddedError> {
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LOG_LIMIT) {
            let mut old = path.clone().into_os_string();
            old.push(".old");
            fs::rename(&path, &old).map_err(EmbeddedError::io("put aside", &path))?;
        }
        let open = || File::options().create(true).append(true).open(&path);
        let file = open().map_err(EmbeddedError::io("open", &path))?;
        let start = file
            .metadata()
            .map_err(EmbeddedError::io("look at", &path))?
            .len();
        Ok((Self { path, start }, file))
    }

    /// The last lines that this run has written.
    fn tail(&self) -> String {
        self.read_tail()
            .unwrap_or_else(|error| format!("(unreadable: {error})"))
    }

    fn read_tail(&self) -> io::Result<String> {
        let mut file = File::open(&self.path)?;
        let end = file.metadata()?.len();
        file.seek(SeekFrom::Start(self.start.max(end.saturating_sub(TAIL_BYTES))))?;
        let mut bytes = Vec::new();
        file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        Ok(lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(directory: &Path, script: &str) -> Program {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        let log = directory.join("log");
        Program {
            name: "script",
            command,
            account: None,
            log,
            abandon_signal: Signal::SIGKILL,
        }
    }

    #[tokio::test]
    async fn the_end_and_the_last_words_are_known() {
        let directory = tempfile::tempdir().unwrap();
        let child = ChildProcess::spawn(program(directory.path(), "echo farewell; exit 3"))
            .await
            .unwrap();
        let status = child.wait_exit().await;
        assert_eq!(status.code(), Some(3));
        assert!(child.ended_at_start(status).to_string().contains("farewell"));
    }

    #[tokio::test]
    async fn a_child_that_ignores_the_first_signal_is_killed() {
        let directory = tempfile::tempdir().unwrap();
        let script = "trap '' TERM; echo ready; while :; do read -r line < /dev/zero; done";
        let child = ChildProcess::spawn(program(directory.path(), script))
            .await
            .unwrap();
        while !child.log.tail().contains("ready") {
            tokio::task::yield_now().await;
        }
        let status = child.end(&[(Signal::SIGTERM, Duration::from_millis(50))]).await;
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9));
    }

    #[tokio::test]
    async fn a_dropped_child_ends() {
        let directory = tempfile::tempdir().unwrap();
        let child = ChildProcess::spawn(program(directory.path(), "exec sleep 60"))
            .await
            .unwrap();
        let pid = child.pid;
        drop(child);
        assert!(kill(pid, None).is_err());
    }

    #[tokio::test]
    async fn a_missing_program_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let command = Command::new("/nonexistent/program");
        let log = directory.path().join("log");
        let program = Program {
            name: "nothing",
            command,
            account: None,
            log,
            abandon_signal: Signal::SIGKILL,
        };
        // With the wrapper the wrapper starts and reports; without it the start itself fails.
        if let Ok(child) = ChildProcess::spawn(program).await {
            assert!(!child.wait_exit().await.success());
        }
    }
}
