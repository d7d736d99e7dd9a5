//! Where it listens.

use std::fs;
use std::path::Path;

use crate::embedded::EmbeddedError;
use crate::embedded::port::Port;

const PARTS: usize = 4;
/// Where it leaves sockets of its own, whatever it is told.
const SOCKETS: &str = "/tmp";

/// A port for each part, and one for what the parts say among each other.
#[derive(Debug)]
pub(super) struct Ports {
    pub(super) s3: Port,
    pub(super) master: Port,
    volume: Port,
    filer: Port,
    grpc: [Port; PARTS],
}

impl Ports {
    /// Those of the last start in this directory, as far as they are free, else others.
    ///
    /// Links to files name the port of S3. The ports of the others are kept because the master files its state under its
    /// own.
    pub(super) fn take(directory: &Path) -> Result<Self, EmbeddedError> {
        let file = directory.join("ports.json");
        let kept: Vec<u16> = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        let mut kept = kept.into_iter();
        let mut next = || Port::kept_or_free(kept.next());
        let ports = Self {
            s3: next()?,
            master: next()?,
            volume: next()?,
            filer: next()?,
            grpc: [next()?, next()?, next()?, next()?],
        };
        let text = serde_json::json!(ports.numbers()).to_string();
        fs::write(&file, text).map_err(EmbeddedError::io("write", &file))?;
        Ok(ports)
    }

    /// Each part as it is called on the command line, its port, and the one for the other parts.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&'static str, u16, u16)> {
        let parts = [
            ("s3", &self.s3),
            ("master", &self.master),
            ("volume", &self.volume),
            ("filer", &self.filer),
        ];
        parts
            .into_iter()
            .zip(&self.grpc)
            .map(|((part, http), grpc)| (part, http.number(), grpc.number()))
    }

    /// Removes the sockets that a killed server leaves behind. Nobody else can have made them: the ports are ours.
    pub(super) fn sweep(&self) {
        for (part, http, grpc) in self.parts() {
            for name in [
                format!("seaweedfs-{part}-grpc-{grpc}.sock"),
                format!("seaweedfs-{part}-{http}.sock"),
            ] {
                let _ = fs::remove_file(Path::new(SOCKETS).join(name));
            }
        }
    }

    fn numbers(&self) -> Vec<u16> {
        let http = [&self.s3, &self.master, &self.volume, &self.filer];
        http.into_iter().chain(&self.grpc).map(Port::number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ports_of_a_directory_stay_while_they_are_free() {
        let directory = tempfile::tempdir().unwrap();
        let first = Ports::take(directory.path()).unwrap();
        let numbers = first.numbers();
        let beside = Ports::take(directory.path()).unwrap();
        assert!(beside.numbers().iter().all(|number| !numbers.contains(number)));
        let numbers = beside.numbers();
        drop(beside);
        assert_eq!(Ports::take(directory.path()).unwrap().numbers(), numbers);
    }

    #[test]
    fn an_unreadable_file_of_ports_is_no_reason_not_to_start() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("ports.json"), "[1, 2").unwrap();
        assert_eq!(Ports::take(directory.path()).unwrap().numbers().len(), 2 * PARTS);
    }
}
