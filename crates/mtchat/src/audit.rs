//! `mtchat audit`: is the audit log as it was written?

use std::{fmt::Write, path::PathBuf, process::ExitCode};

use clap::Args;
use mtchat_protocol::AppId;
use mtchat_storage::Storage;

use crate::{
    Failure,
    credentials::Credentials,
    settings::{Purpose, Settings, Sources},
};

/// Compute the chain of hashes of the audit log anew
#[derive(Debug, Args)]
pub struct AuditArguments {
    /// Only this app; all without it
    #[arg(long)]
    app: Option<AppId>,
    /// The data directory of `mtchat up`, whose database is meant
    #[arg(long, value_name = "DIRECTORY")]
    data: Option<PathBuf>,
}

pub(crate) async fn audit(arguments: &AuditArguments, mut sources: Sources) -> Result<ExitCode, Failure> {
    if let Some(directory) = &arguments.data {
        let database = Credentials::of(directory)?.database_url;
        sources.command_line = std::mem::take(&mut sources.command_line).with_some("database.url", database);
    }
    let settings = Settings::load(&sources, Purpose::Migrate)?;
    let storage = Storage::connect_lazy(&settings.database.storage_options())?;
    let verified = verify(&storage, arguments.app.as_ref()).await;
    storage.close().await;
    let (whole, said) = verified?;
    print!("{said}");
    Ok(if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn verify(storage: &Storage, app: Option<&AppId>) -> Result<(bool, String), Failure> {
    let apps = match app {
        Some(app) => vec![app.clone()],
        None => storage.audited_apps().await?,
    };
    if apps.is_empty() {
        return Ok((
            true,
            "Nothing has been done yet that is written down.\n".to_owned(),
        ));
    }
    let (mut whole, mut said) = (true, String::new());
    for app in apps {
        let verdict = storage.verify_audit(&app).await?;
        let entries = verdict.entries;
        let _ = match verdict.broken_at {
            None => writeln!(said, "{app}: {entries} entries, all as they were written"),
            Some(seq) => writeln!(
                said,
                "{app}: BROKEN at entry {seq}; {entries} before it are as they were written"
            ),
        };
        whole &= verdict.broken_at.is_none();
    }
    Ok((whole, said))
}
