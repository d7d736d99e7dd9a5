//! The servers of a data directory, while nothing else runs on them.

use std::path::Path;

use crate::{
    Failure,
    embedded::{NatsServer, Postgres},
    lock::DataLock,
    settings::Sources,
    up::{nats_options, postgres_options},
};

/// The nats-server and the Postgres that `mtchat up` would start.
pub(super) struct OwnServers {
    nats: NatsServer,
    postgres: Postgres,
    _lock: DataLock,
}

impl OwnServers {
    /// Start them; refused while `mtchat up` has them.
    pub(super) async fn start(data: &Path) -> Result<Self, Failure> {
        let lock = DataLock::acquire(data)?;
        let nats = NatsServer::start(nats_options(data));
        let postgres = Postgres::start(postgres_options(data));
        let (nats, postgres) = tokio::try_join!(nats, postgres)?;
        Ok(Self {
            nats,
            postgres,
            _lock: lock,
        })
    }

    /// The settings with these servers in them.
    pub(super) fn named(&self, mut sources: Sources) -> Sources {
        sources.command_line = std::mem::take(&mut sources.command_line)
            .with("nats.url", self.nats.url())
            .with("nats.replicas", 1_u8)
            .with("database.url", self.postgres.url());
        sources
    }

    pub(super) async fn stop(&self) {
        self.postgres.stop().await;
        self.nats.stop().await;
    }
}
