use axum::{Json, extract::State, http::StatusCode};
use mtchat_domain::{Command, Rejection};
use mtchat_protocol::{AddParticipant, ChangeRole, DialogId, JoinedAs, Participant, Timestamp, UserId};
use serde::Serialize;

use super::{HostWrite, Written, host_error};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, IdempotencyKey, Preference, Trace},
    openapi::{HostWriteHeaders, KeyedRefusals, WriteRefusals},
};

/// The answer, not wrapped in `data`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Updated {
    status: &'static str,
}

/// Add a participant; a repeat changes nothing.
#[utoipa::path(
    post, path = "/api/v1/management/dialogs/{dialog}/participants", operation_id = "addParticipant", tag = "Management: participants",
    params(("dialog" = DialogId, Path, description = "The dialog"), HostWriteHeaders),
    request_body = AddParticipant,
    responses((status = 201, description = "They take part"), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn add(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
    ApiJson(participant): ApiJson<AddParticipant>,
) -> Result<(Written, StatusCode), ApiError> {
    let what = format!("POST dialogs/{dialog}/participants");
    let write = HostWrite::new(&edge, &host, &trace, &key, &what, &participant)?;
    let role = participant.role.unwrap_or_default();
    let (user, profile) = participant.check()?;
    let joined_as = JoinedAs::Participant;
    let now = Timestamp::now();
    let participant = Participant {
        user,
        joined_as,
        joined_at: now,
        role,
        profile,
    };
    let command = || Command::AddParticipant(participant.clone());
    let appended = write.append(dialog, now, command).await.map_err(host_error)?;
    Ok((
        Written::after(&edge, preference, dialog, &appended).await,
        StatusCode::CREATED,
    ))
}

/// Remove a participant; whoever is not in it is removed already.
#[utoipa::path(
    delete, path = "/api/v1/management/dialogs/{dialog}/participants/{user}", operation_id = "removeParticipant", tag = "Management: participants",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("user" = UserId, Path, description = "The user"), HostWriteHeaders),
    responses((status = 204, description = "They do not take part"), KeyedRefusals),
    security(("host" = []))
)]
pub(crate) async fn remove(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath((dialog, user)): ApiPath<(DialogId, UserId)>,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
) -> Result<(Written, StatusCode), ApiError> {
    let what = format!("DELETE dialogs/{dialog}/participants");
    let write = HostWrite::new(&edge, &host, &trace, &key, &what, &user)?;
    let command = || Command::RemoveParticipant(user.clone());
    let written = match write.append(dialog, Timestamp::now(), command).await {
        Ok(appended) => Written::after(&edge, preference, dialog, &appended).await,
        Err(ApiError::Rejected(Rejection::DialogDeleted | Rejection::DialogUnknown)) => {
            Written::nothing(preference)
        }
        Err(error) => return Err(error),
    };
    Ok((written, StatusCode::NO_CONTENT))
}

/// Give a participant another role.
#[utoipa::path(
    put, path = "/api/v1/management/dialogs/{dialog}/participants/{user}/role", operation_id = "changeRole", tag = "Management: participants",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("user" = UserId, Path, description = "The user"), HostWriteHeaders),
    request_body = ChangeRole,
    responses((status = 200, description = "It is so", body = Updated), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn change_role(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath((dialog, user)): ApiPath<(DialogId, UserId)>,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
    ApiJson(change): ApiJson<ChangeRole>,
) -> Result<(Written, Json<Updated>), ApiError> {
    let what = format!("PUT dialogs/{dialog}/participants/role");
    let write = HostWrite::new(&edge, &host, &trace, &key, &what, &(&user, change))?;
    let command = || Command::ChangeRole {
        user: user.clone(),
        role: change.role,
    };
    let appended = write.append(dialog, Timestamp::now(), command).await;
    let appended = appended.map_err(host_error)?;
    Ok((
        Written::after(&edge, preference, dialog, &appended).await,
        Json(Updated { status: "updated" }),
    ))
}
