use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use mtchat_protocol::AppId;

use super::PublishedKey;
use crate::auth::{
    Signer,
    key::{Key, Terms},
};

/// All published keys by their names. Never changed, only replaced, so looking into it waits for nobody.
#[derive(Default)]
pub(in crate::auth) struct Index {
    named: HashMap<String, Vec<Key>>,
    nameless: Vec<Key>,
}

impl Index {
    /// Of these apps, those that come first first. A key that two of them publish is the first one's: a token would else be a token
    /// of both.
    pub(super) fn new<'a>(
        apps: impl Iterator<Item = (&'a AppId, Signer, &'a Terms, Vec<PublishedKey>)>,
    ) -> Self {
        let mut index = Self::default();
        let mut taken = HashSet::new();
        for (app, address, terms, keys) in apps {
            let mut own = HashSet::new();
            for key in keys {
                if taken.contains(&key) {
                    tracing::error!(app.id = %app, "an app publishes another app's key; it is not taken");
                } else if own.insert(key.clone()) {
                    index.add(app, address, &key, terms);
                }
            }
            taken.extend(own);
        }
        index
    }

    /// The keys that a token with this name, or without one, may be signed with.
    pub(in crate::auth) fn named(&self, kid: Option<&str>) -> &[Key] {
        match kid {
            None => &self.nameless,
            Some(kid) => self.named.get(kid).map_or(&[], Vec::as_slice),
        }
    }

    fn add(&mut self, app: &AppId, address: Signer, key: &PublishedKey, terms: &Terms) {
        match (Key::published(app, address, key, terms), &key.kid) {
            (Ok(verifier), None) => self.nameless.push(verifier),
            (Ok(verifier), Some(kid)) => self.named.entry(kid.clone()).or_default().push(verifier),
            (Err(error), _) => tracing::error!(app.id = %app, %error, "a published key is not taken"),
        }
    }
}

/// What replaces an index as a whole.
pub(super) type Shared = std::sync::RwLock<Arc<Index>>;
