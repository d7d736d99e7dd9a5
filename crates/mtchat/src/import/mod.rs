//! `mtchat import`: everything of an existing deployment, out of its Postgres and its store of files (docs/operations/import.md).

mod carried;
mod error;
mod files;
mod people;
mod plan;
mod progress;
mod report;
mod run;
mod table;
mod texts;
mod timeline;
mod unread;

use std::{fmt::Write as _, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, ValueEnum};
use mtchat_files::{FileOptions, FileStore};
use mtchat_protocol::{AppId, Timestamp};
use mtchat_storage::{ImportSource, ImportTarget, SourceCounts, SourceOptions, Storage};
use tokio::time::Instant;

pub use self::error::ImportError;
use self::{
    files::{Files, Theirs},
    plan::Rules,
    report::{Did, Report},
    run::Run,
    table::Tally,
};
use crate::{
    Failure,
    credentials::Credentials,
    duration,
    settings::{Purpose, Secret, Settings, Sources},
};

/// How long a connection may take to be made.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long another import may take to end.
const LET_GO: Duration = Duration::from_secs(5);
const ASK_AGAIN: Duration = Duration::from_millis(200);
/// How long the bytes of one file may take.
const FILE: Duration = Duration::from_secs(120);

/// Bring dialogs, messages and files from the Postgres of an existing deployment
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// The other database; it is only read
    #[arg(long, env = "IMPORT_DATABASE_URL", value_name = "URL", hide_env_values = true, value_parser = secret)]
    from: Secret<String>,
    /// Into this app
    #[arg(long, default_value = "default")]
    app: AppId,
    /// Read and check everything, write nothing, and say what would not come over
    #[arg(long)]
    dry_run: bool,
    /// What to do with files
    #[arg(long, value_enum, default_value_t = FileMode::None)]
    files: FileMode,
    /// Where the other store of files is; ours unless given
    #[arg(long, env = "IMPORT_S3_ENDPOINT", value_name = "URL")]
    files_endpoint: Option<String>,
    /// The other bucket, for `--files copy`
    #[arg(
        long,
        env = "IMPORT_S3_BUCKET",
        value_name = "NAME",
        required_if_eq("files", "copy")
    )]
    files_bucket: Option<String>,
    /// The region that requests to the other store are signed for; ours unless given
    #[arg(long, env = "IMPORT_S3_REGION", value_name = "NAME")]
    files_region: Option<String>,
    /// Who signs requests to the other store; as for ours unless given
    #[arg(long, env = "IMPORT_S3_ACCESS_KEY_ID", value_name = "ID")]
    files_access_key_id: Option<String>,
    /// What they are signed with; as for ours unless given
    #[arg(
        long, env = "IMPORT_S3_SECRET_ACCESS_KEY", value_name = "SECRET", hide_env_values = true, value_parser = secret,
        requires = "files_access_key_id"
    )]
    files_secret_access_key: Option<Secret<String>>,
    /// Whether the other bucket is named in the path; as for ours unless given
    #[arg(long, env = "IMPORT_S3_PATH_STYLE", value_name = "BOOL")]
    files_path_style: Option<bool>,
    /// Count files whose bytes are missing there as no failure
    #[arg(long)]
    accept_missing_files: bool,
    /// Write a line of JSON for everything that does not come over as it was
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Dialogs that are written together
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    batch: u32,
    /// How long one statement may take, there and here
    #[arg(long, default_value = "60s", value_parser = patience, value_name = "DURATION")]
    statement_timeout: Duration,
    /// The data directory of `mtchat up`, whose database and store of files are ours
    #[arg(long, value_name = "DIRECTORY")]
    data: Option<PathBuf>,
}

/// What to do with files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileMode {
    /// There are none; with some in the other database nothing is brought
    None,
    /// Copy them from the other bucket into ours
    Copy,
    /// They lie in our bucket already, and stay where they are
    Keep,
}

pub(crate) async fn import(arguments: &ImportArguments, sources: Sources) -> Result<ExitCode, Failure> {
    let settings = settings(arguments, sources)?;
    let storage = Storage::connect_lazy(&settings.database.storage_options())?;
    let done = from_end_to_end(arguments, &settings, &storage).await;
    storage.close().await;
    done
}

