use axum::{Json, extract::State, http::StatusCode};
use mtchat_protocol::{Data, Invalid, Reason, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller},
    openapi::{ReadRefusals, WriteRefusals},
};

/// How far a host's clock may be ahead, in microseconds: a moment that lies further ahead would keep out fresh tokens.
const CLOCK_AHEAD: i64 = 60_000_000;

/// Which tokens are revoked.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct Revoke {
    /// Those that were made before; `None`: before now.
    #[serde(default)]
    before: Option<Timestamp>,
}

/// What holds for the user's tokens from now on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RevokedView {
    user_id: UserId,
    banned: bool,
    not_before: Option<Timestamp>,
}

/// Revoke the tokens that a user has.
#[utoipa::path(
    post, path = "/api/v1/management/users/{user}/revoke", operation_id = "revokeTokens", tag = "Management: users",
    params(("user" = UserId, Path, description = "The user")),
    request_body = Revoke,
    responses((status = 200, description = "What holds now", body = Data<RevokedView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn revoke(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(user): ApiPath<UserId>,
    ApiJson(revoke): ApiJson<Revoke>,
) -> Result<Json<Data<RevokedView>>, ApiError> {
    let now = Timestamp::now();
    let before = revoke.before.unwrap_or(now);
    if before.micros() > now.micros().saturating_add(CLOCK_AHEAD) {
        return Err(Invalid::new("before", Reason::Malformed("a moment that has come")).into());
    }
    let revocation = edge.storage.revoke_before(&host.app, &user, before).await?;
    edge.revoking.announce(&edge.broker, &revocation).await;
    Ok(Json(Data {
        data: RevokedView {
            user_id: revocation.user,
            banned: revocation.revoked.banned,
            not_before: revocation.revoked.not_before,
        },
    }))
}

/// Refuse every token of a user; a repeat changes nothing.
#[utoipa::path(
    post, path = "/api/v1/management/users/{user}/ban", operation_id = "banUser", tag = "Management: users",
    params(("user" = UserId, Path, description = "The user")),
    responses((status = 204, description = "No token of theirs is good"), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn ban(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(user): ApiPath<UserId>,
) -> Result<StatusCode, ApiError> {
    let revocation = edge.storage.ban(&host.app, &user).await?;
    edge.revoking.announce(&edge.broker, &revocation).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a user in again; whoever was not banned is let in already.
#[utoipa::path(
    delete, path = "/api/v1/management/users/{user}/ban", operation_id = "unbanUser", tag = "Management: users",
    params(("user" = UserId, Path, description = "The user")),
    responses((status = 204, description = "They are let in"), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn unban(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(user): ApiPath<UserId>,
) -> Result<StatusCode, ApiError> {
    if let Some(revocation) = edge.storage.unban(&host.app, &user).await? {
        edge.revoking.announce(&edge.broker, &revocation).await;
    }
    Ok(StatusCode::NO_CONTENT)
}
