//! Our own nats-server, Postgres and SeaweedFS, run as child processes on free loopback ports.
//!
//! `mtchat up` and the tests use the same code: locate the binaries, prepare a data directory, start, wait until it
//! answers, watch, stop. Nothing here listens on anything but `127.0.0.1`.
//!
//! * [`NatsServer`], [`NatsCluster`] and [`Postgres`] are one running server each; kill, stop and restart them at will.
//! * [`FileServer`] is a SeaweedFS, whose address is known before it runs.
//! * [`Supervised`] keeps one alive: it restarts a server that dies and gives up when that happens too often.
//!
//! Children are their own process group, so Ctrl-C at the terminal reaches only the parent, which stops them after
//! its own drain. A parent that is killed takes them along where the system offers that (`setpriv`), and a start
//! on a directory whose server was left behind stops that one first.

mod account;
pub mod binary;
mod child;
mod error;
mod leftover;
mod lock;
mod nats;
mod port;
mod postgres;
mod private_file;
mod random;
mod seaweed;
mod supervised;

pub use error::EmbeddedError;
pub use nats::{ClusterMember, NatsCluster, NatsOptions, NatsServer};
pub use port::Port;
pub use postgres::{Authentication, Postgres, PostgresOptions};
pub use seaweed::{FileServer, FileServerOptions};
pub use supervised::{RestartPolicy, Service, Supervised};
