use axum::{extract::FromRequestParts, http::request::Parts};
use mtchat_protocol::{Invalid, Position, Positions, ShardId};

use crate::{ApiError, Edge};

/// Proof that the projection has reached what the caller has seen: a read with `Mtchat-Position` has waited for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MtchatPosition(pub Option<Position>);

impl FromRequestParts<Edge> for MtchatPosition {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        let Some(header) = parts.headers.get("mtchat-position") else {
            return Ok(Self(None));
        };
        let text = header.to_str().unwrap_or_default();
        let position = read(text).map_err(|error| ApiError::Parameter(error.to_string()))?;
        if !edge.watermark.knows(position.shard) {
            return Err(ApiError::Parameter(
                "Mtchat-Position names a shard that does not exist".to_owned(),
            ));
        }
        edge.must_be_stored(position).await?;
        Ok(Self(Some(position)))
    }
}

/// The position of a write (`0-12`), or a socket's `pos` as it was given: a client that lost its place reads what it shows at the
/// place where its socket goes on, or it would miss what was sent before and is not stored yet.
fn read(text: &str) -> Result<Position, Invalid> {
    match text.parse::<Positions>() {
        Ok(Positions(all)) if all.len() == 1 => Ok(Position {
            shard: ShardId(0),
            log_seq: all[0],
        }),
        _ => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_of_a_write_and_that_of_a_socket_are_read() {
        for text in ["0-12", "12"] {
            assert_eq!(read(text).unwrap().to_string(), "0-12");
        }
        for forged in ["", "-1", "1,2", "0-", "x", "+1", "18446744073709551616"] {
            assert!(read(forged).is_err(), "{forged:?} was taken");
        }
    }
}
