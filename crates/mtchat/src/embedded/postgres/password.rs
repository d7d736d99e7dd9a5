//! The password of a server that is not only for tests.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::embedded::EmbeddedError;
use crate::embedded::private_file::write_private;
use crate::embedded::random::random_text;

const RANDOM_BYTES: usize = 24;

/// Letters and digits only, so it needs no quoting in a URL.
pub(super) struct Password(String);

impl Password {
    /// Makes one and keeps it in the directory, replacing one that an interrupted first start left.
    pub(super) fn generate(directory: &Path) -> Result<Self, EmbeddedError> {
        let password = Self(random_text::<RANDOM_BYTES>()?);
        write_private(&file(directory), &password.0)?;
        Ok(password)
    }

    /// The kept one; `None` when the server has none.
    pub(super) fn read(directory: &Path) -> Result<Option<Self>, EmbeddedError> {
        let path = file(directory);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(Self(text.trim().to_owned()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(EmbeddedError::io("read", &path)(error)),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(…)")
    }
}

fn file(directory: &Path) -> PathBuf {
    directory.join("password")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_password_is_kept_for_its_owner_only_and_not_printed() {
        let directory = tempfile::tempdir().unwrap();
        assert!(Password::read(directory.path()).unwrap().is_none());
        let made = Password::generate(directory.path()).unwrap();
        let read = Password::read(directory.path()).unwrap().unwrap();
        assert_eq!(made.text(), read.text());
        assert_eq!(made.text().len(), 2 * RANDOM_BYTES);
        let mode = fs::metadata(file(directory.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{made:?}").contains(made.text()));
    }
}
