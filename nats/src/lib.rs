//! MTChat on NATS JetStream: subjects, streams, the append loop, readers, the live path and leases.
//!
//! The only crate that speaks to the broker. It knows what a fact and a head are, and nothing of HTTP, SQL or roles.

mod append;
mod asyncapi;
mod broker;
mod credentials;
mod erase;
mod headers;
mod host;
mod inspect;
mod lease;
mod live;
mod notice;
mod presence;
mod publish;
mod read;
mod retain;
mod revoked;
mod service;
mod snapshot;
mod stored;
mod streams;
pub mod subject;
mod ticket;
mod timer;
mod typing;
mod viewing;

pub use append::{AppendError, AppendRequest, Appended, Known, Log, LogOptions, Reserve, Reserved, Rounds};
pub use asyncapi::{asyncapi, asyncapi_yaml};
pub use broker::{Broker, BrokerError, BrokerOptions, LEAST_SERVER};
pub use erase::{Mention, erase_fact, fanout_position, mentions};
pub use host::{
    ConsumerName, HOST_API, HostError, HostStart, NotAName, NotAStart, SERVICE_ACCOUNT, host_account,
    host_consumer, host_exports, make_host_consumer,
};
pub use inspect::{Finding, inspect};
pub use lease::Lease;
pub use live::{LiveEntry, LiveError, LiveReader, LiveWriter};
pub use notice::publish_notice;
pub use presence::{
    EdgeId, EdgeSays, PresenceHeard, UsersSaid, publish_edge, publish_users, subscribe_presence,
};
pub use read::{
    Depth, LogReader, LogState, Logged, ReadError, dialog_after, entered_at, fact_at, log_state, logged_at,
    next_epoch,
};
pub use retain::{first_since, purge_before};
pub use revoked::{publish_revoked, subscribe_revoked};
pub use service::{ServiceAnswer, ServiceRequest, ServiceRequests, subscribe_notice_posts};
pub use snapshot::{
    SnapshotError, StreamHeld, StreamRecord, delete_streams, fresh_epoch_after, kept_streams,
    log_stream_name, readers, restore_snapshot, stream_held, take_snapshot,
};
pub use stored::{publish_stored, subscribe_stored};
pub use streams::{StreamError, StreamOptions, reconcile};
pub use ticket::{TICKET_LIFE, TicketError, keep_ticket, take_ticket};
pub use timer::{DueTimer, DueTimers, TimerSet, set_timer};
pub use typing::{Typing, publish_typing, subscribe_typing};
pub use viewing::{VIEWING_EVERY, VIEWING_LEASE, Viewing, publish_viewing, subscribe_viewing};

use mtchat_protocol::{DialogId, ShardId};

/// The shard of a dialog. One shard is what a deployment has until it is split; then a hash of the id decides.
pub fn shard_of(_dialog: DialogId) -> ShardId {
    ShardId(0)
}
