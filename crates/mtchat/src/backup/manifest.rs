//! What is in a backup.

use std::path::Path;

use mtchat_nats::StreamRecord;
use mtchat_protocol::{Epoch, FactId, ShardId, Timestamp};
use mtchat_storage::TableSum;
use serde::{Deserialize, Serialize};

use super::{BackupError, measured::Measure};

/// The name of its file. It is written last: without it the rest is not a backup.
pub(super) const FILE: &str = "manifest.json";
/// The database's file.
pub(super) const DUMP: &str = "postgres.dump";
/// The file that lists which objects of the bucket the database speaks of, a key on each line.
pub(super) const OBJECTS: &str = "objects.txt";
/// Raised when a version can not read what an earlier one wrote.
const FORMAT: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The version that made it.
    pub(super) mtchat: String,
    pub(super) nats_server: String,
    /// As a number: 150018 is 15.18.
    pub(super) postgres: u32,
    /// The newest migration of the schema.
    pub(super) migration: i64,
    pub(super) began_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) shards: Vec<ShardPlace>,
    pub(super) tables: Vec<TableSum>,
    /// How many objects of the bucket the database speaks of.
    pub(super) objects: u64,
    pub(super) streams: Vec<KeptStream>,
    pub(super) files: Vec<Measure>,
}

/// How far a shard was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ShardPlace {
    pub(super) shard: ShardId,
    pub(super) epoch: Epoch,
    /// Everything up to here is in the dump.
    pub(super) projected: u64,
    /// The fact there.
    pub(super) fact: Option<FactId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KeptStream {
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) record: StreamRecord,
}

impl Manifest {
    pub(super) const FORMAT: u32 = FORMAT;

    /// Read that of a directory.
    pub(super) async fn read(directory: &Path) -> Result<Self, BackupError> {
        let file = directory.join(FILE);
        let text = tokio::fs::read(&file)
            .await
            .map_err(BackupError::io("read", &file))?;
        let refused = |reason| BackupError::Manifest {
            file: file.clone(),
            reason,
        };
        #[derive(Deserialize)]
        struct Any {
            format: u32,
        }
        let any: Any = serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))?;
        if any.format != FORMAT {
            return Err(refused(format!(
                "it is of format {}, and this version reads format {FORMAT}",
                any.format
            )));
        }
        serde_json::from_slice(&text).map_err(|error| refused(error.to_string()))
    }

    /// Write it, whole or not at all.
    pub(super) async fn write(&self, directory: &Path) -> Result<(), BackupError> {
        let file = directory.join(FILE);
        let unfinished = directory.join(format!("{FILE}.unfinished"));
        let failed = || BackupError::io("write", &file);
        let text = serde_json::to_vec_pretty(self)
            .map_err(std::io::Error::other)
            .map_err(failed())?;
        tokio::fs::write(&unfinished, text).await.map_err(failed())?;
        let written = tokio::fs::File::open(&unfinished).await.map_err(failed())?;
        written.sync_all().await.map_err(failed())?;
        tokio::fs::rename(&unfinished, &file).await.map_err(failed())
    }

    /// Every file is there and as it was written.
    pub(super) async fn verify(&self, directory: &Path) -> Result<(), BackupError> {
        for file in &self.files {
            file.verify(directory).await?;
        }
        Ok(())
    }
}
