use std::path::Path;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::progress::Progress;
use crate::{
    Failure,
    embedded::{
        EmbeddedError, NatsOptions, NatsServer, Postgres, PostgresOptions, RestartPolicy, Service, Supervised,
    },
};

/// Where `mtchat app nats-credentials` puts what it grants to services of apps.
const NATS_HOSTS: &str = "nats-hosts";

/// How the nats-server of a data directory runs.
pub(crate) fn nats_options(data: &Path) -> NatsOptions {
    let mut options = NatsOptions::new(data.join("nats"));
    options.hosts = Some(data.join(NATS_HOSTS)).filter(|hosts| hosts.is_dir());
    options
}

/// How the Postgres of a data directory runs.
pub(crate) fn postgres_options(data: &Path) -> PostgresOptions {
    PostgresOptions::new(data.join("postgres"))
}

/// Our own nats-server and Postgres; one that dies is started again.
pub(super) struct Servers {
    pub(super) nats_url: String,
    pub(super) database_url: String,
    nats: Kept,
    postgres: Kept,
}

struct Kept {
    server: Supervised,
    stop: CancellationToken,
    ended: bool,
}

impl Servers {
    /// Starts both at once; when one can not start, neither stays.
    pub(super) async fn start(data: &Path, progress: &Progress) -> Result<Self, Failure> {
        let nats = async {
            let began = Instant::now();
            let server = NatsServer::start(nats_options(data)).await?;
            progress.done("nats-server", began, &format!("port {}", server.port()));
            Ok::<_, EmbeddedError>(server)
        };
        let postgres = async {
            let began = Instant::now();
            let server = Postgres::start(postgres_options(data)).await?;
            progress.done("Postgres", began, &format!("port {}", server.port()));
            Ok(server)
        };
        let (nats, postgres) = tokio::try_join!(nats, postgres)?;
        Ok(Self {
            nats_url: nats.url(),
            database_url: postgres.url(),
            nats: Kept::new(nats),
            postgres: Kept::new(postgres),
        })
    }

    /// Waits until one of them has ended for good.
    pub(super) async fn ended(&mut self) -> Result<(), Failure> {
        tokio::select! {
            ended = self.nats.ended() => ended,
            ended = self.postgres.ended() => ended,
        }
    }

    /// Stops Postgres, then NATS.
    pub(super) async fn stop(&mut self) {
        for kept in [&mut self.postgres, &mut self.nats] {
            kept.stop.cancel();
            if kept.ended {
                continue;
            }
            if let Err(failure) = kept.ended().await {
                tracing::warn!(error = %failure, "a server did not end as it should");
            }
        }
    }
}

impl Kept {
    fn new<S: Service>(server: S) -> Self {
        let stop = CancellationToken::new();
        let server = Supervised::spawn(server, RestartPolicy::default(), &stop);
        Self {
            server,
            stop,
            ended: false,
        }
    }

    /// It may be waited for only once.
    async fn ended(&mut self) -> Result<(), Failure> {
        let ended = self.server.ended().await;
        self.ended = true;
        Ok(ended?)
    }
}
