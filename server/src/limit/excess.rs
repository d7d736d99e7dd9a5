use std::{fmt, time::Duration};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header::RETRY_AFTER};

/// What is counted against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Requests from an address without a good identity.
    Address,
    /// Handshakes of sockets from everywhere.
    Admissions,
    /// Requests of an app.
    App,
    /// Dialogs that an app creates.
    Creations,
    /// Messages to a dialog.
    Dialog,
    /// What expensive reads of a user cost.
    Costs,
    /// Handshakes of sockets from an address.
    Handshakes,
    /// Requests of a user.
    User,
}

impl Counted {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "requests from this address",
            Self::Admissions => "new connections",
            Self::App => "requests of this app",
            Self::Creations => "new dialogs",
            Self::Costs => "expensive reads of this user",
            Self::Dialog => "messages to this dialog",
            Self::Handshakes => "new connections from this address",
            Self::User => "requests of this user",
        }
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// More than a limit allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many {of}: try again later")]
pub struct Excess {
    /// What there was too much of.
    pub of: Counted,
    /// How many are allowed at once.
    pub limit: u32,
    /// When the next one is allowed.
    pub wait: Duration,
}

impl Excess {
    /// The wait in whole seconds, at least one.
    pub fn seconds(&self) -> u64 {
        let part = u64::from(self.wait.subsec_nanos() > 0);
        self.wait.as_secs().saturating_add(part).max(1)
    }

    /// Say it in an answer's headers.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        let seconds = HeaderValue::from(self.seconds());
        headers.insert(RETRY_AFTER, seconds.clone());
        headers.insert(HeaderName::from_static("ratelimit-reset"), seconds);
        headers.insert(
            HeaderName::from_static("ratelimit-limit"),
            HeaderValue::from(self.limit),
        );
        headers.insert(
            HeaderName::from_static("ratelimit-remaining"),
            HeaderValue::from(0),
        );
    }
}
