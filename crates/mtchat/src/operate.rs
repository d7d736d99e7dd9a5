//! What the commands for operators have in common: the broker and the database of a deployment that runs.

use std::{path::Path, time::Duration};

use mtchat_nats::Broker;
use mtchat_protocol::ShardId;
use mtchat_storage::{NotAgain, Storage};

use crate::{
    Failure,
    credentials::Credentials,
    settings::{Purpose, Settings, Sources},
};

/// Whoever stands at a terminal does not wait longer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The shards of a deployment.
pub(crate) const SHARDS: [ShardId; 1] = [ShardId(0)];

/// What operators ask for can not be done.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// A fact that was set aside can not be applied.
    #[error("{letter}: {source}")]
    Again {
        /// Which.
        letter: String,
        /// Why not.
        source: Box<NotAgain>,
    },
    /// There is no such endpoint.
    #[error("there is no endpoint `{0}`, or it has no place in the log yet: see `mtchat lag`")]
    Endpoint(String),
    /// There is no such letter.
    #[error("there is no dead letter {0}: see `mtchat dead-letters list`")]
    Letter(String),
    /// It can not be read, this version either.
    #[error("{letter}: {reason}")]
    Unreadable {
        /// Which.
        letter: String,
        /// Why not.
        reason: String,
    },
}

/// A deployment that runs.
pub(crate) struct Deployment {
    pub(crate) broker: Broker,
    pub(crate) storage: Storage,
}

impl Deployment {
    /// The one of a data directory, or of the settings.
    pub(crate) async fn open(data: Option<&Path>, sources: Sources) -> Result<Self, Failure> {
        let (deployment, _) = Self::open_with(data, sources).await?;
        Ok(deployment)
    }

    /// The same with the settings by which it was found.
    pub(crate) async fn open_with(
        data: Option<&Path>,
        sources: Sources,
    ) -> Result<(Self, Settings), Failure> {
        let settings = settings(data, sources)?;
        let broker = Broker::connect(&settings.nats.broker_options("mtchat-operator", PATIENCE))
            .await
            .map_err(Failure::Broker)?;
        let storage = Storage::connect_lazy(&settings.database.storage_options())?;
        Ok((Self { broker, storage }, settings))
    }
}

fn settings(data: Option<&Path>, mut sources: Sources) -> Result<Settings, Failure> {
    if let Some(directory) = data {
        let credentials = Credentials::of(directory)?;
        sources.command_line = std::mem::take(&mut sources.command_line)
            .with_some("nats.url", credentials.nats_url)
            .with_some("database.url", credentials.database_url);
    }
    Ok(Settings::load(&sources, Purpose::Migrate)?)
}
