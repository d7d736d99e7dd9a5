use axum::{Json, extract::State};
use mtchat_domain::{Action, can};
use mtchat_protocol::{
    CompleteUpload, CompletedUpload, Data, DialogId, PresignUpload, UploadPartsView, UploadView,
};

use super::explain;
use crate::{
    ApiError, Edge,
    extract::{ApiJson, Caller},
    files::{Files, UploadRequest},
    openapi::{ReadHeaders, WriteRefusals},
};

/// Say where a file may be uploaded to.
///
/// `PUT` the bytes to `upload_url`, exactly as many as declared, with the header `Content-Type` of the answer. Then send a message that
/// names `s3_key`: only then is the file looked at. An upload that no message names within a day is deleted.
#[utoipa::path(
    post, path = "/api/v1/upload/presign", operation_id = "presignUpload", tag = "Files",
    params(ReadHeaders),
    request_body = PresignUpload,
    responses((status = 200, description = "Where to", body = Data<UploadView>), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn presign(
    State(edge): State<Edge>,
    caller: Caller,
    ApiJson(request): ApiJson<PresignUpload>,
) -> Result<Json<Data<UploadView>>, ApiError> {
    let files = for_writers(&edge, &caller, request.dialog_id).await?;
    let upload = checked(&edge, &caller, &request)?;
    let data = files
        .presign(&caller.app, request.dialog_id, &caller.user, &upload)
        .await?;
    Ok(Json(Data { data }))
}

/// Say where a large file may be uploaded to, in parts.
///
/// Parts can be uploaded side by side, and one that failed again without the others. `POST /upload/complete` puts them together; parts
/// that are not put together within a day are deleted.
#[utoipa::path(
    post, path = "/api/v1/upload/parts", operation_id = "presignUploadParts", tag = "Files",
    params(ReadHeaders),
    request_body = PresignUpload,
    responses((status = 200, description = "Where to", body = Data<UploadPartsView>), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn parts(
    State(edge): State<Edge>,
    caller: Caller,
    ApiJson(request): ApiJson<PresignUpload>,
) -> Result<Json<Data<UploadPartsView>>, ApiError> {
    let files = for_writers(&edge, &caller, request.dialog_id).await?;
    let upload = checked(&edge, &caller, &request)?;
    let data = files
        .begin_parts(&caller.app, request.dialog_id, &caller.user, &upload)
        .await?;
    Ok(Json(Data { data }))
}

/// Put the parts of a file together.
#[utoipa::path(
    post, path = "/api/v1/upload/complete", operation_id = "completeUpload", tag = "Files",
    params(ReadHeaders),
    request_body = CompleteUpload,
    responses((status = 200, description = "The file, ready to be sent", body = Data<CompletedUpload>), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn complete(
    State(edge): State<Edge>,
    caller: Caller,
    ApiJson(request): ApiJson<CompleteUpload>,
) -> Result<Json<Data<CompletedUpload>>, ApiError> {
    let files = for_writers(&edge, &caller, request.dialog_id).await?;
    let data = files
        .complete_parts(&caller.app, request.dialog_id, &caller.user, &request)
        .await?;
    Ok(Json(Data { data }))
}

/// The files of a dialog that the caller may write in.
async fn for_writers<'a>(edge: &'a Edge, caller: &Caller, dialog: DialogId) -> Result<&'a Files, ApiError> {
    let files = edge.files()?;
    let known = edge
        .log
        .state(&caller.app, dialog)
        .await?
        .ok_or(ApiError::DialogNotFound)?;
    if let Err(rejection) = can(&caller.user, Action::Write, &known.dialog) {
        return Err(explain(edge, caller, dialog, rejection.into()).await);
    }
    if files.is_up() {
        Ok(files)
    } else {
        Err(ApiError::FilesDown)
    }
}

fn checked(edge: &Edge, caller: &Caller, request: &PresignUpload) -> Result<UploadRequest, ApiError> {
    let most = edge.most_file_bytes(&caller.app);
    UploadRequest::new(&request.filename, &request.content_type, request.size, most)
}
