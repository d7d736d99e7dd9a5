use axum::{Json, extract::State};
use mtchat_protocol::{Data, DialogId, MessageId, MessageVersion, limits};

use super::{standing, standing::Standing};
use crate::{
    ApiError, Edge,
    extract::{ApiPath, Caller, MtchatPosition},
    openapi::{ReadHeaders, ReadRefusals},
};

/// What a message said before its edits, oldest first; for members.
#[utoipa::path(
    get, path = "/api/v1/dialogs/{dialog}/messages/{message}/history", operation_id = "getMessageHistory", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("message" = MessageId, Path, description = "The message"), ReadHeaders),
    responses((status = 200, description = "What it said before, newest first", body = Data<Vec<MessageVersion>>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn history(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((dialog, message)): ApiPath<(DialogId, MessageId)>,
    _: MtchatPosition,
) -> Result<Json<Data<Vec<MessageVersion>>>, ApiError> {
    match standing(&edge, &caller, dialog).await? {
        Standing::Participant => {}
        Standing::Candidate => return Err(ApiError::NotParticipant),
    }
    let versions = edge
        .storage
        .message_history(&caller.app, dialog, message, limits::MESSAGE_VERSIONS)
        .await?;
    Ok(Json(Data {
        data: versions.ok_or(ApiError::MessageNotFound)?,
    }))
}
