use axum::{Json, extract::State};
use mtchat_protocol::{Data, DialogId, ParticipantView};

use super::{standing, standing::Standing};
use crate::{
    ApiError, Edge,
    extract::{ApiPath, Caller, MtchatPosition},
};

/// Everybody in a dialog, by join time. Candidates do not see how to reach them.
pub(crate) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    _: MtchatPosition,
) -> Result<Json<Data<Vec<ParticipantView>>>, ApiError> {
    let standing = standing(&edge, &caller, dialog).await?;
    let mut participants = edge.storage.participants(&caller.app, dialog).await?;
    for participant in &mut participants {
        participant.is_online = Some(false);
        if standing == Standing::Candidate {
            participant.email = None;
            participant.phone = None;
        }
    }
    Ok(Json(Data { data: participants }))
}
