use axum::{
    Json,
    extract::State,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    response::{AppendHeaders, IntoResponse},
};
use mtchat_nats::log_state;
use mtchat_protocol::{AppId, AttachmentId, AttachmentLinks, Data, Position, ShardId, UserId};
use mtchat_storage::StoredAttachment;

use crate::{
    ApiError, Edge,
    extract::{ApiPath, BaseUrl, Caller, FileReader, MtchatPosition},
    openapi::{ReadHeaders, ReadRefusals},
};

/// Fresh links to a file, for members.
///
/// They need no headers, so a page can show them. Each use asks anew whether the reader takes part in the dialog.
#[utoipa::path(
    get, path = "/api/v1/attachments/{attachment}/url", operation_id = "getAttachmentLinks", tag = "Files",
    params(("attachment" = AttachmentId, Path, description = "The attachment"), ReadHeaders),
    responses((status = 200, description = "Links", body = Data<AttachmentLinks>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn links(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(attachment): ApiPath<AttachmentId>,
    _: MtchatPosition,
    base: BaseUrl,
) -> Result<Json<Data<AttachmentLinks>>, ApiError> {
    let files = edge.files()?;
    let found = readable(&edge, &caller.app, &caller.user, attachment).await?;
    let data = files.links(base.as_str(), &caller.app, &caller.user, &found.attachment.view());
    Ok(Json(Data { data }))
}

/// Follow a link to a file.
#[utoipa::path(
    get, path = "/api/v1/attachments/{attachment}/file", operation_id = "followFileLink", tag = "Files",
    params(("attachment" = AttachmentId, Path, description = "The attachment"), ("link" = String, Query, description = "As it stands in `url`")),
    responses((status = 302, description = "Where the bytes are, for two minutes"), ReadRefusals),
    security(())
)]
pub(crate) async fn file(edge: State<Edge>, reader: FileReader) -> Result<impl IntoResponse, ApiError> {
    follow(&edge, &reader).await
}

/// Follow a link to a thumbnail.
#[utoipa::path(
    get, path = "/api/v1/attachments/{attachment}/thumbnail", operation_id = "followThumbnailLink", tag = "Files",
    params(("attachment" = AttachmentId, Path, description = "The attachment"), ("link" = String, Query, description = "As it stands in `thumbnail_url`")),
    responses((status = 302, description = "Where the bytes are, for two minutes"), ReadRefusals),
    security(())
)]
pub(crate) async fn thumbnail(edge: State<Edge>, reader: FileReader) -> Result<impl IntoResponse, ApiError> {
    follow(&edge, &reader).await
}

async fn follow(edge: &Edge, reader: &FileReader) -> Result<impl IntoResponse + use<>, ApiError> {
    let files = edge.files()?;
    let read = || readable(edge, &reader.link.app, &reader.link.user, reader.attachment);
    let found = match read().await {
        // The answer to whoever sent it holds the link, and a link carries no position to wait for.
        Err(ApiError::AttachmentNotFound) => {
            everything_must_be_stored(edge).await?;
            read().await?
        }
        found => found?,
    };
    let direct = files.follow(&found.attachment, reader.wanted).await;
    let direct = direct.ok_or(ApiError::AttachmentNotFound)?;
    Ok((
        StatusCode::FOUND,
        AppendHeaders([
            (LOCATION, direct),
            // Together with the two minutes of the place itself less than the five in which access has to end.
            (CACHE_CONTROL, "private, max-age=60".to_owned()),
            (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
            (REFERRER_POLICY, "no-referrer".to_owned()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ]),
    ))
}

/// What the log holds now.
async fn everything_must_be_stored(edge: &Edge) -> Result<(), ApiError> {
    let shard = ShardId::default();
    let log_seq = log_state(&edge.broker, shard).await?.last_seq;
    let position = Position { shard, log_seq };
    edge.must_be_stored(position).await
}

/// An attachment of a dialog that the user takes part in. What they may not see does not exist.
async fn readable(
    edge: &Edge,
    app: &AppId,
    user: &UserId,
    attachment: AttachmentId,
) -> Result<StoredAttachment, ApiError> {
    let found = edge.storage.attachment(app, attachment).await?;
    let found = found.ok_or(ApiError::AttachmentNotFound)?;
    let access = edge.storage.access(app, found.dialog, user).await?;
    match access {
        Some(access) if access.participant => Ok(found),
        Some(_) | None => Err(ApiError::AttachmentNotFound),
    }
}
