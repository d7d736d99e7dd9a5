//! `mtchat restore`.

use std::path::Path;

use mtchat_nats::{
    StreamHeld, StreamOptions, delete_streams, fact_at, fresh_epoch_after, kept_streams, log_stream_name,
    readers, restore_snapshot, stream_held,
};
use mtchat_protocol::Epoch;
use mtchat_storage::{Storage, TableSum};
use tokio::fs::File;

use super::{
    BackupError, RestoreArguments,
    manifest::{DUMP, KeptStream, Manifest, ShardPlace},
    own::OwnServers,
    postgres::PostgresProgram,
};
use crate::{
    Failure,
    operate::{Deployment, SHARDS},
    settings::Sources,
};

pub(crate) async fn restore(arguments: &RestoreArguments, sources: Sources) -> Result<String, Failure> {
    let manifest = Manifest::read(&arguments.from).await?;
    manifest.verify(&arguments.from).await?;
    let whole = format!(
        "The backup of {} by mtchat {} is whole: {} files.\n",
        manifest.began_at,
        manifest.mtchat,
        manifest.files.len()
    );
    if arguments.check {
        return Ok(whole);
    }
    let Some(data) = &arguments.data else {
        return Ok(whole + &into(arguments, &manifest, sources).await?);
    };
    let own = OwnServers::start(data).await?;
    let done = into(arguments, &manifest, own.named(sources)).await;
    own.stop().await;
    Ok(whole + &done?)
}

async fn into(
    arguments: &RestoreArguments,
    manifest: &Manifest,
    sources: Sources,
) -> Result<String, Failure> {
    let (deployment, settings) = Deployment::open_with(None, sources).await?;
    let work = Work {
        from: &arguments.from,
        manifest,
        deployment: &deployment,
        database: settings.database.url.expose(),
        streams: settings.nats.stream_options(),
    };
    let done = work.carry_out(arguments.replace).await;
    deployment.storage.close().await;
    done
}

struct Work<'a> {
    from: &'a Path,
    manifest: &'a Manifest,
    deployment: &'a Deployment,
    database: &'a str,
    streams: StreamOptions,
}

impl Work<'_> {
    async fn carry_out(&self, replace: bool) -> Result<String, Failure> {
        self.fits()?;
        self.is_free(replace).await?;
        // From here on the target is ours. Whatever fails, the same command with `--replace` begins anew.
        self.database().await?;
        delete_streams(&self.deployment.broker, &SHARDS).await?;
        let mut said = String::new();
        let epochs = self
            .manifest
            .shards
            .iter()
            .map(|place| fresh_epoch_after(&place.epoch));
        let epochs: Vec<Epoch> = epochs.collect();
        // The logs come last: where there is none nothing can start to read what is not all there.
        for stream in self.manifest.streams.iter().rev() {
            said.push_str(&self.stream(stream, &epochs).await?);
        }
        for (place, epoch) in self.manifest.shards.iter().zip(&epochs) {
            self.stands(place).await?;
            let storage = &self.deployment.storage;
            storage.carry_places_over(&place.epoch, epoch).await?;
            said.push_str(&format!(
                "  shard {}: the database is at {}, the log goes on in epoch {epoch}\n",
                place.shard, place.projected
            ));
        }
        let rows: u64 = self.manifest.tables.iter().map(|table| table.rows).sum();
        Ok(format!(
            "Restored:\n  {rows} rows in {} tables, each table as it was\n{said}Start the workers, then the edges: clients load once what they show.\n",
            self.manifest.tables.len()
        ))
    }

    /// A later version may have written what this one does not understand.
    fn fits(&self) -> Result<(), BackupError> {
        let known = Storage::newest_known_migration();
        if self.manifest.migration > known {
            return Err(BackupError::Manifest {
                file: self.from.join(super::manifest::FILE),
                reason: format!(
                    "its schema is at migration {}, and this version knows them up to {known}: use mtchat {} or later",
                    self.manifest.migration, self.manifest.mtchat
                ),
            });
        }
        Ok(())
    }

    async fn is_free(&self, replace: bool) -> Result<(), Failure> {
        let broker = &self.deployment.broker;
        let mut reading = 0;
        for shard in SHARDS {
            reading += readers(broker, shard).await?;
        }
        if reading > 0 {
            return Err(BackupError::Running(reading).into());
        }
        if replace {
            return Ok(());
        }
        let tables = self.deployment.storage.table_count().await?;
        if tables > 0 {
            return Err(BackupError::InUse(format!("the database has {tables} tables")).into());
        }
        for name in kept_streams(&SHARDS) {
            if let Some(held) = stream_held(broker, &name).await? {
                let what = format!("the stream {name} is there with {} messages", held.messages);
                return Err(BackupError::InUse(what).into());
            }
        }
        Ok(())
    }

    /// All tables, or none.
    async fn database(&self) -> Result<(), Failure> {
        let storage = &self.deployment.storage;
        storage.clear().await?;
        let program = PostgresProgram::find("pg_restore", self.database)?;
        program
            .with(&["--no-owner", "--exit-on-error", "--single-transaction"])
            .with_path("", &self.from.join(DUMP))
            .run()
            .await?;
        let mut moment = storage.hold_moment().await?;
        let tables = moment.tables().await?;
        moment.release().await?;
        same(&self.manifest.tables, &tables)?;
        // What was written by an earlier version.
        Ok(storage.migrate().await?)
    }

    async fn stream(&self, stream: &KeptStream, epochs: &[Epoch]) -> Result<String, Failure> {
        let path = self.from.join(&stream.file);
        let mut file = File::open(&path).await.map_err(BackupError::io("read", &path))?;
        let shards = self.manifest.shards.iter().zip(epochs);
        let own = shards.filter(|(place, _)| log_stream_name(place.shard) == stream.record.name());
        let epoch = own.map(|(_, epoch)| epoch).next();
        let none = Epoch(String::new());
        let record = stream
            .record
            .reborn(epoch.unwrap_or(&none), self.streams.replicas);
        let held = restore_snapshot(&self.deployment.broker, &record, &mut file).await?;
        if !holds_the_same(held, record.state) {
            let what = format!("{} holds {held:?} instead of {:?}", record.name(), record.state);
            return Err(BackupError::Differs(what).into());
        }
        Ok(format!(
            "  {}: {} messages, {} to {}\n",
            record.name(),
            held.messages,
            held.first_seq,
            held.last_seq
        ))
    }

    /// What was projected last stands in the log where it stood.
    async fn stands(&self, place: &ShardPlace) -> Result<(), Failure> {
        let Some(fact) = place.fact else { return Ok(()) };
        let found = fact_at(&self.deployment.broker, place.shard, place.projected).await?;
        match found {
            Some(other) if other != fact => {
                let what = format!(
                    "at {} of the log stands {other}, and {fact} was projected",
                    place.projected
                );
                Err(BackupError::Differs(what).into())
            }
            // Purged, as everything before it.
            Some(_) | None => Ok(()),
        }
    }
}

