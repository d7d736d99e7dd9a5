//! What `mtchat up` makes up for a data directory, so that it is the same at the next start.

use std::{
    fs,
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::settings::Layer;

const FILE: &str = "credentials.json";

/// The file `credentials.json` of a data directory, readable by its owner only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// Opens the Management API.
    pub admin_api_token: String,
    /// Signs users' tokens.
    pub jwt_secret: String,
    /// Where the edge listens, as of the last start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where its nats-server listens, as of the last start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nats_url: Option<String>,
    /// Where its Postgres listens, with the password, as of the last start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// What opens its own store of files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<FileCredentials>,
    /// Whether it asks for tokens at all.
    #[serde(default = "yes")]
    pub jwt_enabled: bool,
}

/// What opens the store of files of a data directory.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCredentials {
    /// Who signs.
    pub access_key_id: String,
    /// With what.
    pub secret_access_key: String,
    /// Where it listens, as of the last start; `None` when that start used another store or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The credentials of a data directory can not be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// They can not be read or written.
    #[error("can not {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The file is not what we wrote. Its text is not repeated.
    #[error("{} is damaged: remove it to have new ones made", .0.display())]
    Malformed(PathBuf),
    /// There are none yet.
    #[error("{} does not exist: `mtchat up --data {}` makes it", .directory.join(FILE).display(), .directory.display())]
    Missing {
        /// The data directory.
        directory: PathBuf,
    },
}

impl Credentials {
    /// New ones that nobody can guess.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, CredentialsError> {
        Ok(Self {
            admin_api_token: random()?,
            jwt_secret: random()?,
            url: None,
            nats_url: None,
            database_url: None,
            files: Some(FileCredentials::generate()?),
            jwt_enabled: true,
        })
    }

    /// Those of the directory, if it has some.
    ///
    /// # Errors
    /// When they are there and can not be read.
    pub fn read(directory: &Path) -> Result<Option<Self>, CredentialsError> {
        let path = directory.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|_| CredentialsError::Malformed(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CredentialsError::Io {
                action: "read",
                path,
                source,
            }),
        }
    }

    /// Those of a directory that must have some.
    ///
    /// # Errors
    /// When it has none, or they can not be read.
    pub fn of(directory: &Path) -> Result<Self, CredentialsError> {
        Self::read(directory)?.ok_or_else(|| CredentialsError::Missing {
            directory: directory.to_owned(),
        })
    }

    /// As settings, for what nobody has set otherwise.
    #[must_use]
    pub fn layer(&self) -> Layer {
        Layer::default()
            .with("auth.admin_api_token", self.admin_api_token.as_str())
            .with("auth.jwt_enabled", self.jwt_enabled)
            .with("auth.jwt_secrets", vec![self.jwt_secret.as_str()])
    }

    /// Puts them into the directory: all of them or nothing.
    ///
    /// # Errors
    /// When the file can not be written.
    pub fn write(&self, directory: &Path) -> Result<(), CredentialsError> {
        let path = directory.join(FILE);
        let unfinished = directory.join(format!("{FILE}.{}", std::process::id()));
        let failed = |source| CredentialsError::Io {
            action: "write",
            path: path.clone(),
            source,
        };
        let text = serde_json::to_string_pretty(self)
            .map_err(io::Error::other)
            .map_err(failed)?;
        let written = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.write_all(b"\n")?;
                file.sync_all()
            });
        written
            .and_then(|()| fs::rename(&unfinished, &path))
            .map_err(failed)
    }
}

impl FileCredentials {
    /// New ones that nobody can guess.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, CredentialsError> {
        let mut access_key_id = random()?;
        // A name more than a secret, and of the length that such names have.
        access_key_id.truncate(20);
        Ok(Self {
            access_key_id,
            secret_access_key: random()?,
            url: None,
        })
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// 256 bits from the system, as digits and letters, so that nothing has to quote them.
/// 32 bytes that nobody can guess, as hexadecimal digits.
pub(crate) fn random() -> Result<String, CredentialsError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 32];
    fs::File::open(source)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| CredentialsError::Io {
            action: "read",
            path: source.to_owned(),
            source: error,
        })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn they_are_kept_for_their_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(Credentials::read(directory.path()).unwrap(), None);
        assert!(matches!(
            Credentials::of(directory.path()),
            Err(CredentialsError::Missing { .. })
        ));

        let made = Credentials::generate().unwrap();
        made.write(directory.path()).unwrap();
        assert_eq!(Credentials::of(directory.path()).unwrap(), made);
        let mode = fs::metadata(directory.path().join(FILE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(made.jwt_secret.len() == 64 && made.jwt_secret != made.admin_api_token);
    }

    #[test]
    fn a_damaged_file_is_named_and_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE), "{\"jwt_secret\": \"hunter2\"").unwrap();
        let refused = Credentials::read(directory.path()).unwrap_err().to_string();
        assert!(
            refused.contains("damaged") && !refused.contains("hunter2"),
            "{refused}"
        );
    }
}
