//! `mtchat worker`: what follows the log.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use mtchat_storage::Storage;
use mtchat_worker::{Worker, WorkerOptions};
use tokio::net::TcpListener;

use crate::{
    Failure, broker, duration, health,
    metrics::{self, Of},
    migrate, open_files, port_file,
    reports::Reports,
    settings::{Layer, Purpose, Settings, Sources},
    signals::Stop,
    telemetry,
    traces::Traces,
};

/// What `mtchat worker` is told beside its settings.
#[derive(Debug, Clone, Args)]
pub(crate) struct WorkArguments {
    /// The address of health and metrics (BIND_HOST)
    #[arg(long)]
    host: Option<std::net::IpAddr>,
    /// The port of health and metrics; 0 takes a free one (WORKER_PORT)
    #[arg(long)]
    port: Option<u16>,
    /// Write the port into this file once the worker works
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// How long to wait for NATS at the start
    #[arg(long, default_value = "60s", value_parser = duration::parse, value_name = "DURATION")]
    wait: Duration,
}

impl WorkArguments {
    pub(crate) fn layer(&self) -> Layer {
        Layer::default()
            .with_some("worker.host", self.host.map(|host| host.to_string()))
            .with_some("worker.port", self.port)
    }
}

pub(crate) async fn work(arguments: &WorkArguments, sources: &Sources) -> Result<(), Failure> {
    let settings = Settings::load(sources, Purpose::Work)?;
    telemetry::start_logs(telemetry::SERVER_LOGS);
    let page = telemetry::start_metrics(Of::Worker);
    let reports = Reports::start(
        settings
            .telemetry
            .report_options("mtchat-worker", settings.development),
    );
    let traces = Traces::start(settings.telemetry.trace_options("mtchat-worker"));
    let stop = Stop::on_signals()?;
    open_files::raise();
    for warning in settings.webhooks.warnings() {
        tracing::warn!("{warning}");
    }

    // First, so that a port that is taken is known at once.
    let address = settings.worker.address();
    let failed = |source| Failure::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;

    let connected = tokio::select! {
        () = stop.asked.cancelled() => return Ok(()),
        connected = broker::connect(&settings.nats, "mtchat-worker", arguments.wait) => connected?,
    };
    let storage = Storage::connect_lazy(&settings.database.storage_options())?;
    if settings.database.migrate_on_start {
        migrate::keep_trying(storage.clone(), stop.asked.clone()).await;
    }
    metrics::sample(storage.clone(), stop.asked.clone());
    let worker = Worker::new(options(&settings), &connected, &storage);
    let health = health::Health {
        connected: connected.connected(),
        metrics: page,
        roles: worker.status(),
        stopping: stop.asked.clone(),
    };
    let answering = tokio::spawn(health::answer(listener, health));
    if let Some(path) = &arguments.port_file {
        port_file::write(path, address)?;
    }
    tracing::info!(%address, "the worker works");
    let worked = stop.unless_hurried(worker.run(stop.asked.clone())).await;
    if worked.is_some() {
        connected.leave().await;
        stop.unless_hurried(storage.close()).await;
        stop.unless_hurried(traces.stop()).await;
        stop.unless_hurried(reports.stop()).await;
    }
    answering.abort();
    worked
        .unwrap_or(Ok(()))
        .map_err(|undrained| Failure::Worker(undrained.into()))
}

pub(crate) fn options(settings: &Settings) -> WorkerOptions {
    WorkerOptions {
        archiving: settings.worker.archive_options(),
        files: settings.files.sweep_options(),
        log_keep: settings.worker.log_keep(),
        notifications: settings.notifications.notification_options(),
        roles: settings.worker.roles.clone(),
        webhooks: settings.webhooks.worker_options(settings.development),
        ..WorkerOptions::default()
    }
}
