use mtchat_protocol::{AccessScopeInput, Scopes, Timestamp, UserId};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::TokenError;
use crate::JwtOptions;

/// Most permissions of a token; each is a string of the host.
const MOST_PERMISSIONS: usize = 100;

/// What a verified token says, in our words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Claims {
    pub(super) user: UserId,
    pub(super) scopes: Scopes,
    pub(super) permissions: Vec<String>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) issued_at: Option<Timestamp>,
}

impl Claims {
    /// Read the claims of a token whose signature is good.
    pub(super) fn read(claims: &Map<String, Value>, options: &JwtOptions) -> Result<Self, TokenError> {
        Ok(Self {
            user: user(claims.get(&options.user_id_claim))?,
            scopes: scopes(claims, &options.scopes_claim)?,
            permissions: permissions(claims.get("permissions"))?,
            expires_at: moment(claims, "exp")?,
            issued_at: moment(claims, "iat")?,
        })
    }

    /// When a claim says it is, with leeway, in the past? The token library does not look at `iat`.
    pub(super) fn issued_by(
        claims: &Map<String, Value>,
        now: Timestamp,
        leeway: u64,
    ) -> Result<(), TokenError> {
        let leeway = i64::try_from(leeway).unwrap_or(60).saturating_mul(1_000_000);
        match moment(claims, "iat")? {
            Some(issued) if issued.micros() > now.micros().saturating_add(leeway) => Err(TokenError::NotYet),
            _ => Ok(()),
        }
    }
}

fn user(claim: Option<&Value>) -> Result<UserId, TokenError> {
    let id = match claim {
        Some(Value::String(id)) => UserId::new(id),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => UserId::new(&number.to_string()),
        _ => return Err(TokenError::User),
    };
    id.map_err(|_| TokenError::User)
}

/// Scopes stand in the object claim, or, without one, at the top level.
fn scopes(claims: &Map<String, Value>, object_claim: &str) -> Result<Scopes, TokenError> {
    let levels = match claims.get(object_claim) {
        Some(Value::Object(levels)) => levels,
        _ => claims,
    };
    let levels = AccessScopeInput::deserialize(levels).map_err(|_| TokenError::Claims)?;
    levels.check().map_err(|_| TokenError::Claims)
}

fn permissions(claim: Option<&Value>) -> Result<Vec<String>, TokenError> {
    match claim {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(list) => {
            let list = Vec::<String>::deserialize(list).map_err(|_| TokenError::Claims)?;
            if list.len() > MOST_PERMISSIONS {
                return Err(TokenError::Claims);
            }
            Ok(list)
        }
    }
}

/// A NumericDate: seconds since the Unix epoch, whole or not.
fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, TokenError> {
    let seconds = match claims.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(value) => value.as_f64().ok_or(TokenError::Claims)?,
    };
    // Beyond the year 9999 nothing changes, and below it the conversion is exact to the microsecond.
    let micros = (seconds.clamp(0.0, 253_402_300_799.0) * 1_000_000.0).round();
    #[allow(clippy::cast_possible_truncation, reason = "clamped to what fits")]
    Ok(Some(Timestamp::from_micros(micros as i64)))
}
