use std::num::NonZeroU32;

use mtchat_server::limit::{LimitOptions, Rate};
use serde::Deserialize;

/// `[limits]`: how much anybody may ask of an edge. Rates are a second over time; bursts are at once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// `RATE_LIMIT_ENABLED`. Whether a user may ask only `rate_limit_rps` and `rate_limit_burst` instead of the ceilings below.
    pub rate_limit_enabled: bool,
    /// `RATE_LIMIT_RPS`. Requests of one user.
    pub rate_limit_rps: NonZeroU32,
    /// `RATE_LIMIT_BURST`.
    pub rate_limit_burst: NonZeroU32,
    /// `TRUSTED_PROXIES`. How many proxies stand before the edge, each of which adds to `X-Forwarded-For`; 0: the header is not
    /// looked at, and the address that counts is that of whoever connects.
    pub trusted_proxies: u32,
    /// Requests of one user while `rate_limit_enabled` is off.
    pub user_rps: NonZeroU32,
    /// The same at once.
    pub user_burst: NonZeroU32,
    /// `READ_COST_RPS`. What expensive reads of one user may cost: a search 10, a list that matches text or scopes 5, a page around a
    /// message 2.
    pub read_cost_rps: NonZeroU32,
    /// `READ_COST_BURST`. The same at once.
    pub read_cost_burst: NonZeroU32,
    /// Messages to one dialog.
    pub dialog_rps: NonZeroU32,
    /// The same at once.
    pub dialog_burst: NonZeroU32,
    /// Requests of one app, of all its users and its host.
    pub app_rps: NonZeroU32,
    /// The same at once.
    pub app_burst: NonZeroU32,
    /// Requests without a good identity from one address.
    pub address_rps: NonZeroU32,
    /// The same at once.
    pub address_burst: NonZeroU32,
    /// Handshakes of sockets from one address.
    pub handshake_rps: NonZeroU32,
    /// The same at once.
    pub handshake_burst: NonZeroU32,
    /// Handshakes of sockets from everywhere.
    pub admission_rps: NonZeroU32,
    /// The same at once.
    pub admission_burst: NonZeroU32,
    /// Dialogs that one app creates in a minute.
    pub dialogs_per_minute: NonZeroU32,
    /// Participants of one dialog.
    pub participants: NonZeroU32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        let options = LimitOptions::default();
        let parity = Rate::new(100, 50);
        Self {
            rate_limit_enabled: false,
            rate_limit_rps: parity.per_second,
            rate_limit_burst: parity.burst,
            trusted_proxies: u32::try_from(options.trusted_proxies).unwrap_or(u32::MAX),
            user_rps: options.user.per_second,
            user_burst: options.user.burst,
            read_cost_rps: options.cost.per_second,
            read_cost_burst: options.cost.burst,
            dialog_rps: options.dialog.per_second,
            dialog_burst: options.dialog.burst,
            app_rps: options.app.per_second,
            app_burst: options.app.burst,
            address_rps: options.address.per_second,
            address_burst: options.address.burst,
            handshake_rps: options.handshake.per_second,
            handshake_burst: options.handshake.burst,
            admission_rps: options.admission.per_second,
            admission_burst: options.admission.burst,
            dialogs_per_minute: options.dialogs_per_minute,
            participants: u32::try_from(options.participants)
                .ok()
                .and_then(NonZeroU32::new)
                .unwrap_or(NonZeroU32::MAX),
        }
    }
}

impl LimitSettings {
    /// As the edge takes them.
    #[must_use]
    pub fn limit_options(&self) -> LimitOptions {
        let rate = |per_second, burst| Rate { per_second, burst };
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let user = if self.rate_limit_enabled {
            rate(self.rate_limit_rps, self.rate_limit_burst)
        } else {
            rate(self.user_rps, self.user_burst)
        };
        LimitOptions {
            user,
            cost: rate(self.read_cost_rps, self.read_cost_burst),
            dialog: rate(self.dialog_rps, self.dialog_burst),
            app: rate(self.app_rps, self.app_burst),
            address: rate(self.address_rps, self.address_burst),
            handshake: rate(self.handshake_rps, self.handshake_burst),
            admission: rate(self.admission_rps, self.admission_burst),
            dialogs_per_minute: self.dialogs_per_minute,
            participants: count(self.participants.get()),
            trusted_proxies: count(self.trusted_proxies),
        }
    }
}
