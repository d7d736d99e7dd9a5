//! `mtchat server`: an edge.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use mtchat_nats::LogOptions;
use mtchat_server::{Edge, OptionsError, ServerOptions};
use mtchat_storage::Storage;
use tokio::net::TcpListener;

use crate::{
    Failure, broker, duration,
    metrics::{self, Of},
    migrate, open_files, port_file,
    reports::Reports,
    settings::{Layer, Purpose, Settings, Sources},
    signals::Stop,
    telemetry,
    traces::Traces,
};

/// What `mtchat server` is told beside its settings.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArguments {
    /// The address to listen on (BIND_HOST)
    #[arg(long)]
    host: Option<std::net::IpAddr>,
    /// The port to listen on; 0 takes a free one (PORT)
    #[arg(long)]
    port: Option<u16>,
    /// Write the port into this file once the edge serves
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// Bring the tables up to date at the start, whatever MIGRATE_ON_START says
    #[arg(long)]
    migrate: bool,
    /// How long to wait for NATS at the start
    #[arg(long, default_value = "60s", value_parser = duration::parse, value_name = "DURATION")]
    wait: Duration,
}

impl ServeArguments {
    pub(crate) fn layer(&self) -> Layer {
        Layer::default()
            .with_some("http.host", self.host.map(|host| host.to_string()))
            .with_some("http.port", self.port)
            .with_some("database.migrate_on_start", self.migrate.then_some(true))
    }
}

pub(crate) async fn serve(arguments: &ServeArguments, sources: &Sources) -> Result<(), Failure> {
    let settings = Settings::load(sources, Purpose::Serve)?;
    telemetry::start_logs(telemetry::SERVER_LOGS);
    let page = telemetry::start_metrics(Of::Edge);
    let reports = Reports::start(
        settings
            .telemetry
            .report_options("mtchat-edge", settings.development),
    );
    let traces = Traces::start(settings.telemetry.trace_options("mtchat-edge"));
    let stop = Stop::on_signals()?;
    open_files::raise();
    for warning in settings.auth.warnings() {
        tracing::warn!("{warning}");
    }

    // First, so that a port that is taken is known at once.
    let listener = bind(&settings).await?;
    let connected = tokio::select! {
        () = stop.asked.cancelled() => return Ok(()),
        connected = broker::connect(&settings.nats, "mtchat-edge", arguments.wait) => connected?,
    };
    let storage = Storage::connect_lazy(&settings.database.storage_options())?;
    if settings.database.migrate_on_start {
        migrate::keep_trying(storage.clone(), stop.asked.clone()).await;
    }
    metrics::sample(storage.clone(), stop.asked.clone());
    let (listener, options) = listener;
    let edge = Edge::new(
        options,
        LogOptions::default(),
        connected.clone(),
        storage.clone(),
        page,
    )
    .map_err(|wrong| Failure::Edge(in_words(&wrong).into()))?;
    if let Some(path) = &arguments.port_file {
        port_file::write(path, edge.options.bind)?;
    }
    tracing::info!(address = %edge.options.bind, "the edge listens");
    let served = stop
        .unless_hurried(mtchat_server::serve(edge, listener, stop.asked.clone()))
        .await;
    if served.is_some() {
        connected.leave().await;
        stop.unless_hurried(storage.close()).await;
        stop.unless_hurried(traces.stop()).await;
        stop.unless_hurried(reports.stop()).await;
    }
    Ok(())
}

/// Listens; the options then name the port that it became.
pub(crate) async fn bind(settings: &Settings) -> Result<(TcpListener, ServerOptions), Failure> {
    let mut options = settings.server_options();
    let address = options.bind;
    let failed = |source| Failure::Bind { address, source };
    let listener = mtchat_server::listen(address).map_err(failed)?;
    options.bind = listener.local_addr().map_err(failed)?;
    Ok((listener, options))
}

pub(crate) fn in_words(wrong: &[OptionsError]) -> String {
    wrong
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}
