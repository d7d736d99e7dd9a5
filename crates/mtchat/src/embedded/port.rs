//! A loopback port of our own.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use super::EmbeddedError;

/// Below the range from which Linux and macOS take the ports of outgoing connections. A port from that range could be
/// taken by any client while our server is down, even by a client that reconnects to the server and so
/// connects to itself.
const FIRST: u16 = 20_000;
const LAST: u16 = 29_999;
const TRIES: u32 = 500;

/// A free port on `127.0.0.1`, kept for us until it is dropped.
///
/// Between processes that use this type (parallel tests) it stays ours even while nothing listens on it, so that a
/// server which was killed can be started again on the same port.
#[derive(Debug)]
pub struct Port {
    number: u16,
    // Held for its lock only.
    _reservation: Option<File>,
}

impl Port {
    /// Finds a free port and reserves it.
    ///
    /// # Errors
    /// When none is found in a bounded number of tries.
    pub fn free() -> Result<Self, EmbeddedError> {
        let reservations = reservations();
        for _ in 0..TRIES {
            if let Some(port) = Self::take(reservations.as_ref(), fastrand::u16(FIRST..=LAST)) {
                return Ok(port);
            }
        }
        Err(EmbeddedError::NoPort(TRIES))
    }

    /// The port that was ours before, when it is free, else another.
    pub(super) fn kept_or_free(kept: Option<u16>) -> Result<Self, EmbeddedError> {
        let kept = kept.filter(|number| (FIRST..=LAST).contains(number));
        match kept.and_then(|number| Self::take(reservations().as_ref(), number)) {
            Some(port) => Ok(port),
            None => Self::free(),
        }
    }

    /// A port that somebody chose: taken as it is, free or not.
    #[must_use]
    pub const fn fixed(number: u16) -> Self {
        Self {
            number,
            _reservation: None,
        }
    }

    /// The port's number.
    #[must_use]
    pub const fn number(&self) -> u16 {
        self.number
    }

    /// This one, when it is free.
    fn take(reservations: Option<&PathBuf>, number: u16) -> Option<Self> {
        let reservation = reserve(reservations, number)?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self {
            number,
            _reservation: reservation,
        })
    }

    /// The chosen port, or a free one.
    pub(super) fn chosen_or_free(chosen: Option<u16>) -> Result<Self, EmbeddedError> {
        chosen.map_or_else(Self::free, |number| Ok(Self::fixed(number)))
    }
}

/// Where the lock files lie: one directory for each user, so that users do not block each other.
fn reservations() -> Option<PathBuf> {
    let directory = std::env::temp_dir().join(format!("mtchat-ports-{}", nix::unistd::geteuid()));
    fs::create_dir_all(&directory).ok()?;
    Some(directory)
}

/// `None` when another process holds the port; `Some(None)` when reservations do not work here and only the
/// bind decides.
fn reserve(directory: Option<&PathBuf>, number: u16) -> Option<Option<File>> {
    let Some(directory) = directory else {
        return Some(None);
    };
    let options = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(directory.join(number.to_string()));
    let Ok(file) = options else { return Some(None) };
    match file.try_lock() {
        Ok(()) => Some(Some(file)),
        Err(fs::TryLockError::WouldBlock) => None,
        Err(fs::TryLockError::Error(_)) => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_reserved_port_is_not_given_out_again() {
        let ports: Vec<Port> = (0..200).map(|_| Port::free().unwrap()).collect();
        let numbers: HashSet<u16> = ports.iter().map(Port::number).collect();
        assert_eq!(numbers.len(), ports.len());
    }

    #[test]
    fn a_listening_port_is_not_free() {
        let port = Port::free().unwrap();
        let _listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).unwrap();
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).is_err());
    }
}
