use axum::{Json, extract::State};
use mtchat_protocol::{Data, DialogId, DialogItemView};

use super::ReadAt;
use crate::{
    ApiError, Edge,
    extract::{ApiPath, Caller, MtchatPosition},
    openapi::{ReadHeaders, ReadRefusals},
};

/// A dialog as its participant or candidate sees it.
#[utoipa::path(
    get, path = "/api/v1/dialogs/{dialog}", operation_id = "getDialog", tag = "Dialogs",
    params(("dialog" = DialogId, Path, description = "The dialog"), ReadHeaders),
    responses((status = 200, description = "The dialog", body = Data<DialogItemView>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn show(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    _: MtchatPosition,
) -> Result<(ReadAt, Json<Data<DialogItemView>>), ApiError> {
    let granted = &caller.authenticated().granted;
    let item = edge
        .storage
        .dialog_item(&caller.app, dialog, &caller.user, granted)
        .await?;
    let item = item.ok_or(ApiError::DialogNotFound)?;
    Ok((ReadAt(item.log_seq), Json(Data { data: item.value })))
}
