use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicI64, AtomicU16, AtomicU32, AtomicU64, Ordering::Relaxed},
};

use axum::extract::ws::Utf8Bytes;
use mtchat_protocol::{AppId, ErrorCode, Scopes, ServerFrame, Timestamp, UserId};
use tokio::sync::Notify;

use super::{Close, GatewayOptions, delivery::text, outgoing::Outgoing};
use crate::auth::Signer;

/// The sweeper's clock, so that nobody else needs one: seconds since the hub began, and the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) seconds: u32,
    pub(crate) wall: Timestamp,
}

/// Whose socket it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    pub(crate) app: AppId,
    pub(crate) user: UserId,
}

/// The part of a socket that others see: what waits to be written to it, and its pulse.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: u64,
    pub(crate) outgoing: Outgoing,
    owner: OnceLock<Owner>,
    /// What its token lets its user join.
    scopes: Mutex<Option<Arc<Scopes>>>,
    /// Microseconds since the Unix epoch; `i64::MAX` for tokens without an end.
    expires: AtomicI64,
    /// Microseconds since the Unix epoch; `i64::MIN` for tokens that do not say when they were made.
    issued: AtomicI64,
    expiry_told: AtomicBool,
    /// The number of what vouches for its token; 0: nothing does.
    signer: AtomicU64,
    opened: u32,
    heard: AtomicU32,
    /// It counts for its owner's presence.
    present: AtomicBool,
    /// When the write that is under way last got ahead, plus one; 0: nothing is being written.
    writing: AtomicU32,
    /// The code of a [`Close`]; 0: not kicked.
    kicked: AtomicU16,
    kick: Notify,
}

impl Connection {
    pub(crate) fn new(id: u64, now: u32, options: &GatewayOptions) -> Self {
        Self {
            id,
            outgoing: Outgoing::new(options.outgoing_frames, options.outgoing_bytes),
            owner: OnceLock::new(),
            scopes: Mutex::new(None),
            expires: AtomicI64::new(i64::MAX),
            issued: AtomicI64::new(i64::MIN),
            expiry_told: AtomicBool::new(false),
            signer: AtomicU64::new(0),
            opened: now,
            heard: AtomicU32::new(now),
            present: AtomicBool::new(false),
            writing: AtomicU32::new(0),
            kicked: AtomicU16::new(0),
            kick: Notify::new(),
        }
    }

    /// Who it belongs to, once that is known.
    pub(crate) fn owner(&self) -> Option<&Owner> {
        self.owner.get()
    }

    /// It belongs to this user from now on. Once only.
    pub(crate) fn belongs_to(&self, owner: Owner) {
        // A second owner can not come: the session compares before it gets here.
        let _ = self.owner.set(owner);
    }

