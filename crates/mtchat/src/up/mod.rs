//! `mtchat up`: everything for one machine.

mod banner;
mod files;
mod progress;
mod servers;

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use mtchat_nats::{Broker, LogOptions};
use mtchat_server::{Edge, MetricsPage, Verdict};
use mtchat_storage::Storage;
use mtchat_worker::{RoleState, Undrained, Worker};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

pub(crate) use self::servers::{nats_options, postgres_options};
use self::{banner::Banner, files::Files, progress::Progress, servers::Servers};
use crate::{
    Failure, broker,
    credentials::{Credentials, FileCredentials},
    lock::DataLock,
    metrics::{self, Of},
    open_files, port_file,
    reports::Reports,
    serve::{bind, in_words},
    settings::{Layer, Purpose, Secret, Settings, Sources},
    signals::Stop,
    telemetry,
    traces::Traces,
    work,
};

/// Our own servers answer when they are started; this only bounds what should never happen.
const BROKER_WITHIN: Duration = Duration::from_secs(20);
/// The roles take their leases and the edge reads the live path. Leases of a killed run lapse first.
const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(20);
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// What `mtchat up` is told beside its settings.
#[derive(Debug, Clone, Args)]
pub(crate) struct UpArguments {
    /// Everything is kept here: data, credentials, logs of the servers
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The address to listen on; 127.0.0.1 unless set (BIND_HOST)
    #[arg(long)]
    host: Option<IpAddr>,
    /// The port to listen on; 0 takes a free one; 8080 unless set (PORT)
    #[arg(long)]
    port: Option<u16>,
    /// Write the port into this file once everything is ready
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
}

impl UpArguments {
    pub(crate) fn layer(&self) -> Layer {
        Layer::default()
            .with_some("http.host", self.host.map(|host| host.to_string()))
            .with_some("http.port", self.port)
            // Its own, whatever the environment says; the true addresses are known when they run.
            .with("database.url", "postgres://127.0.0.1/mtchat")
            .with("nats.url", "nats://127.0.0.1")
            .with("nats.replicas", 1_u8)
    }
}

pub(crate) async fn up(arguments: &UpArguments, sources: Sources) -> Result<(), Failure> {
    let stop = Stop::on_signals()?;
    let lock = DataLock::acquire(&arguments.data)?;
    let (mut settings, mut credentials) = prepare(&arguments.data, sources)?;
    telemetry::start_logs("warn");
    let page = telemetry::start_metrics(Of::Both);
    let reports = Reports::start(settings.telemetry.report_options("mtchat", settings.development));
    let traces = Traces::start(settings.telemetry.trace_options("mtchat"));
    open_files::raise();

    let progress = Progress::start(&arguments.data);
    for warning in settings.webhooks.warnings() {
        progress.say(warning);
    }
    let files = own_files(&arguments.data, &mut settings, &mut credentials, progress).await?;
    let starting = Servers::start(&arguments.data, &progress);
    let mut servers = tokio::select! {
        () = stop.asked.cancelled() => return Ok(()),
        started = starting => started?,
    };
    settings.nats.url = Secret::new(servers.nats_url.clone());
    settings.database.url = Secret::new(servers.database_url.clone());
    let started = tokio::select! {
        () = stop.asked.cancelled() => None,
        started = Chat::start(&settings, page, &progress) => Some(started),
    };
    let outcome = match started {
        None => Ok(()),
        Some(Err(failure)) => Err(failure),
        Some(Ok(mut chat)) => {
            credentials.url = Some(banner::http_url(chat.address));
            credentials.nats_url = Some(servers.nats_url.clone());
            credentials.database_url = Some(servers.database_url.clone());
            if let Some(files) = &files {
                files.say_if_starting(&progress);
            }
            let outcome = match publish(arguments, &credentials, chat.address) {
                Ok(()) => {
                    Banner {
                        data: &arguments.data,
                        credentials: &credentials,
                        address: chat.address,
                        files: settings.files.endpoint.as_deref(),
                    }
                    .print(&progress);
                    run(&mut chat, &mut servers, &stop).await
                }
                Err(failure) => Err(failure),
            };
            progress.say("Stopping: edge, worker, files, Postgres, NATS. Ctrl-C again hurries.");
            let stopped = chat.stop(&stop).await;
            stop.unless_hurried(traces.stop()).await;
            stop.unless_hurried(reports.stop()).await;
            outcome.and(stopped)
        }
    };
    if let Some(files) = files {
        files.stop().await;
    }
    servers.stop().await;
    progress.say("Stopped. The data stays.");
    drop(lock);
    outcome
}

