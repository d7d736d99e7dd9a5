//! The command line.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    Failure, app, audit, backup, dead_letters, doctor, import, lag, listen, metrics, migrate, picture, probe,
    replay, serve,
    settings::{Environment, Layer, Sources, catalogue},
    token, up, work,
};

/// A chat server for your application: on NATS JetStream and Postgres, which it can bring along.
#[derive(Debug, Parser)]
#[command(
    name = "mtchat",
    version,
    about,
    propagate_version = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// A TOML file with settings; the environment wins over it
    #[arg(long, global = true, env = "MTCHAT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything on this machine: edge, workers, and their own NATS and Postgres
    Up(up::UpArguments),
    /// Run an edge: HTTP and WebSocket
    Server(serve::ServeArguments),
    /// Run a worker: what follows the log
    Worker(work::WorkArguments),
    /// Bring the tables up to date and exit
    Migrate,
    /// Make, show and change host applications beside the configured one
    App(app::AppArguments),
    /// Print the description of what hosts read on the broker, after AsyncAPI 3.0
    Asyncapi,
    /// Verify that nobody has changed the audit log
    Audit(audit::AuditArguments),
    /// Write the database and the log down, while they are used
    Backup(backup::BackupArguments),
    /// Show what was set aside or given up, and have it done after all
    DeadLetters(dead_letters::DeadLetterArguments),
    /// Say in plain words what is missing or wrong
    Doctor(doctor::DoctorArguments),
    /// Ask an edge or a worker whether it is well, and tell it by the exit code
    Health(probe::HealthArguments),
    /// Bring dialogs, messages and files from the Postgres of an existing deployment
    Import(Box<import::ImportArguments>),
    /// Show how far each reader of the log is, and what waits
    Lag(lag::LagArguments),
    /// Show what a user's socket receives
    Listen(listen::ListenArguments),
    /// Print every metric that edges and workers tell, and what it means
    Metrics(metrics::MetricsArguments),
    /// Print the description of the API, after OpenAPI 3.1
    Openapi,
    /// Make a thumbnail of standard input, in a process that may do nothing else
    #[command(hide = true)]
    Picture(picture::PictureArguments),
    /// Tell an endpoint again what it was told before
    Replay(replay::ReplayArguments),
    /// Print everything that can be set, by which variable or key, and what it means
    Settings(catalogue::SettingsArguments),
    /// Bring back what was backed up, into a broker and a database that are empty
    Restore(backup::RestoreArguments),
    /// Make a token for a user
    Token(token::TokenArguments),
}

impl Cli {
    /// Carries a command out that has to have the process to itself: without threads, settings and logs. Nothing when this is
    /// none of them.
    pub(crate) fn without_runtime(&self) -> Option<ExitCode> {
        match &self.command {
            Command::Picture(arguments) => Some(picture::picture(arguments)),
            _ => None,
        }
    }
}

