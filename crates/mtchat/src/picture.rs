use std::process::ExitCode;

use clap::Args;

/// What the process for one picture may take.
#[derive(Debug, Args)]
pub(crate) struct PictureArguments {
    /// Address space, in bytes
    #[arg(long, value_name = "BYTES")]
    memory: u64,
    /// Time of a processor, in seconds
    #[arg(long, value_name = "N")]
    seconds: u64,
}

/// Makes a thumbnail of what comes in. Reads no settings and writes no log: its output is for the edge or worker that
/// started it, and what it is given is hostile.
pub(crate) fn picture(arguments: &PictureArguments) -> ExitCode {
    mtchat_files::run_child(arguments.memory, arguments.seconds)
}