async fn from_end_to_end(
    arguments: &ImportArguments,
    settings: &Settings,
    storage: &Storage,
) -> Result<ExitCode, Failure> {
    if !is_postgres(arguments.from.expose()) {
        return Err(ImportError::Address.into());
    }
    let files = files(arguments, settings)?;
    let target = target(arguments, storage).await?;
    let mut source = ImportSource::open(&SourceOptions {
        url: arguments.from.expose().clone(),
        connect_timeout: CONNECTING,
        statement_timeout: arguments.statement_timeout,
    })
    .await
    .map_err(ImportError::from)?;
    let there = source.counts().await.map_err(ImportError::from)?;
    if arguments.files == FileMode::None && there.attachments > 0 {
        return Err(ImportError::FilesWanted(there.attachments).into());
    }
    eprintln!("{}", begins(arguments, &there));
    let mut run = Run {
        rules: Rules {
            app: arguments.app.clone(),
            keep_files: arguments.files == FileMode::Keep,
            erased: std::collections::HashSet::new(),
            began: Timestamp::now(),
        },
        source,
        target,
        files,
        report: Report::new(arguments.report.as_deref())?,
        tally: Tally {
            there,
            ..Tally::default()
        },
        batch: arguments.batch,
        dry: arguments.dry_run,
    };
    let erased = run.target.erased_people().await.map_err(ImportError::from)?;
    run.rules.erased = erased.into_iter().collect();
    run.all().await?;
    if !arguments.dry_run {
        run.index().await?;
        run.target.analyse(storage).await.map_err(ImportError::from)?;
    }
    let Run {
        source,
        target,
        mut report,
        tally,
        ..
    } = run;
    source.close().await;
    target.close().await;
    let (said, good) = verdict(arguments, &tally, &mut report)?;
    print!("{said}");
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Our side: up to date, with that app, and for us alone.
async fn target(arguments: &ImportArguments, storage: &Storage) -> Result<ImportTarget, ImportError> {
    if storage.migrations_pending().await? > 0 {
        return Err(ImportError::NotMigrated);
    }
    let app = &arguments.app;
    if *app != AppId::default_app() && storage.app(app).await?.is_none() {
        return Err(ImportError::Unknown(app.clone()));
    }
    // The server needs a moment to see that the one before was killed.
    let deadline = Instant::now() + LET_GO;
    loop {
        if let Some(target) = storage.import(app, arguments.statement_timeout).await? {
            return Ok(target);
        }
        if Instant::now() > deadline {
            return Err(ImportError::AtWork(app.clone()));
        }
        tokio::time::sleep(ASK_AGAIN).await;
    }
}

fn settings(arguments: &ImportArguments, mut sources: Sources) -> Result<Settings, Failure> {
    let Some(directory) = &arguments.data else {
        return Ok(Settings::load(&sources, Purpose::Migrate)?);
    };
    let credentials = Credentials::of(directory)?;
    sources.command_line =
        std::mem::take(&mut sources.command_line).with_some("database.url", credentials.database_url);
    let mut settings = Settings::load(&sources, Purpose::Migrate)?;
    if let Some(own) = &credentials.files
        && let Some(url) = &own.url
    {
        settings
            .files
            .keep_at(url, &own.access_key_id, &own.secret_access_key);
    }
    Ok(settings)
}

fn files(arguments: &ImportArguments, settings: &Settings) -> Result<Option<Files>, ImportError> {
    if arguments.files == FileMode::None {
        return Ok(None);
    }
    let ours = settings.files.file_options().ok_or(ImportError::NoStore)?;
    let ours = FileOptions {
        timeout: FILE,
        ..ours
    };
    let store = |options: &FileOptions, place| {
        FileStore::new(options.clone()).map_err(|source| ImportError::FileOptions { place, source })
    };
    let own = store(&ours, "our")?;
    let theirs = match (arguments.files, &arguments.files_bucket) {
        (FileMode::Copy, Some(bucket)) => {
            let options = their_options(arguments, &ours, bucket);
            let is_our_store = options.endpoint.trim_end_matches('/') == ours.endpoint.trim_end_matches('/')
                && options.access_key_id == ours.access_key_id;
            if is_our_store && options.bucket == ours.bucket {
                return Err(ImportError::SameBucket);
            }
            let store = store(&options, "the other")?;
            if is_our_store {
                let bucket = bucket.clone();
                Theirs::Beside { store, bucket }
            } else {
                Theirs::Apart(store)
            }
        }
        (FileMode::Copy | FileMode::Keep | FileMode::None, _) => Theirs::Ours,
    };
    Ok(Some(Files::new(own, theirs, arguments.dry_run)))
}

fn their_options(arguments: &ImportArguments, ours: &FileOptions, bucket: &str) -> FileOptions {
    let or_ours = |given: &Option<String>, ours: &String| given.clone().unwrap_or_else(|| ours.clone());
    let secret = arguments.files_secret_access_key.as_ref();
    FileOptions {
        endpoint: or_ours(&arguments.files_endpoint, &ours.endpoint),
        public_endpoint: None,
        bucket: bucket.to_owned(),
        region: or_ours(&arguments.files_region, &ours.region),
        access_key_id: or_ours(&arguments.files_access_key_id, &ours.access_key_id),
        secret_access_key: secret.map_or_else(
            || ours.secret_access_key.clone(),
            |secret| secret.expose().clone(),
        ),
        path_style: arguments.files_path_style.unwrap_or(ours.path_style),
        create_bucket: false,
        timeout: FILE,
    }
}

fn begins(arguments: &ImportArguments, there: &SourceCounts) -> String {
    let what = if arguments.dry_run {
        "Checking"
    } else {
        "Importing"
    };
    format!(
        "{what} {} dialogs with {} messages and {} files ({} bytes) for app {}.",
        there.dialogs, there.messages, there.attachments, there.bytes, arguments.app
    )
}

/// What is said at the end, and whether everything is well.
fn verdict(
    arguments: &ImportArguments,
    tally: &Tally,
    report: &mut Report,
) -> Result<(String, bool), Failure> {
    let (mut said, equal) = if arguments.dry_run {
        (table::plan(tally), true)
    } else {
        table::table(tally)
    };
    let notes = report.summary()?;
    if !notes.is_empty() {
        let _ = write!(said, "\nNot as it was there:\n{notes}");
        if let Some(path) = &arguments.report {
            let _ = writeln!(said, "Each of them is in {}.", path.display());
        } else {
            said.push_str("`--report FILE` names each of them.\n");
        }
    }
    said.push('\n');
    for (count, what) in [
        (
            tally.brought,
            if arguments.dry_run {
                "dialogs would be brought"
            } else {
                "dialogs were brought"
            },
        ),
        (tally.before, "dialogs had been brought before"),
        (tally.in_use, "of them are in use here since: not compared again"),
        (
            tally.deleted,
            "dialogs have been deleted here since they were brought",
        ),
        (tally.files, "files were looked at"),
        (tally.indexed, "messages were made findable"),
        (tally.refused, "dialogs can not be brought"),
        (
            tally.changed_there,
            "dialogs have changed there since they were brought",
        ),
        (tally.different, "dialogs do not stand here as they were written"),
        (tally.files_missing, "files have no bytes"),
        (
            tally.files_different,
            "files are of another size than the database says",
        ),
    ] {
        if count > 0 {
            let _ = writeln!(said, "{count} {what}.");
        }
    }
    let files_fail = report.has(Did::Missing) && !arguments.accept_missing_files;
    let good = equal && tally.refused + tally.changed_there + tally.different == 0 && !files_fail;
    said.push_str(match (good, arguments.dry_run) {
        (true, true) => "Nothing was written. Everything can be brought.\n",
        (false, true) => "Nothing was written. Not everything can be brought.\n",
        (true, false) => "Everything is equal.\n",
        (false, false) => "NOT everything is here as it was there.\n",
    });
    Ok((said, good))
}

fn is_postgres(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "postgres" | "postgresql"))
}

fn secret(text: &str) -> Result<Secret<String>, String> {
    Ok(Secret::new(text.to_owned()))
}

fn patience(text: &str) -> Result<Duration, String> {
    let patience = duration::parse(text)?;
    if patience.is_zero() {
        return Err("it must be longer than nothing".to_owned());
    }
    Ok(patience)
}
