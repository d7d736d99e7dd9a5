use sha2::{Digest, Sha256};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use super::Audited;
use crate::{
    StorageError,
    row::{moment, number},
};

/// What the first entry follows on.
pub(super) const GENESIS: [u8; 32] = [0; 32];

/// What is hashed of an entry, in this order, each field with its length before it: no two entries have the same bytes.
pub(super) struct Link<'a> {
    app: &'a str,
    seq: u64,
    at: i64,
    actor: &'a str,
    action: &'a str,
    dialog: Option<Uuid>,
    user: Option<&'a str>,
    fact: Option<Uuid>,
    details: &'a str,
}

impl<'a> Link<'a> {
    /// Of an entry that is to be written as the next one.
    pub(super) fn new(app: &'a str, seq: u64, audited: &'a Audited, details: &'a str) -> Self {
        Self {
            app,
            seq,
            at: audited.at.micros(),
            actor: audited.actor.as_str(),
            action: audited.action.as_str(),
            dialog: audited.dialog.map(|dialog| dialog.0),
            user: audited.user.as_ref().map(mtchat_protocol::UserId::as_str),
            fact: audited.fact.map(|fact| fact.0),
            details,
        }
    }

    /// Of an entry as it stands.
    pub(super) fn of_row(app: &'a str, row: &'a PgRow) -> Result<Self, StorageError> {
        Ok(Self {
            app,
            seq: number(row, "seq")?,
            at: moment(row, "at")?.micros(),
            actor: row.try_get("actor")?,
            action: row.try_get("action")?,
            dialog: row.try_get("dialog")?,
            user: row.try_get("user_id")?,
            fact: row.try_get("fact")?,
            details: row.try_get("details")?,
        })
    }

    /// The hash of the entry after one with this hash.
    pub(super) fn hash(&self, previous: &[u8]) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut put = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        put(previous);
        put(self.app.as_bytes());
        put(&self.seq.to_be_bytes());
        put(&self.at.to_be_bytes());
        put(self.actor.as_bytes());
        put(self.action.as_bytes());
        put(self.dialog.as_ref().map_or(&[][..], |dialog| dialog.as_bytes()));
        put(self.user.unwrap_or_default().as_bytes());
        put(self.fact.as_ref().map_or(&[][..], |fact| fact.as_bytes()));
        put(self.details.as_bytes());
        hash.finalize().to_vec()
    }
}
