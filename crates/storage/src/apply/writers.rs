use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use mtchat_protocol::ShardId;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::time::{Duration, timeout};

use crate::{StorageError, StorageOptions};

/// Where a shard is projected from.
#[derive(Default)]
pub(crate) struct Writer {
    /// Empty while it is used, and before and after trouble.
    pub(crate) connection: Option<PgConnection>,
    /// The log is being given again: messages may be stored already.
    pub(crate) careful: bool,
}

type Slot = Arc<tokio::sync::Mutex<Writer>>;

/// One connection for each shard that is projected here, apart from the pool: its prepared statements stay warm, and no batch waits
/// behind reads.
pub(crate) struct Writers {
    options: PgConnectOptions,
    connect_timeout: Duration,
    deadline: Duration,
    slots: Mutex<HashMap<ShardId, Slot>>,
}

impl Writers {
    pub(crate) fn new(options: &StorageOptions) -> Result<Self, StorageError> {
        Ok(Self {
            options: options.projecting()?,
            connect_timeout: options.acquire_timeout,
            deadline: options.apply_deadline(),
            slots: Mutex::default(),
        })
    }

    /// The writer of a shard.
    pub(crate) fn slot(&self, shard: ShardId) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(shard).or_default())
    }

    pub(crate) async fn connect(&self) -> Result<PgConnection, StorageError> {
        timeout(self.connect_timeout, PgConnection::connect_with(&self.options))
            .await
            .map_or_else(|_| Err(StorageError::timed_out()), |connected| Ok(connected?))
    }

    pub(crate) async fn close(&self) {
        let slots: Vec<Slot> = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.drain().map(|(_, slot)| slot).collect()
        };
        for slot in slots {
            if let Some(connection) = slot.lock().await.connection.take() {
                // A connection that can not say good-bye is as closed as one that can.
                let _ = timeout(self.connect_timeout, connection.close()).await;
            }
        }
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }
}
