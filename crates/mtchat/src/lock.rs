use std::{
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use crate::Failure;

/// One `mtchat up` for each data directory. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

impl DataLock {
    /// Makes the directory if there is none, and takes it.
    pub(crate) fn acquire(directory: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(directory).map_err(Failure::io("create", directory))?;
        let path = directory.join("mtchat.lock");
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(Failure::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // It is only for the message; without it the message is poorer.
                let _ = file.read_to_string(&mut pid);
                let pid = pid
                    .lines()
                    .next()
                    .filter(|pid| !pid.is_empty())
                    .unwrap_or("unknown")
                    .to_owned();
                return Err(Failure::InUse {
                    directory: directory.to_owned(),
                    pid,
                });
            }
            Err(TryLockError::Error(source)) => return Err(Failure::io("lock", &path)(source)),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(Failure::io("write", &path))?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_refused_and_told_who_the_first_one_is() {
        let directory = tempfile::tempdir().unwrap();
        let first = DataLock::acquire(directory.path()).unwrap();
        let refused = DataLock::acquire(directory.path()).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("process {}", std::process::id())),
            "{refused}"
        );
        drop(first);
        DataLock::acquire(directory.path()).unwrap();
    }
}
