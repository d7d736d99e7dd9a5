//! Logs and metrics.

use std::{io::IsTerminal, sync::Arc, time::Duration};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    metrics::{self, Of},
    reports,
};

/// What a server says unless `RUST_LOG` asks for something else: our own words, and warnings of others.
pub const SERVER_LOGS: &str = "info,async_nats=warn,sqlx=warn";

/// Gives the metrics as text for Prometheus.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

/// Upper bounds in seconds for everything that is a duration: from a hit in a cache to a request that is given up.
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// The same for everything that is a number of things in one go.
const SIZES: &[f64] = &[1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0];
/// How often what histograms gathered is folded up; without it they would only grow.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts the logs, on standard error: readable on a terminal, JSON otherwise. `RUST_LOG` filters; without it `filter`
/// does. A second call in one process changes nothing.
pub fn start_logs(filter: &str) {
    let filter = match std::env::var("RUST_LOG") {
        // A filter that names what is not here is valid; of a malformed one the good parts count.
        Ok(wanted) if !wanted.trim().is_empty() => EnvFilter::new(wanted),
        _ => EnvFilter::new(filter),
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let layer = if std::io::stderr().is_terminal() {
        layer.with_target(false).boxed()
    } else {
        layer.json().flatten_event(true).with_ansi(false).boxed()
    };
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .with(reports::layer())
        .try_init();
}

/// Starts gathering metrics; inside a runtime, because the upkeep is a task of it. The second call in one process
/// gives a text that says so.
#[must_use]
pub fn start_metrics(of: Of) -> RenderMetrics {
    match recorder().map(PrometheusBuilder::install_recorder) {
        Ok(Ok(handle)) => {
            metrics::begin(of);
            ::metrics::gauge!("mtchat_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            let upkeep = handle.clone();
            tokio::spawn(async move {
                let mut ticks = tokio::time::interval(UPKEEP);
                loop {
                    ticks.tick().await;
                    upkeep.run_upkeep();
                }
            });
            Arc::new(move || handle.render() + &metrics::render_process())
        }
        Ok(Err(error)) | Err(error) => {
            tracing::warn!(%error, "metrics are not gathered");
            Arc::new(|| "# metrics are not gathered by this process\n".to_owned())
        }
    }
}

fn recorder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), SIZES)
}
