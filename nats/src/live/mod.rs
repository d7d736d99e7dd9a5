mod checkpoint;
mod end;
mod entry;
mod reader;
mod writer;

pub use entry::LiveEntry;
pub use reader::LiveReader;
pub use writer::{LiveError, LiveWriter};

use mtchat_protocol::ShardId;

use crate::{Broker, ReadError};

/// How far the fan-out is known to have written: it may be further.
pub(crate) async fn checkpointed(broker: &Broker, shard: ShardId) -> Result<u64, ReadError> {
    let checkpoint = checkpoint::read(broker, shard).await?;
    Ok(checkpoint.map_or(0, |checkpoint| checkpoint.log_seq))
}
