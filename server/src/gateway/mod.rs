//! Sockets: the handshake, one session a socket, and the hub that gives each fact of the live path to everybody concerned.
//!
//! The way of a fact: [`run_tail`] reads an entry of LIVE, works out audience and frames (once, outside of any lock) and hands them
//! to the [`Hub`]. The hub's roster, under its one lock, queues the same bytes to every connection of every recipient and keeps them
//! in the ring. Each session writes its own queue to its own socket. Nobody waits for a slow one: a full queue ends the connection
//! with a code that means «come back», and what it missed comes from the ring.
//!
//! Position and ring change under the same lock as connections come and go, so a connection gets exactly what follows the position
//! in its first frame: attach first, then everything later is delivered, everything earlier is in the ring or told to be lost.

mod allowance;
mod client_frame;
mod close;
mod connection;
mod delivery;
mod ending;
mod handshake;
mod hub;
mod members;
mod options;
mod origin;
mod outgoing;
mod presence;
mod registry;
mod resume;
mod ring;
mod roster;
mod seat;
mod session;
mod sweep;
mod tail;
#[cfg(test)]
mod tests;
mod told;
mod typing;
mod typing_throttle;
mod unread;

use std::{fmt, sync::Arc};

pub use close::Close;
pub(crate) use connection::Owner;
pub(crate) use handshake::__path_websocket;
pub use handshake::websocket;
pub use hub::Hub;
pub use options::GatewayOptions;
pub(crate) use origin::origin_of;
pub use origin::{NotAnOrigin, Origin};
pub use presence::{Presence, run_presence};
pub(crate) use roster::Changed;
pub use sweep::run_sweeper;
pub use tail::run_tail;
pub use typing::{Typists, run_typing};
pub use unread::run_unread;

use mtchat_protocol::AppId;

use crate::{
    auth::{Authenticator, Tickets},
    limit::Limits,
    origins::AppOrigins,
};

/// What the WebSocket route needs: state of [`websocket`].
#[derive(Clone)]
pub struct Gateway {
    hub: Hub,
    authenticator: Arc<Authenticator>,
    limits: Arc<Limits>,
    trusted_proxies: usize,
    origins: AppOrigins,
    /// Shared, because every session holds a gateway.
    typists: Option<Arc<Typists>>,
    tickets: Option<Arc<Tickets>>,
}

impl Gateway {
    /// A gateway over a hub, behind so many proxies.
    pub fn new(
        hub: Hub,
        authenticator: Arc<Authenticator>,
        limits: Arc<Limits>,
        trusted_proxies: usize,
    ) -> Self {
        Self {
            hub,
            authenticator,
            limits,
            trusted_proxies,
            origins: AppOrigins::default(),
            typists: None,
            tickets: None,
        }
    }

    /// The same, that also passes on who is typing.
    #[must_use]
    pub fn with_typists(mut self, typists: Typists) -> Self {
        self.typists = Some(Arc::new(typists));
        self
    }

    /// The same, that also takes tickets.
    #[must_use]
    pub fn with_tickets(mut self, tickets: Tickets) -> Self {
        self.tickets = Some(Arc::new(tickets));
        self
    }

    /// The same, for apps that have pages of their own.
    #[must_use]
    pub(crate) fn with_origins(mut self, origins: AppOrigins) -> Self {
        self.origins = origins;
        self
    }

    /// Whether a page of this origin may have a socket of this app; while it is not known whose it will be, of any.
    pub(crate) fn admits_page(&self, app: Option<&AppId>, origin: Option<&Origin>) -> bool {
        let configured = || origin::admits(&self.hub.options().allowed_origins, origin);
        match app {
            None => configured() || self.origins.anybodys(origin),
            Some(app) => self.origins.own(app, origin).unwrap_or_else(configured),
        }
    }

    /// The sockets.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("hub", &self.hub)
            .finish_non_exhaustive()
    }
}