    /// What its token lets its user join; `None`: nothing.
    pub(crate) fn scopes(&self) -> Option<Arc<Scopes>> {
        self.scopes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its token lets its user join what these scopes match.
    pub(crate) fn holds(&self, scopes: &Scopes) {
        let scopes = (!scopes.is_empty()).then(|| Arc::new(scopes.clone()));
        *self.scopes.lock().unwrap_or_else(PoisonError::into_inner) = scopes;
    }

    /// Its token is good until then.
    pub(crate) fn expires_at(&self, at: Option<Timestamp>) {
        self.expires
            .store(at.map_or(i64::MAX, Timestamp::micros), Relaxed);
        self.expiry_told.store(false, Relaxed);
    }

    /// When its token was made: long ago when the token does not say.
    pub(crate) fn issued(&self) -> Timestamp {
        Timestamp::from_micros(self.issued.load(Relaxed))
    }

    /// Its token was made then.
    pub(crate) fn issued_at(&self, at: Option<Timestamp>) {
        self.issued.store(at.map_or(i64::MIN, Timestamp::micros), Relaxed);
    }

    /// What vouches for its token; `None` in insecure mode.
    pub(crate) fn signer(&self) -> Option<Signer> {
        Signer::from_number(self.signer.load(Relaxed))
    }

    /// This vouches for its token.
    pub(crate) fn signed_by(&self, signer: Option<Signer>) {
        self.signer.store(signer.map_or(0, Signer::number), Relaxed);
    }

    /// Queue bytes that are shared with other connections; a full queue ends the connection.
    pub(crate) fn send(&self, bytes: Utf8Bytes) {
        if self.outgoing.push(bytes).is_err() {
            self.kick(Close::SlowReader);
        }
    }

    /// Queue a frame of its own.
    pub(crate) fn say(&self, frame: &ServerFrame) {
        if let Some(bytes) = text(frame) {
            self.send(bytes);
        }
    }

    /// End it. The first reason counts; nothing more is sent to it.
    pub(crate) fn kick(&self, close: Close) {
        if self
            .kicked
            .compare_exchange(0, close.code(), Relaxed, Relaxed)
            .is_ok()
        {
            self.outgoing.close();
            self.kick.notify_one();
        }
    }

    /// Wait until it is kicked. For the session alone.
    pub(crate) async fn kicked(&self) -> Close {
        loop {
            if let Some(close) = self.was_kicked() {
                return close;
            }
            self.kick.notified().await;
        }
    }

    pub(crate) fn was_kicked(&self) -> Option<Close> {
        Close::from_code(self.kicked.load(Relaxed))
    }

    /// The client gave a sign of life. Whether it counts for its owner's presence only since now.
    pub(crate) fn heard(&self, now: u32) -> bool {
        self.heard.store(now, Relaxed);
        // Nearly always it does already, and then nothing is written.
        self.owner.get().is_some() && !self.present.load(Relaxed) && !self.present.swap(true, Relaxed)
    }

    /// It does not count for its owner's presence any more; whether it did.
    pub(crate) fn no_longer_present(&self) -> bool {
        self.present.swap(false, Relaxed)
    }

    /// Whether it stops to count for its owner's presence, because it was silent too long.
    pub(crate) fn fell_silent(&self, now: Moment, options: &GatewayOptions) -> bool {
        let silent = u64::from(now.seconds.saturating_sub(self.heard.load(Relaxed)));
        silent >= options.presence_timeout.as_secs() && self.present.load(Relaxed) && self.no_longer_present()
    }

    /// A write is under way and has just got ahead.
    pub(crate) fn writing(&self, now: u32) {
        self.writing.store(now.saturating_add(1), Relaxed);
    }

    /// Everything is written.
    pub(crate) fn written(&self) {
        self.writing.store(0, Relaxed);
    }

    /// Once a second: end it when it is too slow, silent, or without a valid identity.
    pub(crate) fn sweep(&self, now: Moment, options: &GatewayOptions) {
        if let Some(close) = self.overdue(now, options) {
            self.kick(close);
            return;
        }
        let expired = now.wall.micros() >= self.expires.load(Relaxed);
        if expired && !self.expiry_told.swap(true, Relaxed) {
            self.say(&ServerFrame::Error {
                message: "the token has expired: send a fresh one in an auth frame".to_owned(),
                code: ErrorCode::Unauthorized,
            });
        }
    }

    fn overdue(&self, now: Moment, options: &GatewayOptions) -> Option<Close> {
        let since = |then: u32| u64::from(now.seconds.saturating_sub(then));
        let writing = self.writing.load(Relaxed);
        if writing > 0 && since(writing - 1) >= options.stalled_timeout.as_secs() {
            return Some(Close::SlowReader);
        }
        if self.owner.get().is_none() {
            return (since(self.opened) >= options.auth_timeout.as_secs()).then_some(Close::AuthTimeout);
        }
        let grace = i64::try_from(options.expiry_grace.as_micros()).unwrap_or(i64::MAX);
        if now.wall.micros() >= self.expires.load(Relaxed).saturating_add(grace) {
            return Some(Close::Expired);
        }
        (since(self.heard.load(Relaxed)) >= options.idle_timeout.as_secs()).then_some(Close::Idle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        Connection::new(1, 0, &GatewayOptions::default())
    }

    fn owned() -> Connection {
        let connection = connection();
        let user = UserId::new("alice").unwrap();
        connection.belongs_to(Owner {
            app: AppId::default_app(),
            user,
        });
        connection
    }

    fn sweep(connection: &Connection, seconds: u32) -> Option<Close> {
        let wall = Timestamp::from_micros(i64::from(seconds) * 1_000_000);
        connection.sweep(Moment { seconds, wall }, &GatewayOptions::default());
        connection.was_kicked()
    }

    #[test]
    fn a_socket_without_identity_has_ten_seconds() {
        let connection = connection();
        connection.heard(9);
        assert_eq!(sweep(&connection, 9), None);
        assert_eq!(sweep(&connection, 10), Some(Close::AuthTimeout));
    }

    #[test]
    fn a_silent_client_is_closed_and_one_that_pings_is_not() {
        let connection = owned();
        assert_eq!(sweep(&connection, 89), None);
        connection.heard(89);
        assert_eq!(sweep(&connection, 178), None);
        assert_eq!(sweep(&connection, 179), Some(Close::Idle));
    }

    #[test]
    fn an_expired_token_is_told_once_and_closed_after_the_grace() {
        let connection = owned();
        connection.expires_at(Some(Timestamp::from_micros(20_000_000)));
        assert_eq!(sweep(&connection, 19), None);
        assert!(connection.outgoing.is_empty());
        assert_eq!(sweep(&connection, 20), None);
        assert_eq!(sweep(&connection, 21), None);
        assert_eq!(connection.outgoing.take(9).len(), 1);
        assert_eq!(sweep(&connection, 24), Some(Close::Expired));
    }

    #[test]
    fn a_fresh_token_extends_the_connection() {
        let connection = owned();
        connection.expires_at(Some(Timestamp::from_micros(20_000_000)));
        assert_eq!(sweep(&connection, 22), None);
        connection.expires_at(Some(Timestamp::from_micros(60_000_000)));
        assert_eq!(sweep(&connection, 59), None);
        assert_eq!(sweep(&connection, 64), Some(Close::Expired));
    }

    #[test]
    fn a_write_that_stands_still_is_a_slow_reader() {
        let connection = owned();
        connection.writing(0);
        assert_eq!(sweep(&connection, 9), None);
        connection.writing(9);
        assert_eq!(sweep(&connection, 18), None);
        assert_eq!(sweep(&connection, 19), Some(Close::SlowReader));
    }

    #[test]
    fn a_written_queue_is_nobody_slow() {
        let connection = owned();
        connection.writing(0);
        connection.written();
        assert_eq!(sweep(&connection, 60), None);
    }
}
