use axum::{Json, extract::State};
use mtchat_domain::{Command, Creation, decide};
use mtchat_nats::{Appended, Reserve, Reserved};
use mtchat_protocol::{Actor, Data, DialogId, DialogView, FindOrCreateDialog, ObjectKey, Timestamp};
use serde::Serialize;

use super::{
    Written,
    host_write::hash,
    management_dialogs::{created_view, fitting_creation},
    request,
};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, HostCaller, IdempotencyKey, Preference, Trace},
    openapi::{HostWriteHeaders, WriteRefusals},
};

/// A dialog, and whether it was made just now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Found {
    #[serde(flatten)]
    dialog: DialogView,
    created: bool,
}

/// The dialog of an object and key; made when there is none. Of any number of calls at once, on any edge, one makes it. That is
/// what an idempotency key would do, so one is taken and not needed.
#[utoipa::path(
    post, path = "/api/v1/management/dialogs/find-or-create", operation_id = "findOrCreateDialog", tag = "Management: dialogs",
    params(HostWriteHeaders),
    request_body = FindOrCreateDialog,
    responses((status = 200, description = "The dialog, and whether it was made now", body = Data<Found>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn find_or_create(
    State(edge): State<Edge>,
    host: HostCaller,
    preference: Preference,
    trace: Trace,
    _: IdempotencyKey,
    ApiJson(find): ApiJson<FindOrCreateDialog>,
) -> Result<(Written, Json<Data<Found>>), ApiError> {
    let (now, key) = (Timestamp::now(), ObjectKey::new(&find.key)?);
    let creation = Creation {
        key: Some(key.clone()),
        ..fitting_creation(&edge, &host.app, find.dialog, now)?
    };
    // What the log no longer remembers the database knows, so without it nothing can be said.
    let (object_type, object_id) = (&creation.object_type, &creation.object_id);
    let stored = edge
        .storage
        .dialog_by_key(&host.app, object_type, object_id, &key)
        .await?;
    if let Some(dialog) = stored
        && edge.log.state(&host.app, dialog.id).await?.is_some()
    {
        let found = Found {
            dialog,
            created: false,
        };
        return Ok((Written::nothing(preference), Json(Data { data: found })));
    }
    edge.limits.creation(&host.app)?;
    let reserve = Reserve {
        name: hash(["object", object_type.as_str(), object_id.as_str(), key.as_str()]),
        request: String::new(),
        until_deleted: true,
    };
    let mut request = request(&host.app, DialogId::fresh(), Actor::Host, &trace);
    request.at = now;
    let command = || Command::Create(Box::new(creation.clone()));
    let reserved = edge
        .log
        .append_reserved(request, &reserve, |state| decide(state, command(), &Actor::Host))
        .await?;
    let (fact, position, created) = match reserved {
        Reserved::Appended(Appended::New { fact, position } | Appended::Repeated { fact, position }) => {
            (fact, position, true)
        }
        Reserved::Appended(Appended::Unchanged { .. }) => {
            return Err(ApiError::Unexpected("creating a dialog changed nothing"));
        }
        Reserved::Taken { fact, position, .. } => (fact, position, false),
    };
    let written = Written::at(&edge, preference, position).await;
    let mut dialog = created_view(&fact)?;
    if !created {
        // It may have been renamed since.
        let now = edge.glance(edge.storage.dialog_view(&host.app, dialog.id)).await;
        dialog = now.flatten().unwrap_or(dialog);
    }
    let found = Found { dialog, created };
    Ok((written, Json(Data { data: found })))
}