/// The settings, and the credentials that belong to the directory: kept ones, else new ones, unless the operator set
/// their own.
fn prepare(data: &Path, mut sources: Sources) -> Result<(Settings, Credentials), Failure> {
    let kept = Credentials::read(data)?;
    let mut credentials = match &kept {
        Some(kept) => kept.clone(),
        None => Credentials::generate()?,
    };
    // Whether tokens are asked for is a matter of the settings, not of the directory.
    credentials.jwt_enabled = true;
    sources.defaults = credentials
        .layer()
        .with("http.host", "127.0.0.1")
        .with("http.port", 8080_u16)
        .with("http.drain_notice_secs", 0_u8)
        .with("http.drain_sockets_secs", 1_u8)
        .with("http.drain_requests_secs", 5_u8)
        .with("database.acquire_timeout_secs", 5_u8);
    let settings = Settings::load(&sources, Purpose::Up)?;
    credentials.jwt_enabled = settings.auth.jwt_enabled;
    if let Some(token) = &settings.auth.admin_api_token {
        credentials.admin_api_token.clone_from(token.expose());
    }
    if let Some(secret) = settings.auth.jwt_secrets.first() {
        credentials.jwt_secret.clone_from(secret.expose());
    }
    // At once: what was generated must not be lost when the start fails half-way.
    if kept.as_ref() != Some(&credentials) {
        credentials.write(data)?;
    }
    Ok((settings, credentials))
}

/// Starts a store of files where the operator names none, and points the settings at it.
async fn own_files(
    data: &Path,
    settings: &mut Settings,
    credentials: &mut Credentials,
    progress: Progress,
) -> Result<Option<Files>, Failure> {
    let mut own = match credentials.files.take() {
        Some(own) => own,
        // The directory was made by a version that kept no files.
        None => FileCredentials::generate()?,
    };
    let files = if settings.files.is_on() {
        None
    } else {
        Files::start(data, &own, progress).await
    };
    own.url = files.as_ref().map(|files| files.endpoint.clone());
    if let Some(url) = &own.url {
        settings
            .files
            .keep_at(url, &own.access_key_id, &own.secret_access_key);
    }
    credentials.files = Some(own);
    Ok(files)
}

fn publish(arguments: &UpArguments, credentials: &Credentials, address: SocketAddr) -> Result<(), Failure> {
    credentials.write(&arguments.data)?;
    match &arguments.port_file {
        Some(path) => port_file::write(path, address),
        None => Ok(()),
    }
}

/// Waits until somebody wants an end, or something that cannot be done without has ended.
async fn run(chat: &mut Chat, servers: &mut Servers, stop: &Stop) -> Result<(), Failure> {
    tokio::select! {
        () = stop.asked.cancelled() => Ok(()),
        ended = servers.ended() => ended,
        _ = &mut chat.serving => Err(Failure::Edge("it stopped by itself".into())),
    }
}

/// Edge and worker, in this process.
struct Chat {
    address: SocketAddr,
    brokers: [Broker; 2],
    edge_stop: CancellationToken,
    serving: JoinHandle<()>,
    storage: Storage,
    worker_stop: CancellationToken,
    working: JoinHandle<Result<(), Undrained>>,
}

