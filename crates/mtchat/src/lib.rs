//! The `mtchat` program: a whole chat server in one command, or each of its parts alone.
//!
//! `main.rs` only calls [`run`]. Every command is a module with its arguments and a function; what they share is in
//! [`settings`], [`telemetry`], [`signals`] and [`embedded`].

pub mod app;
pub mod audit;
pub mod backup;
mod broker;
pub mod cli;
pub mod credentials;
pub mod dead_letters;
pub mod doctor;
mod duration;
pub mod embedded;
mod failure;
mod health;
pub mod import;
pub mod lag;
pub mod listen;
mod lock;
pub mod metrics;
mod migrate;
mod open_files;
pub mod operate;
mod picture;
mod port_file;
mod poster;
mod probe;
pub mod replay;
mod reports;
mod serve;
pub mod settings;
pub mod signals;
pub mod telemetry;
pub mod token;
mod traces;
mod up;
mod work;

use std::process::ExitCode;

use clap::Parser;

pub use failure::Failure;
pub use mtchat_nats::{asyncapi, asyncapi_yaml};
pub use mtchat_server::{ROUTES, Route, openapi_json};

/// Does what the command line says and tells how it went.
#[must_use]
pub fn run() -> ExitCode {
    let cli = cli::Cli::parse();
    if let Some(code) = cli.without_runtime() {
        return code;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("mtchat: the runtime does not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(cli::dispatch(cli));
    // What still runs now is a blocked thread, a look-up in DNS for example; it must not hold up the exit.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    match done {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("mtchat: {failure}");
            failure.exit_code()
        }
    }
}
