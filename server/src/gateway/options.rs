use std::time::Duration;

use super::Origin;

/// How the gateway treats its sockets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayOptions {
    /// From which web pages a browser may connect; empty: from any. With a list, a request without `Origin` is refused too.
    pub allowed_origins: Vec<Origin>,
    /// Whether `?token=` in the handshake is an identity (`WS_QUERY_TOKEN`).
    pub query_token: bool,
    /// How long what was delivered is kept for clients that come back.
    pub ring_window: Duration,
    /// Most bytes of it.
    pub ring_bytes: usize,
    /// Most frames that one resume brings; who missed more reloads.
    pub replay_frames: usize,
    /// Most frames that wait for one connection, replayed ones aside.
    pub outgoing_frames: usize,
    /// Most bytes that wait for one connection, replayed ones aside.
    pub outgoing_bytes: usize,
    /// Most sockets of this edge.
    pub max_connections: usize,
    /// Most sockets of one user on this edge.
    pub max_connections_per_user: usize,
    /// Most sockets of one app on this edge.
    pub max_connections_per_app: usize,
    /// Most sockets that have not said yet whose they are.
    pub max_unauthenticated: usize,
    /// How long a socket may take to say whose it is.
    pub auth_timeout: Duration,
    /// How long a client may be silent; it pings every 30 s.
    pub idle_timeout: Duration,
    /// How long after a client's last sign of life its user is taken to be online.
    pub presence_timeout: Duration,
    /// How long after the last connection went a user is taken to be online, so that a reconnect does not flicker.
    pub presence_grace: Duration,
    /// How long a write may stand still.
    pub stalled_timeout: Duration,
    /// How long a socket outlives its token, so that the client can send a fresh one. With the sweeper's second on top the last
    /// byte goes out at most 5 s after the token's end.
    pub expiry_grace: Duration,
    /// How many frames a client may send in one go …
    pub frames_burst: u32,
    /// … and per second over time.
    pub frames_per_second: u32,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            query_token: true,
            ring_window: Duration::from_secs(300),
            ring_bytes: 64 << 20,
            replay_frames: 20_000,
            outgoing_frames: 1_024,
            outgoing_bytes: 1 << 20,
            max_connections: 100_000,
            max_connections_per_user: 64,
            max_connections_per_app: 100_000,
            max_unauthenticated: 20_000,
            auth_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(90),
            presence_timeout: Duration::from_secs(60),
            presence_grace: Duration::from_secs(10),
            stalled_timeout: Duration::from_secs(10),
            expiry_grace: Duration::from_secs(4),
            frames_burst: 300,
            frames_per_second: 20,
        }
    }
}
