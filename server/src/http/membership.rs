use axum::{Json, extract::State};
use mtchat_domain::{Command, Rejection, caller_matches, decide, has_room};
use mtchat_nats::{Appended, shard_of};
use mtchat_protocol::{
    AccessRule, AppId, Company, DialogId, DisplayName, Email, Invalid, JoinedAs, Participant, Phone,
    Position, Profile, Role, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Written, request, standing};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, Caller, Preference, Trace},
    openapi::{ReadRefusals, WriteHeaders, WriteRefusals},
};

/// The profile that somebody joins with.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct Join {
    #[schema(value_type = DisplayName)]
    display_name: String,
    #[serde(default)]
    #[schema(value_type = Option<Company>)]
    company: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Email>)]
    email: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Phone>)]
    phone: Option<String>,
}

impl Join {
    fn profile(&self) -> Result<Profile, Invalid> {
        Ok(Profile {
            display_name: DisplayName::new(&self.display_name)?,
            company: self.company.as_deref().map(Company::new).transpose()?,
            email: self.email.as_deref().map(Email::new).transpose()?,
            phone: self.phone.as_deref().map(Phone::new).transpose()?,
        })
    }
}

/// The answer, not wrapped in `data`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Joined {
    status: &'static str,
    dialog_id: DialogId,
}

/// The answer, not wrapped in `data`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Left {
    status: &'static str,
}

/// Join a dialog as a candidate.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/join", operation_id = "joinDialog", tag = "Membership",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    request_body = Join,
    responses((status = 200, description = "The caller takes part", body = Joined), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn join(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    ApiJson(join): ApiJson<Join>,
) -> Result<(Written, Json<Joined>), ApiError> {
    if !caller.authenticated().scopes_given {
        return Err(ApiError::ScopesMissing);
    }
    let participant = Participant {
        user: caller.user.clone(),
        joined_as: JoinedAs::Joined,
        joined_at: Timestamp::now(),
        role: Role::default(),
        profile: join.profile()?,
    };
    let request = request(&caller.app, dialog, caller.actor(), &trace);
    let actor = request.actor.clone();
    let mut rounds = edge.log.rounds(request).await?;
    let appended = loop {
        let known = match rounds.state().await? {
            None if rounds.look_again() => continue,
            known => known.ok_or(ApiError::DialogNotFound)?,
        };
        let rules = rules_at(&edge, &caller.app, dialog, known.log_seq).await?;
        let (participant, scopes) = (participant.clone(), caller.scopes.clone());
        let command = Command::Join {
            participant,
            scopes,
            rules: rules.clone(),
        };
        let decision = decide(Some(&known.dialog), command, &actor).and_then(|decision| {
            has_room(&known.dialog, &caller.user, edge.limits.participants(&caller.app))?;
            Ok(decision)
        });
        let decision = match decision {
            Err(_) if rounds.look_again() => continue,
            decision => decision.map_err(|rejection| refused(&caller, &rules, rejection))?,
        };
        if let Some(appended) = rounds.append(decision).await? {
            break appended;
        }
    };
    let written = Written::after(&edge, preference, dialog, &appended).await;
    Ok((
        written,
        Json(Joined {
            status: "joined",
            dialog_id: dialog,
        }),
    ))
}

/// Leave a dialog; without effect for those who only see it.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/leave", operation_id = "leaveDialog", tag = "Membership",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    responses((status = 200, description = "The caller does not take part", body = Left), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn leave(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
) -> Result<(Written, Json<Left>), ApiError> {
    let request = request(&caller.app, dialog, caller.actor(), &trace);
    let actor = request.actor.clone();
    let appended = edge
        .log
        .append(request, |state| decide(state, Command::Leave, &actor))
        .await?;
    if let Appended::Unchanged { .. } = appended {
        standing(&edge, &caller, dialog).await?;
    }
    let written = Written::after(&edge, preference, dialog, &appended).await;
    Ok((written, Json(Left { status: "left" })))
}

/// The rules of a dialog, once the database has come as far as the state that is decided on.
pub(super) async fn rules_at(
    edge: &Edge,
    app: &AppId,
    dialog: DialogId,
    log_seq: u64,
) -> Result<Vec<AccessRule>, ApiError> {
    let position = Position {
        shard: shard_of(dialog),
        log_seq,
    };
    if !edge.watermark.wait(position, edge.options.write_wait).await {
        return Err(ApiError::NotStored);
    }
    let rules = edge.storage.rules(app, dialog).await?;
    rules.ok_or(ApiError::DialogNotFound)
}

/// Who could join with all scopes they hold, but not with those they ask with, may know of the dialog; others may not.
fn refused(caller: &Caller, rules: &[AccessRule], rejection: Rejection) -> ApiError {
    match rejection {
        Rejection::ScopeMismatch if !caller_matches(&caller.authenticated().granted, rules) => {
            ApiError::DialogNotFound
        }
        other => ApiError::Rejected(other),
    }
}
