use axum::{Json, extract::State};
use mtchat_domain::SearchWords;
use mtchat_protocol::{Data, DialogId, SearchPage};
use mtchat_storage::SearchPlace;
use serde::Deserialize;

use super::{standing, standing::Standing};
use crate::{
    ApiError, Edge,
    extract::{ApiQuery, Caller, MtchatPosition},
    limit::Cost,
    openapi::{ReadHeaders, ReadRefusals},
};

/// What to look for, and where.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    dialog_id: Option<DialogId>,
    limit: Option<i64>,
    cursor: Option<String>,
}

/// Find messages in the dialogs that the caller takes part in.
#[utoipa::path(
    get, path = "/api/v1/search", operation_id = "searchMessages", tag = "Messages",
    params(Search, ReadHeaders),
    responses((status = 200, description = "Messages, newest first", body = Data<SearchPage>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn find(
    State(edge): State<Edge>,
    caller: Caller,
    ApiQuery(search): ApiQuery<Search>,
    _: MtchatPosition,
) -> Result<Json<Data<SearchPage>>, ApiError> {
    let words = SearchWords::new(&search.q)?;
    edge.limits.cost(&caller.app, &caller.user, Cost::Search)?;
    let cursor = search.cursor.as_deref().map(str::parse).transpose()?;
    if let Some(dialog) = search.dialog_id {
        match standing(&edge, &caller, dialog).await? {
            Standing::Participant => {}
            Standing::Candidate => return Err(ApiError::NotParticipant),
        }
    }
    let place = SearchPlace {
        app: &caller.app,
        user: &caller.user,
        dialog: search.dialog_id,
    };
    let limit = SearchPage::limit(search.limit);
    let page = edge.storage.search(place, &words, cursor, limit).await?;
    Ok(Json(Data { data: page }))
}
