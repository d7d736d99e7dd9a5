use std::collections::HashSet;

use axum::{Json, extract::State, http::StatusCode};
use mtchat_domain::{Command, Creation, Rejection};
use mtchat_nats::{AppendError, Appended};
use mtchat_protocol::{
    AppId, CreateDialog, CreateParticipant, Data, DialogDetailView, DialogId, DialogView, Fact, FactData,
    Invalid, JoinedAs, ObjectId, ObjectType, Participant, Reason, Scopes, SearchDialog, Timestamp, UserId,
    limits,
};
use serde_json::Value;

use super::{
    HostWrite, Written,
    management_scopes::{check_rules, fresh_rules},
};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, IdempotencyKey, MtchatPosition, Preference, Trace},
    openapi::{HostWriteHeaders, KeyedRefusals, ReadHeaders, ReadRefusals, WriteRefusals},
};

/// Room that a fact needs beside its data: the head with its members, the envelope and the broker's headers.
const AROUND_THE_DATA: usize = 256 * 1024;

/// Create a dialog.
#[utoipa::path(
    post, path = "/api/v1/management/dialogs", operation_id = "createDialog", tag = "Management: dialogs",
    params(HostWriteHeaders),
    request_body = CreateDialog,
    responses((status = 200, description = "The dialog", body = Data<DialogView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn create(
    State(edge): State<Edge>,
    host: HostCaller,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
    ApiJson(dialog): ApiJson<CreateDialog>,
) -> Result<(Written, Json<Data<DialogView>>), ApiError> {
    let write = HostWrite::new(&edge, &host, &trace, &key, "POST dialogs", &dialog)?;
    let now = Timestamp::now();
    let creation = fitting_creation(&edge, &host.app, dialog, now)?;
    edge.limits.creation(&host.app)?;
    let id = DialogId::fresh();
    let command = || Command::Create(Box::new(creation.clone()));
    let appended = write.append(id, now, command).await?;
    let (Appended::New { fact, position } | Appended::Repeated { fact, position }) = appended else {
        return Err(ApiError::Unexpected("creating a dialog changed nothing"));
    };
    let view = created_view(&fact)?;
    Ok((
        Written::at(&edge, preference, position).await,
        Json(Data { data: view }),
    ))
}

/// The dialog as its first fact says it is.
pub(super) fn created_view(fact: &Fact) -> Result<DialogView, ApiError> {
    let FactData::DialogCreated(created) = &fact.data else {
        return Err(ApiError::Unexpected("a dialog began with something else"));
    };
    Ok(DialogView {
        id: fact.dialog,
        object_id: fact.head.object_id.clone(),
        object_type: fact.head.object_type.clone(),
        title: fact.head.title.clone(),
        object_url: created.object_url.clone(),
        created_by: created.created_by.clone(),
        created_at: fact.at,
        meta: created.meta.clone(),
        frozen: fact.head.frozen,
    })
}

/// What a dialog is to be made of, if it fits into a fact.
pub(super) fn fitting_creation(
    edge: &Edge,
    app: &AppId,
    dialog: CreateDialog,
    now: Timestamp,
) -> Result<Creation, ApiError> {
    let creation = creation(dialog, now)?;
    if creation.participants.len() > edge.limits.participants(app) {
        return Err(ApiError::Rejected(Rejection::DialogFull));
    }
    fits_into_a_fact(edge, &creation.participants, "participants")?;
    fits_into_a_fact(edge, &creation.access_scopes, "access_scopes")?;
    Ok(creation)
}

/// Find the newest dialog of an object with exactly these rules; `null` when there is none.
#[utoipa::path(
    post, path = "/api/v1/management/dialogs/search", operation_id = "findDialog", tag = "Management: dialogs",
    params(ReadHeaders),
    request_body = SearchDialog,
    responses((status = 200, description = "The newest dialog with exactly these rules, or null", body = Data<Option<DialogView>>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn search(
    State(edge): State<Edge>,
    host: HostCaller,
    _: MtchatPosition,
    ApiJson(search): ApiJson<SearchDialog>,
) -> Result<Json<Data<Option<DialogView>>>, ApiError> {
    let object_type = ObjectType::new(&search.object_type)?;
    let object_id = ObjectId::new(&search.object_id)?;
    let rules: Vec<Scopes> = check_rules(&search.access_scopes)?;
    let found = edge
        .storage
        .find_dialog(&host.app, &object_type, &object_id, &rules)
        .await?;
    Ok(Json(Data { data: found }))
}

/// A dialog with its participants and rules.
#[utoipa::path(
    get, path = "/api/v1/management/dialogs/{dialog}", operation_id = "getDialogDetail", tag = "Management: dialogs",
    params(("dialog" = DialogId, Path, description = "The dialog"), ReadHeaders),
    responses((status = 200, description = "The dialog", body = Data<DialogDetailView>), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn show(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    _: MtchatPosition,
) -> Result<Json<Data<DialogDetailView>>, ApiError> {
    let detail = edge.storage.dialog_detail(&host.app, dialog).await?;
    Ok(Json(Data {
        data: detail.ok_or(ApiError::HostDialogNotFound)?,
    }))
}

/// Delete a dialog and everything of it; one that is not there is deleted already.
#[utoipa::path(
    delete, path = "/api/v1/management/dialogs/{dialog}", operation_id = "deleteDialog", tag = "Management: dialogs",
    params(("dialog" = DialogId, Path, description = "The dialog"), HostWriteHeaders),
    responses((status = 204, description = "It is gone, or was not there"), KeyedRefusals),
    security(("host" = []))
)]
pub(crate) async fn remove(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
) -> Result<(Written, StatusCode), ApiError> {
    let what = format!("DELETE dialogs/{dialog}");
    let write = HostWrite::new(&edge, &host, &trace, &key, &what, &())?;
    let command = |rules| Command::Delete { rules };
    let written = match write.append_with_rules(dialog, Timestamp::now(), command).await {
        Ok(appended) => Written::after(&edge, preference, dialog, &appended).await,
        Err(ApiError::Rejected(Rejection::DialogUnknown)) => Written::nothing(preference),
        Err(error) => return Err(error),
    };
    Ok((written, StatusCode::NO_CONTENT))
}

/// A fact is one message of the broker, and that has its limit.
pub(super) fn fits_into_a_fact(
    edge: &Edge,
    data: &impl serde::Serialize,
    field: &'static str,
) -> Result<(), ApiError> {
    let bytes = serde_json::to_vec(data)
        .map_err(|error| ApiError::Append(AppendError::Encode(error)))?
        .len();
    let most = edge.broker.max_payload().saturating_sub(AROUND_THE_DATA) / 2;
    if bytes > most {
        return Err(Invalid::new(field, Reason::Malformed("smaller in all")).into());
    }
    Ok(())
}

fn creation(dialog: CreateDialog, now: Timestamp) -> Result<Creation, Invalid> {
    let (object_type, object_id) = dialog.object()?;
    let (title, object_url) = dialog.labels()?;
    let participants = participants(&dialog.participants, dialog.created_by.as_deref(), now)?;
    let created_by = match &dialog.created_by {
        Some(user) => Some(UserId::new(user).map_err(|invalid| Invalid::new("created_by", invalid.reason))?),
        None => participants.first().map(|first| first.user.clone()),
    };
    let access_scopes = fresh_rules(check_rules(&dialog.access_scopes)?, now);
    let meta = dialog.meta.map(check_meta).transpose()?;
    Ok(Creation {
        object_type,
        object_id,
        title,
        object_url,
        meta,
        created_by,
        participants,
        access_scopes,
        key: None,
    })
}

/// Everybody once. The creator is who is said to be, else the one for whom the dialog is created.
fn participants(
    given: &[CreateParticipant],
    created_by: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Participant>, Invalid> {
    if given.len() > limits::PARTICIPANTS_PER_REQUEST {
        return Err(Invalid::new(
            "participants",
            Reason::TooLong(limits::PARTICIPANTS_PER_REQUEST),
        ));
    }
    let creator_named = given.iter().any(|one| {
        matches!(
            one,
            CreateParticipant::Full {
                joined_as: Some(_),
                ..
            }
        )
    });
    let mut seen = HashSet::with_capacity(given.len());
    let mut participants = Vec::with_capacity(given.len());
    for (index, one) in given.iter().enumerate() {
        let (user, profile, joined_as, role) = match one {
            CreateParticipant::Id(id) => {
                let named = mtchat_protocol::AddParticipant {
                    user_id: id.clone(),
                    display_name: id.chars().take(limits::NAME).collect(),
                    company: None,
                    email: None,
                    phone: None,
                    role: None,
                };
                let (user, profile) = named.check()?;
                (user, profile, None, None)
            }
            CreateParticipant::Full {
                participant,
                joined_as,
            } => {
                let (user, profile) = participant.check()?;
                (user, profile, *joined_as, participant.role)
            }
        };
        if !seen.insert(user.clone()) {
            return Err(Invalid::new("participants", Reason::Duplicate));
        }
        let for_whom = created_by.map_or(index == 0, |created_by| created_by == user.as_str());
        let joined_as = match joined_as {
            Some(JoinedAs::Joined) => {
                return Err(Invalid::new(
                    "joined_as",
                    Reason::Malformed("creator or participant"),
                ));
            }
            Some(said) => said,
            None if for_whom && !creator_named => JoinedAs::Creator,
            None => JoinedAs::Participant,
        };
        participants.push(Participant {
            user,
            joined_as,
            joined_at: now,
            role: role.unwrap_or_default(),
            profile,
        });
    }
    Ok(participants)
}

pub(super) fn check_meta(meta: Value) -> Result<Value, Invalid> {
    let bytes = serde_json::to_vec(&meta).map_or(usize::MAX, |json| json.len());
    if bytes > limits::META_BYTES {
        return Err(Invalid::new("meta", Reason::TooLong(limits::META_BYTES)));
    }
    // Postgres can not keep it, and what is in the log must be storable.
    if holds_nul(&meta) {
        return Err(Invalid::new("meta", Reason::Character));
    }
    Ok(meta)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map
            .iter()
            .any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
#[path = "management_dialogs_tests.rs"]
mod tests;
