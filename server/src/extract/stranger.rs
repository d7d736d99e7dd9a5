use axum::http::request::Parts;

use crate::{ApiError, Edge, auth::AuthError, limit::address};

/// The answer to somebody without a good identity: why it is not, or, to an address from which that comes too often, only that.
/// An address never keeps a good identity out, for many may share it.
pub(super) fn stranger(parts: &Parts, edge: &Edge, error: AuthError) -> ApiError {
    let proxies = edge.options.limits.trusted_proxies;
    let address = address(&parts.headers, &parts.extensions, proxies);
    match edge.limits.stranger(address) {
        Ok(()) => error.into(),
        Err(excess) => excess.into(),
    }
}
