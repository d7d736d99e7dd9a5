//! Our own SeaweedFS, which keeps files and speaks S3.

mod configuration;
mod ports;
mod probe;

use std::fmt;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::time::{Instant, sleep};

use super::EmbeddedError;
use super::binary;
use super::child::{ChildProcess, Program};
use super::leftover;
use super::lock::DirectoryLock;
use ports::Ports;

const NAME: &str = "SeaweedFS";
/// Two seconds as a rule, with much data on a slow disk more: it reads the index of all files.
const READY_WITHIN: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);
const KILL_PATIENCE: Duration = Duration::from_secs(5);

/// How a file server is to run.
#[derive(Clone)]
#[non_exhaustive]
pub struct FileServerOptions {
    /// Everything of this server is kept here: files, configuration, log.
    pub data_dir: PathBuf,
    /// Who may do everything.
    pub access_key_id: String,
    /// With what they sign.
    pub secret_access_key: String,
}

impl FileServerOptions {
    /// For a server that keeps its files in this directory and opens to these credentials.
    #[must_use]
    pub fn new(
        data_dir: impl Into<PathBuf>,
        access_key_id: impl Into<String>,
        secret_access_key: impl Into<String>,
    ) -> Self {
        Self {
            data_dir: data_dir.into(),
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
        }
    }
}

impl fmt::Debug for FileServerOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FileServerOptions")
            .field("data_dir", &self.data_dir)
            .finish_non_exhaustive()
    }
}

/// A SeaweedFS with a place and an address, running or not. It ends when this is dropped.
///
/// Its address is known before it runs, so that whoever uses it need not wait for it. The ports stay the same over later
/// starts on the directory as long as they are free.
///
/// Master, volume server, filer and S3 are one process on `127.0.0.1`. S3, the filer's and the volumes' HTTP ask for signatures;
/// the master and what they say among each other (gRPC) do not: whoever can run programs on this machine can reach that.
#[derive(Debug)]
pub struct FileServer {
    options: FileServerOptions,
    binary: PathBuf,
    process: Option<ChildProcess>,
    ports: Ports,
    _lock: DirectoryLock,
}

impl FileServer {
    /// Takes the directory and the ports. Nothing runs yet; a server that an earlier, killed run left behind is ended.
    ///
    /// # Errors
    /// When there is no program, when another process works on the directory, or when there are no free ports.
    pub async fn prepare(mut options: FileServerOptions) -> Result<Self, EmbeddedError> {
        let binary = binary::seaweedfs()?;
        let lock = DirectoryLock::acquire(&options.data_dir)?;
        options.data_dir = options
            .data_dir
            .canonicalize()
            .map_err(EmbeddedError::io("look at", &options.data_dir))?;
        // SeaweedFS lets everybody read what it writes.
        fs::set_permissions(&options.data_dir, Permissions::from_mode(0o700))
            .map_err(EmbeddedError::io("close to others", &options.data_dir))?;
        let (pid_file, store) = (pid_file(&options.data_dir), store(&options.data_dir));
        leftover::stop(&pid_file, &store, &[(Signal::SIGKILL, KILL_PATIENCE)]).await?;
        let ports = Ports::take(&options.data_dir)?;
        Ok(Self {
            options,
            binary,
            process: None,
            ports,
            _lock: lock,
        })
    }

    /// Starts a server and waits until it takes files.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare), or when it does not come up; the error then holds the end of its log.
    pub async fn start(options: FileServerOptions) -> Result<Self, EmbeddedError> {
        let mut server = Self::prepare(options).await?;
        server.restart().await?;
        Ok(server)
    }

    /// Starts it, where it was if it ran before, and waits until it takes files. One that still runs is stopped first.
    ///
    /// # Errors
    /// When it does not come up; the error then holds the end of its log.
    pub async fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.stop().await;
        let site = &self.options.data_dir;
        let (pid_file, store) = (pid_file(site), store(site));
        fs::create_dir_all(&store).map_err(EmbeddedError::io("create", &store))?;
        let configuration = configuration::write(&self.options)?;

        let mut command = Command::new(&self.binary);
        command
            .args(configuration::arguments(&configuration, &store, &self.ports))
            .env("GOMEMLIMIT", configuration::MEMORY_GOAL);
        let process = ChildProcess::spawn(Program {
            name: NAME,
            command,
            account: None,
            log: site.join("seaweedfs.log"),
            abandon_signal: Signal::SIGKILL,
        })
        .await?;
        fs::write(&pid_file, process.pid().to_string()).map_err(EmbeddedError::io("write", &pid_file))?;
        wait_ready(&process, &self.ports).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Where clients find it, whether it runs or not: `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    /// The port of S3.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.ports.s3.number()
    }

    /// The process id of the server that runs now, or ran last.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(ChildProcess::pid)
    }

    /// Waits until it has ended; `None` when it was not started.
    pub async fn wait_exit(&self) -> Option<ExitStatus> {
        match &self.process {
            Some(process) => Some(process.wait_exit().await),
            None => None,
        }
    }

    /// Ends it, at once and the hard way: asked to end it takes 15 seconds, and what it has acknowledged survives a kill.
    pub async fn stop(&self) {
        if let Some(process) = &self.process {
            process.end(&[]).await;
        }
        self.ports.sweep();
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        // The process first: it is what makes the sockets.
        self.process = None;
        self.ports.sweep();
    }
}

async fn wait_ready(process: &ChildProcess, ports: &Ports) -> Result<(), EmbeddedError> {
    let deadline = Instant::now() + READY_WITHIN;
    let mut waiting_for = "its port";
    loop {
        if let Some(status) = process.exit_status() {
            return Err(process.ended_at_start(status));
        }
        if probe::answers_strangers(ports.s3.number()).await {
            // Without a place for files every upload would fail.
            if probe::has_room(ports.master.number()).await {
                return Ok(());
            }
            waiting_for = "room for files";
        }
        if Instant::now() >= deadline {
            return Err(process.not_ready(waiting_for, READY_WITHIN));
        }
        // An end of the process wakes us early.
        tokio::select! {
            () = sleep(POLL) => {}
            _ = process.wait_exit() => {}
        }
    }
}

/// The one directory that SeaweedFS itself knows; its path in a command line tells our process from others.
fn store(site: &Path) -> PathBuf {
    site.join("store")
}

fn pid_file(site: &Path) -> PathBuf {
    site.join("seaweedfs.pid")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(directory: &Path) -> FileServerOptions {
        FileServerOptions::new(directory, "key", "hunter2")
    }

    #[test]
    fn the_secret_does_not_show_itself() {
        let shown = format!("{:?}", options(Path::new("/data")));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[tokio::test]
    async fn it_comes_back_where_it_was_however_it_ended() {
        let directory = tempfile::tempdir().unwrap();
        let mut server = FileServer::start(options(directory.path())).await.unwrap();
        let (endpoint, first) = (server.endpoint(), server.pid());
        server.stop().await;
        server.restart().await.unwrap();
        assert_eq!(server.endpoint(), endpoint);
        assert_ne!(server.pid(), first);
        let again = FileServer::prepare(options(directory.path())).await;
        assert!(matches!(again, Err(EmbeddedError::Busy(_))));

        drop(server);
        let later = FileServer::prepare(options(directory.path())).await.unwrap();
        assert_eq!(later.endpoint(), endpoint);
    }
}
