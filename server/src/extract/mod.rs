//! What handlers take: verified identity, checked paths, queries and bodies. Each refuses with the error body.

mod base_url;
mod body;
mod caller;
mod file_reader;
mod host_caller;
mod idempotency;
mod path;
mod position;
mod preference;
mod query;
mod stranger;
mod trace;

pub use base_url::BaseUrl;
pub use body::ApiJson;
pub use caller::Caller;
pub use file_reader::FileReader;
pub use host_caller::HostCaller;
pub use idempotency::IdempotencyKey;
pub use path::ApiPath;
pub use position::MtchatPosition;
pub use preference::Preference;
pub use query::ApiQuery;
pub use trace::Trace;

use stranger::stranger;
