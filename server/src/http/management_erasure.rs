use axum::{Json, extract::State, http::StatusCode};
use mtchat_protocol::{Data, ErasureView, UserId};

use crate::{
    ApiError, Edge,
    extract::{ApiPath, HostCaller},
    openapi::ReadRefusals,
};

/// Have a person forgotten: they are locked out at once, and the rest is done behind this answer.
#[utoipa::path(
    post, path = "/api/v1/management/users/{user}/erase", operation_id = "eraseUser", tag = "Management: users",
    params(("user" = UserId, Path, description = "The user")),
    responses((status = 202, description = "It is being done", body = Data<ErasureView>), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn request(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(user): ApiPath<UserId>,
) -> Result<(StatusCode, Json<Data<ErasureView>>), ApiError> {
    let (mut data, revocation) = edge.storage.request_erasure(&host.app, &user).await?;
    edge.revoking.announce(&edge.broker, &revocation).await;
    data.files = edge.storage.files_of(&host.app, &user).await?;
    Ok((StatusCode::ACCEPTED, Json(Data { data })))
}

/// How far it is.
#[utoipa::path(
    get, path = "/api/v1/management/users/{user}/erase", operation_id = "getErasure", tag = "Management: users",
    params(("user" = UserId, Path, description = "The user")),
    responses((status = 200, description = "How far it is", body = Data<ErasureView>), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn show(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(user): ApiPath<UserId>,
) -> Result<Json<Data<ErasureView>>, ApiError> {
    let found = edge.storage.erasure(&host.app, &user).await?;
    let mut data = found.ok_or(ApiError::ErasureNotFound)?;
    data.files = edge.storage.files_of(&host.app, &user).await?;
    Ok(Json(Data { data }))
}
