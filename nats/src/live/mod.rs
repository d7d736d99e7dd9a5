mod checkpoint;
mod entry;
mod reader;
mod writer;

pub use entry::LiveEntry;
pub use reader::LiveReader;
pub use writer::{LiveError, LiveWriter};
