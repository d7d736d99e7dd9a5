mod log;
mod own;
mod queue;
mod request;
mod rounds;

pub use log::{Log, LogOptions};
pub use request::{AppendError, AppendRequest, Appended, Known};
pub use rounds::Rounds;
pub(crate) use rounds::message_id;
