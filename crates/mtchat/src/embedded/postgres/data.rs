//! The data directory: made once, complete or not there at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::password::Password;
use super::{DATABASE, ROLE, settings};
use crate::embedded::EmbeddedError;
use crate::embedded::account::Account;
use crate::embedded::binary::PostgresBinaries;
use crate::embedded::private_file::write_private;

const TOOL_WITHIN: Duration = Duration::from_secs(120);

/// What the data is for.
pub(super) struct Purpose<'password> {
    /// Whether it must survive a crash of the machine.
    pub(super) durable: bool,
    /// The password of the one role; without it everybody on this machine is let in.
    pub(super) password: Option<&'password Password>,
}

/// The major version that made the data; `None` when there is no data.
pub(super) fn made_by(data: &Path) -> Result<Option<String>, EmbeddedError> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(EmbeddedError::io("read", &path)(error)),
    }
}

/// Makes data with our role and database.
pub(super) async fn make(
    binaries: &PostgresBinaries,
    account: Option<&Account>,
    destination: &Path,
    purpose: &Purpose<'_>,
) -> Result<(), EmbeddedError> {
    let staging = Staging::new(destination, account)?;
    let password_file = beside(destination, "password");
    let mut initdb = settings::clean(binaries, "initdb");
    initdb
        .arg("-D")
        .arg(&staging.path)
        .args(["-U", ROLE, "--encoding=UTF8", "--auth-local=reject"])
        .args(locale());
    if purpose.durable {
        initdb.arg("--data-checksums");
    } else {
        // Small log segments: a template is copied for every test.
        initdb.args(["--no-sync", "--wal-segsize=1"]);
    }
    if let Some(password) = purpose.password {
        write_private(&password_file, password.text())?;
        if let Some(account) = account {
            account.own(&password_file)?;
        }
        initdb
            .arg("--auth-host=scram-sha-256")
            .arg("--pwfile")
            .arg(&password_file);
    } else {
        initdb.arg("--auth-host=trust");
    }
    let made = run("initdb", initdb, account, "").await;
    if purpose.password.is_some() {
        fs::remove_file(&password_file).map_err(EmbeddedError::io("remove", &password_file))?;
    }
    made?;

    // The single-user mode needs no running server, no port and no client program.
    let mut single = settings::clean(binaries, "postgres");
    single
        .arg("--single")
        .arg("-D")
        .arg(&staging.path)
        .args(["-c", "exit_on_error=on"]);
    if !purpose.durable {
        single.args(["-c", "fsync=off"]);
    }
    single.arg("postgres");
    run(
        "postgres --single",
        single,
        account,
        &format!("CREATE DATABASE {DATABASE};\n"),
    )
    .await?;
    staging.finish(destination)
}

/// Copies a template.
pub(super) async fn copy(
    template: &Path,
    destination: &Path,
    account: Option<&Account>,
) -> Result<(), EmbeddedError> {
    let (template, destination) = (template.to_owned(), destination.to_owned());
    let account = account.cloned();
    let copied = tokio::task::spawn_blocking(move || {
        let staging = Staging::new(&destination, account.as_ref())?;
        copy_tree(&template, &staging.path, account.as_ref())?;
        staging.finish(&destination)
    });
    copied.await.unwrap_or_else(|error| {
        Err(EmbeddedError::Io {
            action: "copy",
            path: PathBuf::from("the template"),
            source: io::Error::other(error),
        })
    })
}

fn copy_tree(from: &Path, to: &Path, account: Option<&Account>) -> Result<(), EmbeddedError> {
    for entry in fs::read_dir(from).map_err(EmbeddedError::io("list", from))? {
        let entry = entry.map_err(EmbeddedError::io("list", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(EmbeddedError::io("look at", &source))?;
        if kind.is_dir() {
            private_directory(&target)?;
            copy_tree(&source, &target, account)?;
        } else {
            // Shares the blocks where the file system can.
            fs::copy(&source, &target).map_err(EmbeddedError::io("copy", &source))?;
        }
        if let Some(account) = account {
            account.own(&target)?;
        }
    }
    Ok(())
}

/// A directory that becomes the data when it is complete.
struct Staging {
    path: PathBuf,
}

impl Staging {
    /// Makes it empty, throwing away what an interrupted start left.
    fn new(destination: &Path, account: Option<&Account>) -> Result<Self, EmbeddedError> {
        let path = beside(destination, "unfinished");
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(EmbeddedError::io("remove", &path)(error));
            }
            _ => {}
        }
        private_directory(&path)?;
        if let Some(account) = account {
            account.own(&path)?;
        }
        Ok(Self { path })
    }

    fn finish(self, destination: &Path) -> Result<(), EmbeddedError> {
        fs::rename(&self.path, destination).map_err(EmbeddedError::io("create", destination))
    }
}

/// Postgres refuses data that others may read.
fn private_directory(path: &Path) -> Result<(), EmbeddedError> {
    fs::create_dir(path)
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o700)))
        .map_err(EmbeddedError::io("create", path))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

/// Text compares by code point everywhere; letters have upper and lower case in all scripts.
const fn locale() -> &'static [&'static str] {
    if cfg!(target_os = "macos") {
        &["--locale=C", "--lc-ctype=UTF-8"]
    } else {
        &["--locale=C.UTF-8"]
    }
}

async fn run(
    name: &'static str,
    mut command: Command,
    account: Option<&Account>,
    input: &str,
) -> Result<(), EmbeddedError> {
    if let Some(account) = account {
        account.apply(&mut command);
    }
    // Our own working directory may be closed to the account.
    command
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let path = PathBuf::from(command.get_program());
    let mut command = tokio::process::Command::from(command);
    let work = async {
        let mut child = command.kill_on_drop(true).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends without reading says why by its status and output.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
        child.wait_with_output().await
    };
    let Ok(finished) = timeout(TOOL_WITHIN, work).await else {
        return Err(EmbeddedError::ToolTimeout {
            program: name,
            after: TOOL_WITHIN,
        });
    };
    let output = finished.map_err(EmbeddedError::io("run", &path))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let output_text = String::from_utf8_lossy(&text).trim().to_owned();
    Err(EmbeddedError::ToolFailed {
        program: name,
        status: output.status,
        output: output_text,
    })
}
