mod log_reader;
mod logged_at;
mod one_by_one;
mod state;
mod tail;

pub use log_reader::{LogReader, Logged};
pub(crate) use logged_at::log_stream;
pub use logged_at::logged_at;
pub use one_by_one::{dialog_after, entered_at};
pub use state::{LogState, fact_at, log_state, next_epoch};
pub use tail::Depth;
pub(crate) use tail::{Start, Tail};

/// A stream can not be read at the moment.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The epoch could not be advanced.
    #[error("the log's epoch can not be changed: {0}")]
    Epoch(String),
    /// The stream ends before the place where reading is to go on: it lost its tail.
    #[error("the stream ends at {last_seq}, before {position}")]
    TailLost {
        /// Where the reader stands.
        position: u64,
        /// Where the stream ends.
        last_seq: u64,
    },
    /// JetStream does not answer, or refuses.
    #[error("the stream can not be read: {0}")]
    Unavailable(String),
}

impl ReadError {
    /// The broker did not answer within its time.
    pub(crate) fn late() -> Self {
        Self::Unavailable("no answer in time".to_owned())
    }
}
