//! When everything is lost.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use mtchat::embedded::{NatsOptions, NatsServer};

use super::{System, SystemBuilder};
use crate::Process;

impl System {
    /// The worst day: every process is killed, and the broker and the database are gone with all that they held. Empty ones stand in
    /// their place, and nothing is started on them.
    pub async fn loses_everything(&mut self) {
        self.loses_the_broker().await;
        self.loses_the_database().await;
    }

    /// Every process is killed, and the broker is gone with all that it held. An empty one stands in its place.
    pub async fn loses_the_broker(&mut self) {
        self.kills_all().await;
        self.nats.kill().await;
        let nats = NatsServer::start(NatsOptions::new(self.fresh_place().join("nats"))).await;
        self.nats = nats.expect("nats-server starts");
        self.now_uses("NATS_URL", &self.nats.url());
    }

    /// Every process is killed, and the database is gone with all that it held. An empty one stands in its place.
    pub async fn loses_the_database(&mut self) {
        self.kills_all().await;
        self.postgres.kill().await;
        self.postgres = SystemBuilder::scratch(&self.fresh_place().join("postgres")).await;
        self.now_uses("DATABASE_URL", &self.postgres.url());
    }

    async fn kills_all(&self) {
        for process in self.edges.iter().chain(&self.workers) {
            if process.runs() {
                process.kill().await;
            }
        }
    }

    fn fresh_place(&self) -> PathBuf {
        let place = tempfile::tempdir_in(self.directory()).expect("a directory can be made");
        // The user that Postgres runs as must be able to enter.
        fs::set_permissions(place.path(), Permissions::from_mode(0o711)).expect("it is ours");
        place.keep()
    }

    fn now_uses(&mut self, name: &str, value: &str) {
        for process in self.edges.iter_mut().chain(&mut self.workers) {
            process.set(name, value);
        }
        self.common.retain(|(known, _)| known != name);
        self.common.push((name.to_owned(), value.to_owned()));
    }

    /// Start every process again, as after a restore, and wait until all take work.
    pub async fn starts_again(&self) {
        let processes = || self.workers.iter().chain(&self.edges);
        processes().for_each(Process::launch);
        for process in processes() {
            process.is_ready().await;
        }
    }
}
