use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a worker does. Any number of workers may have a role; one of them is active in it, for each shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Puts dialogs out of sight in which nothing was said for long.
    Archiver,
    /// Brings the facts of the log to the edges.
    Fanout,
    /// Brings the words of messages into the index for search.
    Indexer,
    /// Tells hosts of what users have not read.
    Notifier,
    /// Brings the facts of the log into Postgres.
    Projector,
    /// Does what is done later: forgets people.
    Sweeper,
    /// Tells hosts what happens.
    Webhooks,
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a role: there are `archiver`, `fanout`, `indexer`, `notifier`, `projector`, `sweeper` and `webhooks`"
)]
pub struct UnknownRole(pub String);

impl Role {
    /// Every role, in the order of their names.
    pub const ALL: [Self; 7] = [
        Self::Archiver,
        Self::Fanout,
        Self::Indexer,
        Self::Notifier,
        Self::Projector,
        Self::Sweeper,
        Self::Webhooks,
    ];

    /// The role's name in configuration, leases and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Archiver => "archiver",
            Self::Fanout => "fanout",
            Self::Indexer => "indexer",
            Self::Notifier => "notifier",
            Self::Projector => "projector",
            Self::Sweeper => "sweeper",
            Self::Webhooks => "webhooks",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        let named = Self::ALL.into_iter().find(|role| role.as_str() == word.trim());
        named.ok_or_else(|| UnknownRole(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_by_its_name() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{role}\""));
        }
        assert_eq!(" fanout".parse(), Ok(Role::Fanout));
        assert_eq!("janitor".parse::<Role>(), Err(UnknownRole("janitor".to_owned())));
    }
}
