//! `pg_dump` and `pg_restore`, the programs of Postgres itself.

use std::{
    env,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;
use url::Url;

use super::BackupError;
use crate::embedded::binary;

/// How much of what a program says on its error stream is repeated.
const TAIL: usize = 2_000;

/// A program of Postgres' own, and the database that it is to work on.
pub(super) struct PostgresProgram {
    name: &'static str,
    command: Command,
}

impl PostgresProgram {
    /// Whichever comes first: in POSTGRES_BIN_DIR, on PATH, or beside a server that `mtchat up` would take.
    pub(super) fn find(name: &'static str, database: &str) -> Result<Self, BackupError> {
        let chosen = env::var_os("POSTGRES_BIN_DIR").map(|directory| PathBuf::from(directory).join(name));
        let on_path = env::var_os("PATH");
        let on_path = on_path
            .iter()
            .flat_map(env::split_paths)
            .map(|directory| directory.join(name));
        let beside = binary::postgres(None).ok().map(|binaries| binaries.program(name));
        let mut places = chosen.into_iter().chain(on_path).chain(beside);
        let program = places
            .find(|path| path.is_file())
            .ok_or(BackupError::NoProgram(name))?;
        let mut command = Command::new(program);
        let (address, password) = without_password(database);
        // Whoever lists processes sees arguments.
        command.arg("--dbname").arg(address).arg("--no-password");
        if let Some(password) = password {
            command.env("PGPASSWORD", password);
        }
        command.env("PGAPPNAME", "mtchat").env("PGCONNECT_TIMEOUT", "10");
        Ok(Self { name, command })
    }

    pub(super) fn with(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub(super) fn with_path(mut self, name: &str, path: &Path) -> Self {
        if !name.is_empty() {
            self.command.arg(name);
        }
        self.command.arg(path);
        self
    }

    pub(super) async fn run(mut self) -> Result<(), BackupError> {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let output = self.command.output().await;
        let output = output.map_err(BackupError::io("run", self.name))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let from = said.char_indices().rev().nth(TAIL).map_or(0, |(index, _)| index);
        Err(BackupError::Program {
            program: self.name,
            status: output.status.to_string(),
            said: said[from..].trim().to_owned(),
        })
    }
}

/// The address without its password, and the password.
fn without_password(database: &str) -> (String, Option<String>) {
    let Ok(mut url) = Url::parse(database) else {
        return (database.to_owned(), None);
    };
    let Some(password) = url.password().map(str::to_owned) else {
        return (database.to_owned(), None);
    };
    if url.set_password(None).is_err() {
        return (database.to_owned(), None);
    }
    let plain = percent_decoded(&password);
    (url.into(), Some(plain))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let coded = (bytes[index] == b'%')
            .then(|| text.get(index + 1..index + 3))
            .flatten();
        match coded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                index += 3;
            }
            None => {
                plain.push(bytes[index]);
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_no_argument() {
        let (address, password) = without_password("postgres://m:p%40%25s@db:5433/chat?sslmode=require");
        assert_eq!(address, "postgres://m@db:5433/chat?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@%s"));
        assert_eq!(
            without_password("postgres://m@db/chat"),
            ("postgres://m@db/chat".to_owned(), None)
        );
    }
}
