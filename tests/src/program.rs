//! How the `mtchat` program is started.

use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use tokio::process::{Child, Command};

use crate::{PATIENCE, mtchat_binary, within};

/// A command line of `mtchat` with an environment of its own and a log file.
#[derive(Debug, Clone)]
pub struct Program {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    log: PathBuf,
}

impl Program {
    /// `mtchat` with these arguments; its output goes to a file.
    pub fn new(arguments: impl IntoIterator<Item = impl Into<String>>, log: impl Into<PathBuf>) -> Self {
        Self {
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            log: log.into(),
        }
    }

    /// With this variable; of the tests' own environment it gets next to nothing.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With its output in this file.
    #[must_use]
    pub fn into_file(mut self, log: impl Into<PathBuf>) -> Self {
        self.log = log.into();
        self
    }

    /// What it has printed so far.
    pub fn printed(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Where it prints to.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Run it to its end: how it ended and what it printed.
    pub async fn run(&self) -> (ExitStatus, String) {
        let ended = within("a program to end", PATIENCE, self.spawn().wait_with_output()).await;
        (
            ended.expect("the child is ours to wait for").status,
            self.printed(),
        )
    }

    /// Start it. The child belongs to the group of this process, so whoever ends the group ends it too.
    pub fn spawn(&self) -> Child {
        let output = self.output();
        let errors = output.try_clone().expect("a file can be opened twice");
        let mut command = Command::new(mtchat_binary());
        command.args(&self.arguments).env_clear().kill_on_drop(true);
        // What finds programs, libraries and temporary files; nothing that configures mtchat.
        for name in [
            "PATH",
            "HOME",
            "TMPDIR",
            "LD_LIBRARY_PATH",
            "NATS_SERVER_BIN",
            "POSTGRES_BIN_DIR",
            "SEAWEEDFS_BIN",
        ] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        command.spawn().expect("the program can be started")
    }

    fn output(&self) -> File {
        let opened = OpenOptions::new().create(true).append(true).open(&self.log);
        opened.expect("the log file can be opened")
    }
}