/// Of an empty stream nobody can say where it begins.
fn holds_the_same(one: StreamHeld, other: StreamHeld) -> bool {
    (one.messages, one.bytes, one.last_seq) == (other.messages, other.bytes, other.last_seq)
        && (one.messages == 0 || one.first_seq == other.first_seq)
}

fn same(expected: &[TableSum], found: &[TableSum]) -> Result<(), BackupError> {
    let different: Vec<String> = expected
        .iter()
        .filter(|table| !found.contains(table))
        .map(|table| {
            let other = found.iter().find(|other| other.table == table.table);
            let rows = other.map_or("no".to_owned(), |other| other.rows.to_string());
            format!(
                "{} has {rows} rows instead of {}, or others",
                table.table, table.rows
            )
        })
        .collect();
    if different.is_empty() {
        Ok(())
    } else {
        Err(BackupError::Differs(different.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, rows: u64, sum: &str) -> TableSum {
        TableSum {
            table: name.to_owned(),
            rows,
            sum: sum.to_owned(),
        }
    }

    #[test]
    fn an_empty_stream_may_begin_anywhere() {
        let held = |messages, first_seq| StreamHeld {
            messages,
            bytes: messages * 10,
            first_seq,
            last_seq: 9,
        };
        assert!(holds_the_same(held(2, 8), held(2, 8)) && holds_the_same(held(0, 0), held(0, 10)));
        assert!(!holds_the_same(held(2, 8), held(2, 7)) && !holds_the_same(held(2, 8), held(1, 8)));
    }

    #[test]
    fn a_table_that_is_missing_shorter_or_other_is_named() {
        let expected = [table("a", 1, "x"), table("b", 2, "y")];
        assert!(same(&expected, &expected).is_ok());
        for (found, name) in [
            (vec![table("b", 2, "y")], "a has no rows"),
            (
                vec![table("a", 1, "x"), table("b", 1, "y")],
                "b has 1 rows instead of 2",
            ),
            (
                vec![table("a", 1, "z"), table("b", 2, "y")],
                "a has 1 rows instead of 1, or others",
            ),
        ] {
            let said = same(&expected, &found).unwrap_err().to_string();
            assert!(said.contains(name), "{said}");
        }
    }
}
