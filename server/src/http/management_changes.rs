use axum::{Json, extract::State};
use mtchat_domain::Command;
use mtchat_nats::{Appended, shard_of};
use mtchat_protocol::{Data, DialogId, DialogView, Fact, FactData, PatchDialog, Position, Timestamp};

use super::{HostWrite, Written, host_error, management_dialogs::check_meta};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, IdempotencyKey, Preference, Trace},
    openapi::{HostWriteHeaders, WriteRefusals},
};

/// Change title, link or meta of a dialog, freeze it or open it again, in one fact.
#[utoipa::path(
    patch, path = "/api/v1/management/dialogs/{dialog}", operation_id = "updateDialog", tag = "Management: dialogs",
    params(("dialog" = DialogId, Path, description = "The dialog"), HostWriteHeaders),
    request_body = PatchDialog,
    responses((status = 200, description = "The dialog as it is now", body = Data<DialogView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn update(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
    ApiJson(patch): ApiJson<PatchDialog>,
) -> Result<(Written, Json<Data<DialogView>>), ApiError> {
    let what = format!("PATCH dialogs/{dialog}");
    let write = HostWrite::new(&edge, &host, &trace, &key, &what, &patch)?;
    let (title, object_url) = patch.labels()?;
    let meta = patch
        .meta
        .map(|meta| meta.map(check_meta).transpose())
        .transpose()?;
    // Read before it is written: what can not be answered is better not done.
    let before = stored_view(&edge, &host, dialog).await?;
    let command = || Command::Update {
        title: title.clone(),
        object_url: object_url.clone(),
        meta: meta.clone(),
        frozen: patch.frozen,
    };
    let appended = write.append(dialog, Timestamp::now(), command).await;
    let appended = appended.map_err(host_error)?;
    let view = match &appended {
        Appended::New { fact, .. } | Appended::Repeated { fact, .. } => after(before, fact),
        Appended::Unchanged { .. } => before,
    };
    Ok((
        Written::after(&edge, preference, dialog, &appended).await,
        Json(Data { data: view }),
    ))
}

/// The dialog as the database knows it, once that has come as far as this edge.
async fn stored_view(edge: &Edge, host: &HostCaller, dialog: DialogId) -> Result<DialogView, ApiError> {
    let known = edge.log.state(&host.app, dialog).await?;
    let known = known.ok_or(ApiError::HostDialogNotFound)?;
    let position = Position {
        shard: shard_of(dialog),
        log_seq: known.log_seq,
    };
    if !edge.watermark.wait(position, edge.options.write_wait).await {
        return Err(ApiError::NotStored);
    }
    let view = edge.storage.dialog_view(&host.app, dialog).await?;
    view.ok_or(ApiError::HostDialogNotFound)
}

fn after(before: DialogView, fact: &Fact) -> DialogView {
    let mut view = DialogView {
        title: fact.head.title.clone(),
        frozen: fact.head.frozen,
        ..before
    };
    if let FactData::DialogUpdated(update) = &fact.data {
        if let Some(object_url) = &update.object_url {
            view.object_url.clone_from(object_url);
        }
        if let Some(meta) = &update.meta {
            view.meta.clone_from(meta);
        }
    }
    view
}
