//! `mtchat backup`.

use std::{fs, os::unix::fs::DirBuilderExt, path::Path};

use mtchat_nats::{StreamRecord, kept_streams, log_stream_name, take_snapshot};
use mtchat_protocol::Timestamp;
use mtchat_storage::HeldMoment;
use tokio::io::AsyncWriteExt;

use super::{
    BackupArguments, BackupError,
    manifest::{DUMP, KeptStream, Manifest, OBJECTS, ShardPlace},
    measured::{Measure, MeasuredFile},
    postgres::PostgresProgram,
};
use crate::{
    Failure,
    operate::{Deployment, SHARDS},
    settings::Sources,
};

/// Keys of objects that are asked for at once.
const PAGE: u32 = 10_000;

pub(crate) async fn backup(arguments: &BackupArguments, sources: Sources) -> Result<String, Failure> {
    let (deployment, settings) = Deployment::open_with(arguments.data.as_deref(), sources).await?;
    prepare(&arguments.to)?;
    let taken = take(&arguments.to, &deployment, settings.database.url.expose()).await;
    deployment.storage.close().await;
    Ok(summary(&arguments.to, &taken?))
}

/// Make the directory, for its owner only.
fn prepare(directory: &Path) -> Result<(), BackupError> {
    let made = fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory);
    made.map_err(BackupError::io("make", directory))?;
    let mut held = fs::read_dir(directory).map_err(BackupError::io("read", directory))?;
    match held.next() {
        None => Ok(()),
        Some(_) => Err(BackupError::DirectoryInUse(directory.to_owned())),
    }
}

async fn take(directory: &Path, deployment: &Deployment, database: &str) -> Result<Manifest, Failure> {
    let began_at = Timestamp::now();
    let server = deployment.storage.server_facts().await?;
    let mut moment = deployment.storage.hold_moment().await?;
    let migration = moment.newest_migration().await?;
    let migration = migration.ok_or_else(|| BackupError::Nothing("the database has no tables".to_owned()))?;
    let mut shards = Vec::new();
    for shard in SHARDS {
        let projection = moment.projection(shard).await?;
        let own = projection.ok_or_else(|| {
            BackupError::Nothing(format!("shard {shard} was never projected: start a worker"))
        })?;
        shards.push(ShardPlace {
            shard,
            epoch: own.epoch,
            projected: own.log_seq,
            fact: own.fact_id,
        });
    }
    dump(directory, database, &moment).await?;
    let tables = moment.tables().await?;
    let (listed, objects) = list_objects(directory, &mut moment).await?;
    moment.release().await?;
    let mut files = vec![Measure::of(directory, DUMP).await?, listed];
    let mut streams = Vec::new();
    for name in kept_streams(&SHARDS) {
        let (stream, measure) = snapshot(directory, deployment, &name).await?;
        streams.push(stream);
        files.push(measure);
    }
    for place in &shards {
        reaches(place, &streams)?;
    }
    let manifest = Manifest {
        format: Manifest::FORMAT,
        mtchat: env!("CARGO_PKG_VERSION").to_owned(),
        nats_server: deployment.broker.version(),
        postgres: server.version,
        migration,
        began_at,
        ended_at: Timestamp::now(),
        shards,
        tables,
        objects,
        streams,
        files,
    };
    manifest.write(directory).await?;
    Ok(manifest)
}

async fn dump(directory: &Path, database: &str, moment: &HeldMoment) -> Result<(), Failure> {
    let program = PostgresProgram::find("pg_dump", database)?;
    let program = program
        .with(&["--format=custom", "--no-owner", "--snapshot", &moment.name])
        .with_path("--file", &directory.join(DUMP));
    let program = match moment.role {
        Some(role) => program.with(&["--role", role, "--enable-row-security"]),
        None => program,
    };
    Ok(program.run().await?)
}

async fn list_objects(directory: &Path, moment: &mut HeldMoment) -> Result<(Measure, u64), Failure> {
    let path = directory.join(OBJECTS);
    let failed = || BackupError::io("write", &path);
    let mut file = MeasuredFile::create(directory, OBJECTS).await.map_err(failed())?;
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let page = moment.objects(&after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        count += page.len() as u64;
        let lines: String = page.iter().map(|key| format!("{key}\n")).collect();
        file.write_all(lines.as_bytes()).await.map_err(failed())?;
    }
    Ok((file.finish().await.map_err(failed())?, count))
}

async fn snapshot(
    directory: &Path,
    deployment: &Deployment,
    name: &str,
) -> Result<(KeptStream, Measure), Failure> {
    let file = format!("{name}.stream");
    let path = directory.join(&file);
    let failed = || BackupError::io("write", &path);
    let mut into = MeasuredFile::create(directory, &file).await.map_err(failed())?;
    let record: StreamRecord = take_snapshot(&deployment.broker, name, &mut into).await?;
    let measure = into.finish().await.map_err(failed())?;
    Ok((KeptStream { file, record }, measure))
}

/// The log was taken after the database, so it reaches beyond it, unless it lost its tail before.
fn reaches(place: &ShardPlace, streams: &[KeptStream]) -> Result<(), BackupError> {
    let name = log_stream_name(place.shard);
    let log = streams.iter().find(|stream| stream.record.name() == name);
    let log_end = log.map_or(0, |log| log.record.state.last_seq);
    if log_end < place.projected {
        return Err(BackupError::LogBehind {
            log_end,
            projected: place.projected,
        });
    }
    Ok(())
}

fn summary(directory: &Path, manifest: &Manifest) -> String {
    let mut said = format!("Backed up to {}:\n", directory.display());
    for file in &manifest.files {
        said.push_str(&format!(
            "  {:<24} {:>14} bytes  sha256 {}\n",
            file.file, file.bytes, file.sha256
        ));
    }
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    said.push_str(&format!(
        "  {rows} rows in {} tables, {} objects listed\n",
        manifest.tables.len(),
        manifest.objects
    ));
    for ShardPlace {
        shard,
        epoch,
        projected,
        ..
    } in &manifest.shards
    {
        said.push_str(&format!(
            "  shard {shard}: the database is at {projected} of epoch {epoch}\n"
        ));
    }
    for stream in &manifest.streams {
        let held = stream.record.state;
        said.push_str(&format!(
            "  {}: {} messages, {} to {}\n",
            stream.record.name(),
            held.messages,
            held.first_seq,
            held.last_seq
        ));
    }
    said.push_str("The objects of the bucket are copied by its own means, after this.\n");
    said
}
