//! `mtchat doctor`: what is missing or wrong, and what to do about it.

mod broker;
mod configuration;
mod database;
mod files;
mod finding;
mod system;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

pub use finding::{Finding, Report, Verdict};

use crate::{
    Failure,
    credentials::{Credentials, FileCredentials},
    settings::{OWN_BUCKET, Purpose, Settings, SettingsError, Sources},
};

/// What `mtchat doctor` is asked for.
#[derive(Debug, Clone, Args)]
pub struct DoctorArguments {
    /// Look at the servers of a running `mtchat up` with this data directory
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn doctor(arguments: &DoctorArguments, mut sources: Sources) -> Result<ExitCode, Failure> {
    crate::telemetry::start_logs("error");
    if let Some(directory) = &arguments.data {
        let credentials = Credentials::of(directory)?;
        sources.defaults = credentials.layer();
        sources.command_line = std::mem::take(&mut sources.command_line)
            .with_some("nats.url", credentials.nats_url)
            .with_some("database.url", credentials.database_url);
        if let Some(FileCredentials {
            access_key_id,
            secret_access_key,
            url: Some(url),
        }) = credentials.files
        {
            sources.command_line = std::mem::take(&mut sources.command_line)
                .with("files.endpoint", url)
                .with("files.bucket", OWN_BUCKET)
                .with("files.access_key_id", access_key_id)
                .with("files.secret_access_key", secret_access_key);
        }
    }
    let report = examine(&sources).await;
    if arguments.json {
        println!("{}", report.to_json());
    } else {
        print!("{report}");
    }
    Ok(if report.is_well() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Looks at everything, changing nothing.
async fn examine(sources: &Sources) -> Report {
    let mut findings = Vec::new();
    match Settings::load(sources, Purpose::Inspect) {
        Err(SettingsError { problems }) => {
            findings.extend(
                problems
                    .into_iter()
                    .map(|problem| Finding::problem("configuration", problem)),
            );
        }
        Ok(settings) => {
            findings.extend(configuration::examine(&settings));
            let (broker, database, files) = tokio::join!(
                broker::examine(&settings.nats),
                database::examine(&settings.database),
                files::examine(&settings.files)
            );
            findings.extend(broker);
            findings.extend(database);
            findings.push(files);
        }
    }
    findings.push(system::open_files());
    Report { findings }
}
