use std::collections::HashMap;

use axum::{Json, extract::State};
use mtchat_protocol::{Data, DialogId, ParticipantSummary, ParticipantView, Timestamp, UserId};

use super::{ReadAt, standing, standing::Standing};
use crate::{
    ApiError, Edge,
    extract::{ApiPath, Caller, MtchatPosition},
    openapi::{ReadHeaders, ReadRefusals},
};

/// Everybody in a dialog, by join time. Candidates do not see how to reach them.
#[utoipa::path(
    get, path = "/api/v1/dialogs/{dialog}/participants", operation_id = "listParticipants", tag = "Membership",
    params(("dialog" = DialogId, Path, description = "The dialog"), ReadHeaders),
    responses((status = 200, description = "Everybody in the dialog", body = Data<Vec<ParticipantView>>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    _: MtchatPosition,
) -> Result<(ReadAt, Json<Data<Vec<ParticipantView>>>), ApiError> {
    let read_at = ReadAt::least(&edge);
    let standing = standing(&edge, &caller, dialog).await?;
    let mut participants = edge.storage.participants(&caller.app, dialog).await?;
    let presence = edge.gateway.hub().presence();
    for participant in &mut participants {
        participant.is_online = Some(presence.is_online(&caller.app, &participant.user_id));
        if standing == Standing::Candidate {
            participant.email = None;
            participant.phone = None;
        }
    }
    if standing == Standing::Participant {
        last_seen(&edge, &caller, &mut participants).await?;
    }
    Ok((read_at, Json(Data { data: participants })))
}

/// Those who were in a dialog and are not any more: their messages are there still, and need a name.
#[utoipa::path(
    get, path = "/api/v1/dialogs/{dialog}/participants/former", operation_id = "listFormerParticipants", tag = "Membership",
    params(("dialog" = DialogId, Path, description = "The dialog"), ReadHeaders),
    responses(
        (status = 200, description = "At most 1,000, who left last first", body = Data<Vec<ParticipantSummary>>),
        ReadRefusals
    ),
    security(("user" = []))
)]
pub(crate) async fn list_former(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    _: MtchatPosition,
) -> Result<(ReadAt, Json<Data<Vec<ParticipantSummary>>>), ApiError> {
    let read_at = ReadAt::least(&edge);
    match standing(&edge, &caller, dialog).await? {
        Standing::Participant => {}
        Standing::Candidate => return Err(ApiError::NotParticipant),
    }
    let former = edge.storage.former_participants(&caller.app, dialog).await?;
    Ok((read_at, Json(Data { data: former })))
}

/// When those who are not here were here last.
async fn last_seen(
    edge: &Edge,
    caller: &Caller,
    participants: &mut [ParticipantView],
) -> Result<(), ApiError> {
    let away = participants
        .iter()
        .filter(|participant| participant.is_online == Some(false));
    let away: Vec<&UserId> = away.map(|participant| &participant.user_id).collect();
    if away.is_empty() {
        return Ok(());
    }
    let seen: HashMap<UserId, Timestamp> = edge
        .storage
        .last_seen(&caller.app, &away)
        .await?
        .into_iter()
        .collect();
    for participant in participants {
        participant.last_seen = seen.get(&participant.user_id).copied();
    }
    Ok(())
}
