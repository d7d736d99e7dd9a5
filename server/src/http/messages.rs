use axum::{Json, extract::State};
use mtchat_protocol::{Data, DialogId, MessageId, MessageView, MessagesPage, PageQuery};
use mtchat_storage::PageAnswer;
use serde::Deserialize;

use super::{ReadAt, standing, standing::Standing};
use crate::{
    ApiError, Edge,
    extract::{ApiPath, ApiQuery, BaseUrl, Caller, MtchatPosition},
    limit::Cost,
    openapi::{ReadHeaders, ReadRefusals},
};

/// Which messages, and how many.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessagesQuery {
    limit: Option<i64>,
    before: Option<MessageId>,
    after: Option<MessageId>,
    around: Option<MessageId>,
}

impl MessagesQuery {
    fn page(&self) -> Result<PageQuery, ApiError> {
        match (self.before, self.after, self.around) {
            (None, None, None) => Ok(PageQuery::Latest),
            (Some(before), None, None) => Ok(PageQuery::Before(before)),
            (None, Some(after), None) => Ok(PageQuery::After(after)),
            (None, None, Some(around)) => Ok(PageQuery::Around(around)),
            _ => Err(ApiError::Parameter(
                "only one of before, after and around can be given".to_owned(),
            )),
        }
    }
}

/// A page of a dialog's messages.
#[utoipa::path(
    get, path = "/api/v1/dialogs/{dialog}/messages", operation_id = "listMessages", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), MessagesQuery, ReadHeaders),
    responses((status = 200, description = "A page", body = Data<MessagesPage>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn list(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    ApiQuery(query): ApiQuery<MessagesQuery>,
    _: MtchatPosition,
    base: BaseUrl,
) -> Result<(ReadAt, Json<Data<MessagesPage>>), ApiError> {
    let (page, limit) = (query.page()?, PageQuery::limit(query.limit));
    if matches!(page, PageQuery::Around(_)) {
        edge.limits.cost(&caller.app, &caller.user, Cost::Around)?;
    }
    match edge
        .storage
        .messages_page(&caller.app, dialog, &caller.user, page, limit)
        .await?
    {
        PageAnswer::Page(mut page) => {
            edge.link_messages(&base, &caller, &mut page.value.messages);
            Ok((ReadAt(page.log_seq), Json(Data { data: page.value })))
        }
        PageAnswer::NoSuchMessage => Err(ApiError::MessageNotFound),
        PageAnswer::NotParticipant => Err(not_participant(&edge, &caller, dialog).await),
    }
}

/// One message, for members.
#[utoipa::path(
    get, path = "/api/v1/dialogs/{dialog}/messages/{message}", operation_id = "getMessage", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("message" = MessageId, Path, description = "The message"), ReadHeaders),
    responses((status = 200, description = "The message", body = Data<MessageView>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((dialog, message)): ApiPath<(DialogId, MessageId)>,
    _: MtchatPosition,
    base: BaseUrl,
) -> Result<Json<Data<MessageView>>, ApiError> {
    match standing(&edge, &caller, dialog).await? {
        Standing::Participant => {}
        Standing::Candidate => return Err(ApiError::NotParticipant),
    }
    let message = edge
        .storage
        .message(&caller.app, dialog, message, &caller.user)
        .await?;
    let mut message = message.ok_or(ApiError::MessageNotFound)?;
    edge.link_messages(&base, &caller, std::slice::from_mut(&mut message));
    Ok(Json(Data { data: message }))
}

async fn not_participant(edge: &Edge, caller: &Caller, dialog: DialogId) -> ApiError {
    match standing(edge, caller, dialog).await {
        Ok(Standing::Candidate | Standing::Participant) => ApiError::NotParticipant,
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_place_in_the_dialog_at_most() {
        let id = MessageId::fresh();
        let at = Some(id);
        let query = |before, after, around| {
            MessagesQuery {
                limit: None,
                before,
                after,
                around,
            }
            .page()
        };
        assert_eq!(query(None, None, None).unwrap(), PageQuery::Latest);
        assert_eq!(query(None, at, None).unwrap(), PageQuery::After(id));
        assert!(query(at, at, None).is_err());
        assert!(query(at, None, at).is_err());
    }
}