/// Carries the command out.
///
/// # Errors
/// With what kept it from that, in words for the person at the terminal.
pub async fn dispatch(cli: Cli) -> Result<ExitCode, Failure> {
    let sources = |command_line: Layer| Sources {
        file: cli.config.clone(),
        environment: Environment::of_process(),
        command_line,
        ..Sources::default()
    };
    match cli.command {
        Command::Up(arguments) => up::up(&arguments, sources(arguments.layer())).await?,
        Command::Server(arguments) => serve::serve(&arguments, &sources(arguments.layer())).await?,
        Command::Worker(arguments) => work::work(&arguments, &sources(arguments.layer())).await?,
        Command::App(arguments) => print!("{}", app::app(&arguments, sources(Layer::default())).await?),
        Command::Asyncapi => print!("{}", mtchat_nats::asyncapi_yaml()),
        Command::Audit(arguments) => return audit::audit(&arguments, sources(Layer::default())).await,
        Command::Backup(arguments) => {
            print!("{}", backup::backup(&arguments, sources(Layer::default())).await?);
        }
        Command::DeadLetters(arguments) => {
            return dead_letters::dead_letters(&arguments, sources(Layer::default())).await;
        }
        Command::Health(arguments) => return probe::health(&arguments, &sources(Layer::default())).await,
        Command::Import(arguments) => return import::import(&arguments, sources(Layer::default())).await,
        Command::Lag(arguments) => return lag::lag(&arguments, sources(Layer::default())).await,
        Command::Replay(arguments) => {
            print!("{}", replay::replay(&arguments, sources(Layer::default())).await?);
        }
        Command::Metrics(arguments) => print!("{}", metrics::metrics(&arguments)),
        Command::Restore(arguments) => {
            print!(
                "{}",
                backup::restore(&arguments, sources(Layer::default())).await?
            );
        }
        Command::Migrate => migrate::migrate(&sources(Layer::default())).await?,
        Command::Doctor(arguments) => return doctor::doctor(&arguments, sources(Layer::default())).await,
        Command::Listen(arguments) => listen::listen(&arguments, &sources(Layer::default())).await?,
        // Was carried out before there was a runtime.
        Command::Picture(arguments) => return Ok(picture::picture(&arguments)),
        Command::Openapi => print!("{}", mtchat_server::openapi_json()),
        Command::Settings(arguments) => print!("{}", catalogue::settings(&arguments)),
        Command::Token(arguments) => println!("{}", token::token(&arguments, &sources(Layer::default()))?),
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_commands_of_the_manual_are_understood() {
        for line in [
            "mtchat up --data .data --port 0 --host 127.0.0.1",
            "mtchat server --port 0 --port-file p --migrate --wait 5s",
            "mtchat worker --port 0 --port-file p --config mtchat.toml",
            "mtchat migrate",
            "mtchat app create acme --audience mtchat --data .data",
            "mtchat app add-key acme --algorithm RS256 --file key.pem",
            "mtchat app create umbrella --jwks-url https://id.umbrella.example/jwks --audience chat --issuer https://id.umbrella.example",
            "mtchat app change acme --no-jwks-url",
            "mtchat app change acme --cors-origin https://shop.example --cors-origin http://localhost:5173",
            "mtchat app change acme --cors-origin default",
            "mtchat app change acme --app-rate 50:100 --user-rate 5:10 --sockets 1000 --dialogs-per-minute 60 --participants default",
            "mtchat app list",
            "mtchat app nats-credentials acme --server-config /etc/nats/hosts",
            "mtchat app nats-consumer acme orders --server-config hosts --from first --kind message_created --kind read",
            "mtchat app nats-consumer acme orders --server-config hosts --from 2026-01-31T12:00:00Z --replace",
            "mtchat audit --app acme --data .data",
            "mtchat backup --to /backups/monday --data .data",
            "mtchat restore --from /backups/monday --replace",
            "mtchat restore --from /backups/monday --check",
            "mtchat dead-letters --data .data list --app acme --limit 10 --json",
            "mtchat dead-letters show 0-4711",
            "mtchat dead-letters retry 0-4711 default/configured/0-4712",
            "mtchat dead-letters retry --all",
            "mtchat health",
            "mtchat health --ready --url http://127.0.0.1:8080",
            "mtchat health --worker",
            "mtchat import --from postgres://reader@old/chat --dry-run --report report.jsonl",
            "mtchat import --from postgres://reader@old/chat --app acme --files copy --files-bucket old --batch 50",
            "mtchat import --from postgres://reader@old/chat --files keep --accept-missing-files --statement-timeout 5m --data .data",
            "mtchat lag --data .data --watch",
            "mtchat lag --watch=5s --json",
            "mtchat lag --json --fail-behind 1000 --fail-age 1m",
            "mtchat replay --app acme --endpoint configured --from-seq 4711",
            "mtchat replay --endpoint configured --from-time 2026-01-02T03:04:05Z",
            "mtchat metrics",
            "mtchat metrics --json",
            "mtchat metrics --markdown",
            "mtchat settings",
            "mtchat settings --markdown",
            "mtchat settings --example",
            "mtchat asyncapi",
            "mtchat openapi",
            "mtchat picture --memory 536870912 --seconds 5",
            "mtchat doctor --json --data .data",
            "mtchat listen --data .data --user bob --count 1 --timeout 5s",
            "mtchat listen --url ws://127.0.0.1:8080 --token a.b.c --json",
            "mtchat token --user alice --ttl 12h --scope0 a,b --secret s",
        ] {
            Cli::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "mtchat up",
            "mtchat token",
            "mtchat token --user a --data d --secret s",
            "mtchat backup",
            "mtchat restore --replace",
            "mtchat restore --from a --check --replace",
            "mtchat dead-letters retry",
            "mtchat dead-letters retry 0-1 --all",
            "mtchat dead-letters show seven",
            "mtchat health --worker --url http://127.0.0.1:8081",
            "mtchat import",
            "mtchat import --from postgres://old/chat --files copy",
            "mtchat import --from postgres://old/chat --files elsewhere",
            "mtchat import --from postgres://old/chat --batch 0",
            "mtchat import --from postgres://old/chat --statement-timeout 0s",
            "mtchat lag --watch --fail-behind 7",
            "mtchat replay --endpoint configured",
            "mtchat replay --endpoint configured --from-seq 1 --from-time 2026-01-02T03:04:05Z",
            "mtchat replay --endpoint configured --from-time yesterday",
            "mtchat listen",
            "mtchat settings --json --example",
            "mtchat app nats-consumer acme a.b --server-config hosts",
            "mtchat app nats-consumer acme a --server-config hosts --from yesterday",
            "mtchat picture --memory 536870912",
            "mtchat app change acme --cors-origin *",
            "mtchat app change acme --cors-origin null",
            "mtchat app change acme --cors-origin https://shop.example/",
            "mtchat app create acme --jwks-url http://id.acme.example/jwks",
            "mtchat app change acme --jwks-url https://id.acme.example/jwks --no-jwks-url",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line} was taken");
        }
    }
}
