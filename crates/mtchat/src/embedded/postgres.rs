//! Our own Postgres.

mod data;
mod password;
mod place;
mod settings;
mod template;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::account::Account;
use super::binary::{self, PostgresBinaries};
use super::child::{ChildProcess, Program};
use super::leftover;
use super::lock::DirectoryLock;
use super::port::Port;
use super::{EmbeddedError, Service};
use password::Password;

const NAME: &str = "Postgres";
/// The one role and the one database, both made with the data directory.
const ROLE: &str = "mtchat";
const DATABASE: &str = "mtchat";
/// Recovery after a crash reads the log since the last checkpoint, at most `max_wal_size`.
const READY_WITHIN: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(10);
const PROBE_PATIENCE: Duration = Duration::from_secs(1);
/// Ends sessions and writes a checkpoint; then without the checkpoint.
const STOP: [(Signal, Duration); 2] = [
    (Signal::SIGINT, Duration::from_secs(20)),
    (Signal::SIGQUIT, Duration::from_secs(10)),
];
/// How long the processes of a killed server may still hold its memory.
const RELEASE_WITHIN: Duration = Duration::from_secs(15);
const RELEASE_POLL: Duration = Duration::from_millis(50);
const PORT_TRIES: u32 = 5;

/// How clients on this machine prove that they may connect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Authentication {
    /// Not at all: whoever can run programs on this machine is let in. For tests.
    Trust,
    /// By a generated password, kept beside the data and readable by its owner only.
    Password,
}

/// How a Postgres is to run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// Everything of this server is kept here: data, password, log.
    pub data_dir: PathBuf,
    /// The port; a free one when `None`.
    pub port: Option<u16>,
    /// Whether a power cut may cost nothing. Off, a killed server still loses nothing, but a crashed machine
    /// loses everything: for tests.
    pub durable: bool,
    /// Decided when the data is made; later starts keep what it was.
    pub authentication: Authentication,
    /// A directory from [`Postgres::template`] to copy instead of making the data anew.
    pub template: Option<PathBuf>,
}

impl PostgresOptions {
    /// For real data: durable and with a password.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            port: None,
            durable: true,
            authentication: Authentication::Password,
            template: None,
        }
    }

    /// For a test: quick, without a password, from a template.
    #[must_use]
    pub fn scratch(data_dir: impl Into<PathBuf>, template: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            port: None,
            durable: false,
            authentication: Authentication::Trust,
            template: Some(template.into()),
        }
    }
}

/// A running Postgres. It ends when this is dropped.
#[derive(Debug)]
pub struct Postgres {
    site: Site,
    port: Port,
    process: ChildProcess,
    password: Option<Password>,
    _lock: DirectoryLock,
}

/// What stays the same over restarts.
#[derive(Debug)]
struct Site {
    binaries: PostgresBinaries,
    account: Option<Account>,
    /// The directory that Postgres itself knows, with no link in its path.
    data: PathBuf,
    log: PathBuf,
    durable: bool,
}

