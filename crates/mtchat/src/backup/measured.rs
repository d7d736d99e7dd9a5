//! Files that are measured while they are written.

use std::{
    io,
    path::Path,
    pin::Pin,
    task::{Context, Poll},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt},
};

use super::BackupError;

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Measure {
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

impl Measure {
    /// Of a file that is there.
    pub(super) async fn of(directory: &Path, file: &str) -> Result<Self, BackupError> {
        let path = directory.join(file);
        let failed = || BackupError::io("read", &path);
        let mut open = File::open(&path).await.map_err(failed())?;
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let mut part = vec![0; 1 << 20];
        loop {
            let read = open.read(&mut part).await.map_err(failed())?;
            if read == 0 {
                break;
            }
            hash.update(&part[..read]);
            bytes += read as u64;
        }
        Ok(Self {
            file: file.to_owned(),
            bytes,
            sha256: hex(hash),
        })
    }

    /// The file is like this.
    pub(super) async fn verify(&self, directory: &Path) -> Result<(), BackupError> {
        let found = Self::of(directory, &self.file).await?;
        if found == *self {
            return Ok(());
        }
        let reason = if found.bytes == self.bytes {
            "its SHA-256 is not the one of the manifest".to_owned()
        } else {
            format!(
                "it has {} bytes, and the manifest says {}",
                found.bytes, self.bytes
            )
        };
        Err(BackupError::Damaged {
            file: directory.join(&self.file),
            reason,
        })
    }
}

/// A new file, for its owner only.
pub(super) struct MeasuredFile {
    name: String,
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl MeasuredFile {
    pub(super) async fn create(directory: &Path, name: &str) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        Ok(Self {
            name: name.to_owned(),
            file: options.open(directory.join(name)).await?,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// It is whole, and on the disk.
    pub(super) async fn finish(mut self) -> io::Result<Measure> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(Measure {
            file: self.name,
            bytes: self.bytes,
            sha256: hex(self.hash),
        })
    }
}

impl AsyncWrite for MeasuredFile {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        part: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.file).poll_write(context, part);
        if let Poll::Ready(Ok(length)) = written {
            self.hash.update(&part[..length]);
            self.bytes += length as u64;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(context)
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_changed_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = MeasuredFile::create(directory.path(), "a").await.unwrap();
        file.write_all(b"one two three").await.unwrap();
        let measure = file.finish().await.unwrap();
        assert_eq!(measure.bytes, 13);
        measure.verify(directory.path()).await.unwrap();
        for damage in ["one two threE", "one two thre"] {
            std::fs::write(directory.path().join("a"), damage).unwrap();
            assert!(measure.verify(directory.path()).await.is_err(), "{damage}");
        }
        assert!(
            MeasuredFile::create(directory.path(), "a").await.is_err(),
            "nothing is overwritten"
        );
    }
}
