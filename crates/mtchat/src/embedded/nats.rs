//! Our own nats-server.

mod cluster;
mod configuration;
mod hosts;
mod probe;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::time::{Instant, sleep};

pub use cluster::NatsCluster;

use super::binary;
use super::child::{ChildProcess, Program};
use super::leftover;
use super::lock::DirectoryLock;
use super::port::Port;
use super::{EmbeddedError, Service};

const NAME: &str = "nats-server";
/// JetStream reads its whole store before it answers, so a big store needs time.
const READY_WITHIN: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(10);
const STOP_PATIENCE: Duration = Duration::from_secs(15);
/// How often another free port is tried when somebody took the first one meanwhile.
const PORT_TRIES: u32 = 5;

/// How a nats-server is to run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NatsOptions {
    /// Everything of this server is kept here: JetStream's files, configuration, log.
    pub store_dir: PathBuf,
    /// The client port; a free one when `None`.
    pub port: Option<u16>,
    /// How often written messages are forced to the disk, in the words of the server's configuration.
    pub sync_interval: String,
    /// The largest message in bytes.
    pub max_payload: u64,
    /// The most bytes that memory streams may reserve.
    pub max_memory_store: u64,
    /// The most bytes that file streams may reserve.
    pub max_file_store: u64,
    /// Where the log goes; `nats-server.log` in the store when `None`.
    pub log_file: Option<PathBuf>,
    /// Set for a server that is part of a cluster.
    pub cluster: Option<ClusterMember>,
    /// Set for a server to which services of hosts may come: the directory of the files that `mtchat app nats-credentials` writes. They
    /// are read at every start.
    pub hosts: Option<PathBuf>,
}

impl NatsOptions {
    /// The usual settings for a server that keeps its files in this directory.
    #[must_use]
    pub fn new(store_dir: impl Into<PathBuf>) -> Self {
        Self {
            store_dir: store_dir.into(),
            port: None,
            sync_interval: "1s".to_owned(),
            max_payload: 2 << 20,
            max_memory_store: 16 << 30,
            max_file_store: 1 << 40,
            log_file: None,
            cluster: None,
            hosts: None,
        }
    }
}

/// What a server must know to be part of a cluster.
#[derive(Clone, Debug)]
pub struct ClusterMember {
    /// The cluster's name, the same for all members.
    pub cluster: String,
    /// This server's name.
    pub server_name: String,
    /// The port on which this server hears the others.
    pub cluster_port: u16,
    /// The port of the monitoring pages.
    pub monitor_port: u16,
    /// The cluster ports of all members.
    pub routes: Vec<u16>,
}

/// A running nats-server. It ends when this is dropped.
#[derive(Debug)]
pub struct NatsServer {
    options: NatsOptions,
    binary: PathBuf,
    port: Port,
    process: ChildProcess,
    _lock: DirectoryLock,
}

impl NatsServer {
    /// Starts a server and waits until it takes clients, and JetStream answers unless it is part of a cluster.
    ///
    /// # Errors
    /// When there is no usable binary, when another process works on the directory, or when the server
    /// does not come up; the error then holds the end of its log.
    pub async fn start(mut options: NatsOptions) -> Result<Self, EmbeddedError> {
        let binary = binary::nats_server()?;
        let lock = DirectoryLock::acquire(&options.store_dir)?;
        options.store_dir = options
            .store_dir
            .canonicalize()
            .map_err(EmbeddedError::io("look at", &options.store_dir))?;
        let signals = [
            (Signal::SIGTERM, STOP_PATIENCE),
            (Signal::SIGKILL, Duration::from_secs(5)),
        ];
        leftover::stop(
            &pid_file(&options.store_dir),
            &configuration_file(&options.store_dir),
            &signals,
        )
        .await?;

        let mut tries = 0;
        loop {
            tries += 1;
            let port = Port::chosen_or_free(options.port)?;
            match launch(&binary, &options, port.number()).await {
                Ok(process) => {
                    return Ok(Self {
                        options,
                        binary,
                        port,
                        process,
                        _lock: lock,
                    });
                }
                Err(error) if options.port.is_none() && tries < PORT_TRIES && is_port_taken(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where clients connect: `nats://127.0.0.1:<port>`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port())
    }

    /// The client port, the same over restarts.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port.number()
    }

    /// The process id of the server that runs now, or ran last.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The directory it works in.
    #[must_use]
    pub fn store_dir(&self) -> &Path {
        &self.options.store_dir
    }

    /// What it was started with.
    #[must_use]
    pub const fn options(&self) -> &NatsOptions {
        &self.options
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

    /// Kills it with `SIGKILL`, as a crash would, and waits until it is gone.
    pub async fn kill(&self) -> ExitStatus {
        self.process.end(&[]).await
    }

    /// Asks it to end, waits, and kills it when it takes too long.
    pub async fn stop(&self) -> ExitStatus {
        self.process.end(&[(Signal::SIGTERM, STOP_PATIENCE)]).await
    }

    /// Starts it again on the same port and store, stopping it first when it still runs.
    ///
    /// # Errors
    /// When it does not come up again.
    pub async fn restart(&mut self) -> Result<(), EmbeddedError> {
        self.stop().await;
        self.process = launch(&self.binary, &self.options, self.port.number()).await?;
        Ok(())
    }
}

impl Service for NatsServer {
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

async fn launch(binary: &Path, options: &NatsOptions, port: u16) -> Result<ChildProcess, EmbeddedError> {
    let configuration = configuration_file(&options.store_dir);
    let hosts = match &options.hosts {
        Some(directory) => Some(hosts::Hosts::read(directory)?),
        None => None,
    };
    if hosts.is_some() {
        hosts::take_over(&options.store_dir)?;
    }
    fs::write(
        &configuration,
        configuration::render(options, port, &pid_file(&options.store_dir), hosts),
    )
    .map_err(EmbeddedError::io("write", &configuration))?;
    let mut command = Command::new(binary);
    command.arg("-c").arg(&configuration);
    let log = options
        .log_file
        .clone()
        .unwrap_or_else(|| options.store_dir.join("nats-server.log"));
    let program = Program {
        name: NAME,
        command,
        account: None,
        log,
        abandon_signal: Signal::SIGKILL,
    };
    let process = ChildProcess::spawn(program).await?;
    // A lone member of a cluster has no JetStream until it sees the others, so only its port counts.
    let waits_for_jetstream = options.cluster.is_none();
    wait_ready(&process, port, waits_for_jetstream).await?;
    Ok(process)
}

async fn wait_ready(process: &ChildProcess, port: u16, jetstream: bool) -> Result<(), EmbeddedError> {
    let deadline = Instant::now() + READY_WITHIN;
    let mut waiting_for = "its port";
    loop {
        if let Some(status) = process.exit_status() {
            return Err(process.ended_at_start(status));
        }
        if probe::takes_clients(port).await {
            if !jetstream || probe::jetstream_answers(port).await {
                return Ok(());
            }
            waiting_for = "JetStream";
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

fn configuration_file(store_dir: &Path) -> PathBuf {
    store_dir.join("nats-server.conf")
}

fn pid_file(store_dir: &Path) -> PathBuf {
    store_dir.join("nats-server.pid")
}

pub(super) fn is_port_taken(error: &EmbeddedError) -> bool {
    matches!(error, EmbeddedError::EndedAtStart { tail, .. } if tail.to_lowercase().contains("address already in use"))
}