impl Chat {
    async fn start(settings: &Settings, page: MetricsPage, progress: &Progress) -> Result<Self, Failure> {
        let (listener, options) = bind(settings).await?;
        let began = Instant::now();
        let storage = Storage::connect_lazy(&settings.database.storage_options())?;
        storage.migrate().await?;
        progress.done("tables", began, "up to date");
        let began = Instant::now();
        // One connection each: a burst of the worker's must not delay what users wait for.
        let for_edge = broker::connect(&settings.nats, "mtchat-edge", BROKER_WITHIN).await?;
        let for_worker = broker::connect(&settings.nats, "mtchat-worker", BROKER_WITHIN).await?;
        progress.done("streams", began, "as configured");

        let began = Instant::now();
        let address = options.bind;
        let (edge_stop, worker_stop) = (CancellationToken::new(), CancellationToken::new());
        // A start that is broken off leaves nothing running.
        let broken_off = [edge_stop.clone().drop_guard(), worker_stop.clone().drop_guard()];
        let edge = Edge::new(
            options,
            LogOptions::default(),
            for_edge.clone(),
            storage.clone(),
            page,
        )
        .map_err(|wrong| Failure::Edge(in_words(&wrong).into()))?;
        metrics::sample(storage.clone(), worker_stop.clone());
        let worker = Worker::new(work::options(settings), &for_worker, &storage);
        let mut roles = worker.status();
        let working = tokio::spawn(worker.run(worker_stop.clone()));
        let readiness = edge.readiness.clone();
        let serving = tokio::spawn(mtchat_server::serve(edge, listener, edge_stop.clone()));
        let is_ready = async {
            let _ = roles
                .wait_for(|worker| worker.roles.iter().all(|role| role.state == RoleState::Active))
                .await;
            while readiness.verdict() != Verdict::Ready {
                sleep(LOOK).await;
            }
        };
        match timeout(READY_WITHIN, is_ready).await {
            Ok(()) => progress.done("edge and worker", began, &format!("on {address}")),
            Err(_) => progress.say("The edge is not ready yet; /health/ready tells what it waits for."),
        }
        for guard in broken_off {
            guard.disarm();
        }
        let brokers = [for_edge, for_worker];
        Ok(Self {
            address,
            brokers,
            edge_stop,
            serving,
            storage,
            worker_stop,
            working,
        })
    }

    /// The edge first, so that nothing new comes in; then the worker, when it has stored what did.
    async fn stop(self, stop: &Stop) -> Result<(), Failure> {
        self.edge_stop.cancel();
        if !self.serving.is_finished() {
            stop.unless_hurried(self.serving).await;
        }
        self.worker_stop.cancel();
        let worked = stop.unless_hurried(self.working).await;
        let closing = async {
            for broker in &self.brokers {
                broker.leave().await;
            }
            self.storage.close().await;
        };
        stop.unless_hurried(timeout(CLOSE_WITHIN, closing)).await;
        match worked {
            Some(Ok(Err(undrained))) => Err(Failure::Worker(undrained.into())),
            Some(Err(crashed)) => Err(Failure::Worker(crashed.into())),
            Some(Ok(Ok(()))) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Environment;

    fn sources<const N: usize>(variables: [(&str, &str); N]) -> Sources {
        let arguments = UpArguments {
            data: PathBuf::new(),
            host: None,
            port: None,
            port_file: None,
        };
        Sources {
            environment: variables.into_iter().collect::<Environment>(),
            command_line: arguments.layer(),
            ..Sources::default()
        }
    }

    #[test]
    fn the_second_start_goes_on_with_the_credentials_of_the_first() {
        let data = tempfile::tempdir().unwrap();
        let (settings, first) = prepare(data.path(), sources([])).unwrap();
        assert!(settings.auth.jwt_enabled);
        assert!(settings.http.host.is_loopback());
        assert_eq!(settings.auth.jwt_secrets[0].expose(), &first.jwt_secret);
        let (_, second) = prepare(data.path(), sources([])).unwrap();
        assert_eq!(second, first);
        assert_eq!(Credentials::of(data.path()).unwrap(), first);
    }

    #[test]
    fn what_the_environment_gives_is_taken_and_kept() {
        let data = tempfile::tempdir().unwrap();
        let own = "0f9e8d7c6b5a49382716051423324150";
        let given = [
            ("ADMIN_API_TOKEN", own),
            ("DATABASE_URL", "postgres://elsewhere/x"),
            ("PORT", "0"),
        ];
        let (settings, credentials) = prepare(data.path(), sources(given)).unwrap();
        assert_eq!(credentials.admin_api_token, own);
        assert_eq!(settings.http.port, 0);
        assert_eq!(settings.database.url.expose(), "postgres://127.0.0.1/mtchat");
        let (_, later) = prepare(data.path(), sources([])).unwrap();
        assert_eq!(later.admin_api_token, own);
        assert_eq!(later.jwt_secret, credentials.jwt_secret);
    }

    #[test]
    fn without_authentication_it_stays_on_this_machine() {
        let data = tempfile::tempdir().unwrap();
        let (_, credentials) = prepare(data.path(), sources([("JWT_AUTH_ENABLED", "false")])).unwrap();
        assert!(!credentials.jwt_enabled);
        let open = sources([("JWT_AUTH_ENABLED", "false"), ("BIND_HOST", "0.0.0.0")]);
        assert!(matches!(prepare(data.path(), open), Err(Failure::Settings(_))));
    }
}
