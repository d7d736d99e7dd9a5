//! The `mtchat` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    mtchat::run()
}
