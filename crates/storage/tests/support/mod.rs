//! A private Postgres, and histories of dialogs made by the real rules.

pub mod history;
pub mod postgres;

use mtchat_protocol::{Epoch, ShardId};
use mtchat_storage::{Projection, Storage, StorageOptions};
use postgres::Postgres;
use sqlx::Connection;

pub const SHARD: ShardId = ShardId(0);

/// An empty database with the schema, and where its projection begins.
pub struct Database {
    pub storage: Storage,
    pub start: Projection,
    pub server: Postgres,
}

impl Database {
    pub async fn start() -> Self {
        let server = Postgres::start();
        let storage = Storage::connect_lazy(&StorageOptions::new(server.url())).unwrap();
        storage.migrate().await.unwrap();
        let start = storage.begin_projection(SHARD, &epoch(1)).await.unwrap();
        Self {
            storage,
            start,
            server,
        }
    }

    /// A connection for looking at the tables themselves.
    pub async fn look(&self) -> sqlx::PgConnection {
        sqlx::PgConnection::connect(&self.server.url()).await.unwrap()
    }
}

pub fn epoch(number: u32) -> Epoch {
    Epoch(format!("epoch-{number}"))
}
