mod log;
mod own;
mod queue;
mod request;
mod reserved;
mod rounds;
mod timed;

pub use log::{Log, LogOptions};
pub use request::{AppendError, AppendRequest, Appended, Known};
pub use reserved::{Reserve, Reserved};
pub use rounds::Rounds;
pub(crate) use rounds::message_id;