impl Postgres {
    /// Starts a server, making its data first when there is none, and waits until it takes clients.
    ///
    /// As root the server runs as the user `postgres` or `nobody`. When that user cannot reach the directory, the
    /// data goes under `/var/lib/mtchat` and a link to it is left in the directory.
    ///
    /// # Errors
    /// When there is no usable binary, when another process works on the directory, when the data was made by
    /// another major version, or when the server does not come up; the error then holds the end of its log.
    pub async fn start(options: PostgresOptions) -> Result<Self, EmbeddedError> {
        let lock = DirectoryLock::acquire(&options.data_dir)?;
        let directory = options
            .data_dir
            .canonicalize()
            .map_err(EmbeddedError::io("look at", &options.data_dir))?;
        let site = prepare(&options, &directory).await?;
        let signals = [STOP[0], STOP[1], (Signal::SIGKILL, Duration::from_secs(5))];
        leftover::stop(&site.data.join("postmaster.pid"), &site.data, &signals).await?;

        let password = Password::read(&directory)?;
        let mut tries = 0;
        loop {
            tries += 1;
            let port = Port::chosen_or_free(options.port)?;
            match site.launch(port.number()).await {
                Ok(process) => {
                    return Ok(Self {
                        site,
                        port,
                        process,
                        password,
                        _lock: lock,
                    });
                }
                Err(error)
                    if options.port.is_none() && tries < PORT_TRIES && super::nats::is_port_taken(&error) => {
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Makes, once for all processes that use this directory, data to copy for [`PostgresOptions::scratch`], and
    /// returns where it is.
    ///
    /// # Errors
    /// When there is no usable binary or the data cannot be made.
    pub async fn template(directory: &Path) -> Result<PathBuf, EmbeddedError> {
        template::make_once(directory).await
    }

    /// Where clients connect, with the password if there is one.
    #[must_use]
    pub fn url(&self) -> String {
        let secret = self
            .password
            .as_ref()
            .map(|password| format!(":{}", password.text()))
            .unwrap_or_default();
        format!("postgres://{ROLE}{secret}@127.0.0.1:{}/{DATABASE}", self.port())
    }

    /// The port, the same over restarts.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port.number()
    }

    /// The process id of the server that runs now, or ran last.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The directory of the server's programs (`psql`, `pg_dump`, …).
    #[must_use]
    pub const fn binaries(&self) -> &PostgresBinaries {
        &self.site.binaries
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.process.exit_status().is_none()
    }

    /// Waits until it has ended, for whatever reason.
    pub async fn wait_exit(&self) -> ExitStatus {
        self.process.wait_exit().await
    }

    /// Kills it with `SIGKILL`, as a crash would, and waits until it is gone. Its sessions end by themselves a moment
    /// later; [`restart`](Self::restart) waits for them.
    pub async fn kill(&self) -> ExitStatus {
        self.process.end(&[]).await
    }

    /// Ends its sessions and stops it; harder when that takes too long.
    pub async fn stop(&self) -> ExitStatus {
        self.process.end(&STOP).await
    }

    /// Starts it again on the same port and data, stopping it first when it still runs.
    ///
    /// # Errors
    /// When it does not come up again.
    pub async fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.stop().await;
        self.process = self.site.launch(self.port.number()).await?;
        Ok(())
    }
}

impl Service for Postgres {
    const NAME: &'static str = NAME;

    fn pid(&self) -> u32 {
        self.pid()
    }

    async fn wait_exit(&self) -> ExitStatus {
        self.wait_exit().await
    }

    async fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.restart().await
    }

    async fn stop(&self) -> ExitStatus {
        self.stop().await
    }
}

/// Finds the programs and the user, and makes the data when there is none.
async fn prepare(options: &PostgresOptions, directory: &Path) -> Result<Site, EmbeddedError> {
    let wanted = directory.join("cluster");
    let account = Account::for_postgres(&wanted)?;
    let made_by = data::made_by(&wanted)?;
    let binaries = binary::postgres(made_by.as_ref().and_then(|major| major.parse().ok()))?;
    let server = binaries.program("postgres");
    if let Some(account) = account.as_ref().filter(|account| !account.may_execute(&server)) {
        return Err(EmbeddedError::NotExecutable {
            user: account.name().to_owned(),
            path: server,
        });
    }
    match made_by {
        Some(made_by) if made_by != binaries.major.to_string() => {
            let (directory, found) = (directory.to_owned(), binaries.major);
            return Err(EmbeddedError::OtherMajor {
                directory,
                made_by,
                binaries: binaries.directory,
                found,
            });
        }
        Some(_) => {}
        None => {
            let destination = place::choose(&wanted, account.as_ref())?;
            match &options.template {
                Some(template) => data::copy(template, &destination, account.as_ref()).await?,
                None => {
                    let password = match options.authentication {
                        Authentication::Trust => None,
                        Authentication::Password => Some(Password::generate(directory)?),
                    };
                    let purpose = data::Purpose {
                        durable: options.durable,
                        password: password.as_ref(),
                    };
                    data::make(&binaries, account.as_ref(), &destination, &purpose).await?;
                }
            }
        }
    }
    let data = wanted
        .canonicalize()
        .map_err(EmbeddedError::io("look at", &wanted))?;
    Ok(Site {
        binaries,
        account,
        data,
        log: directory.join("postgres.log"),
        durable: options.durable,
    })
}

impl Site {
    /// Starts the server; while the processes of a killed one still hold its memory, tries again.
    async fn launch(&self, port: u16) -> Result<ChildProcess, EmbeddedError> {
        let deadline = Instant::now() + RELEASE_WITHIN;
        loop {
            match self.launch_once(port).await {
                Err(error) if is_still_held(&error) && Instant::now() < deadline => sleep(RELEASE_POLL).await,
                result => return result,
            }
        }
    }

    async fn launch_once(&self, port: u16) -> Result<ChildProcess, EmbeddedError> {
        let program = Program {
            name: NAME,
            command: settings::server(&self.binaries, &self.data, port, self.durable),
            account: self.account.clone(),
            log: self.log.clone(),
            // When its owner is gone there is nobody to wait for a checkpoint.
            abandon_signal: Signal::SIGQUIT,
        };
        let process = ChildProcess::spawn(program).await?;
        self.wait_ready(&process, port).await?;
        Ok(process)
    }

    async fn wait_ready(&self, process: &ChildProcess, port: u16) -> Result<(), EmbeddedError> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            if let Some(status) = process.exit_status() {
                return Err(process.ended_at_start(status));
            }
            if self.says_ready(process.pid()) && takes_clients(port).await {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(process.not_ready("recovery and its port", READY_WITHIN));
            }
            // An end of the process wakes us early.
            tokio::select! {
                () = sleep(POLL) => {}
                _ = process.wait_exit() => {}
            }
        }
    }

    /// The server tells its state in the eighth line of its pid file, as `pg_ctl` reads it.
    fn says_ready(&self, pid: u32) -> bool {
        let text = fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
        let mut lines = text.lines();
        let is_ours = lines.next().is_some_and(|line| line.trim() == pid.to_string());
        is_ours && lines.nth(6).is_some_and(|line| line.trim() == "ready")
    }
}

async fn takes_clients(port: u16) -> bool {
    let connect = TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port));
    matches!(timeout(PROBE_PATIENCE, connect).await, Ok(Ok(_)))
}

fn is_still_held(error: &EmbeddedError) -> bool {
    let EmbeddedError::EndedAtStart { tail, .. } = error else {
        return false;
    };
    tail.contains("pre-existing shared memory block") || tail.contains("\"postmaster.pid\" already exists")
}
