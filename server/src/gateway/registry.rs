use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::connection::Connection;

/// Every socket of this edge, whoever it belongs to. In shards, so that walking through all of them never holds up those who come
/// and go.
#[derive(Debug)]
pub(crate) struct Registry {
    shards: [Mutex<HashMap<u64, Arc<Connection>>>; Self::SHARDS],
}

impl Registry {
    pub(crate) const SHARDS: usize = 32;

    pub(crate) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    pub(crate) fn insert(&self, connection: Arc<Connection>) {
        self.lock(connection.id).insert(connection.id, connection);
    }

    pub(crate) fn remove(&self, id: u64) {
        self.lock(id).remove(&id);
    }

    /// Do something with each connection of one shard; nothing that waits.
    pub(crate) fn each_in(&self, shard: usize, act: impl FnMut(&Arc<Connection>)) {
        if let Some(shard) = self.shards.get(shard) {
            shard
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .values()
                .for_each(act);
        }
    }

    fn lock(&self, id: u64) -> MutexGuard<'_, HashMap<u64, Arc<Connection>>> {
        let shard = usize::try_from(id).unwrap_or(usize::MAX) % Self::SHARDS;
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
