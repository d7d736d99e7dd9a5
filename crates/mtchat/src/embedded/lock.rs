//! One process for each data directory.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::EmbeddedError;

/// An exclusive hold on a directory; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct DirectoryLock {
    _file: File,
}

impl DirectoryLock {
    /// Takes the directory, or fails at once when another process has it.
    pub(super) fn acquire(directory: &Path) -> Result<Self, EmbeddedError> {
        let file = open(directory)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(EmbeddedError::Busy(directory.to_owned())),
            Err(TryLockError::Error(source)) => Err(EmbeddedError::io("lock", directory)(source)),
        }
    }

    /// Takes the directory as soon as it is free. Blocks the thread; for work that others do in bounded time.
    pub(super) fn wait(directory: &Path) -> Result<Self, EmbeddedError> {
        let file = open(directory)?;
        file.lock().map_err(EmbeddedError::io("lock", directory))?;
        Ok(Self { _file: file })
    }
}

fn open(directory: &Path) -> Result<File, EmbeddedError> {
    fs::create_dir_all(directory).map_err(EmbeddedError::io("create", directory))?;
    let path = directory.join("lock");
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(EmbeddedError::io("open", &path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_held_once_and_free_again_after_the_drop() {
        let directory = tempfile::tempdir().unwrap();
        let held = DirectoryLock::acquire(directory.path()).unwrap();
        assert!(matches!(
            DirectoryLock::acquire(directory.path()),
            Err(EmbeddedError::Busy(_))
        ));
        drop(held);
        DirectoryLock::acquire(directory.path()).unwrap();
    }
}
