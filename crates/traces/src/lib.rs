//! Which request something belongs to, from the edge over the broker to the endpoints of hosts (W3C Trace Context), and the stretches of
//! work that are told to a collector of traces.
//!
//! Without a collector nothing is recorded: a [`Span`] is then empty, and to begin one costs a look at an atomic. Spans hold names of
//! routes, kinds and numbers; never what was said, tokens, or ids of people.

mod context;
mod sampler;
mod sink;
mod span;

pub use context::{NotATraceparent, TraceContext};
pub use sampler::Sampler;
pub use sink::{Sink, begin, is_on};
pub use span::{Finished, Kind, Span, Value};
