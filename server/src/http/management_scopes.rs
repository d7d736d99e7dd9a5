use axum::{Json, extract::State};
use mtchat_domain::Command;
use mtchat_nats::Appended;
use mtchat_protocol::{
    AccessRule, AccessScopeInput, AccessScopeView, Data, DialogId, FactData, Invalid, Reason,
    ReplaceAccessScopes, ScopeId, Scopes, Timestamp, limits,
};
use uuid::Uuid;

use super::{HostWrite, Written, host_error, management_dialogs::fits_into_a_fact};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, IdempotencyKey, Preference, Trace},
    openapi::{HostWriteHeaders, WriteRefusals},
};

/// Replace all access-scope rules of a dialog.
#[utoipa::path(
    put, path = "/api/v1/management/dialogs/{dialog}/access-scopes", operation_id = "replaceAccessScopes", tag = "Management: participants",
    params(("dialog" = DialogId, Path, description = "The dialog"), HostWriteHeaders),
    request_body = ReplaceAccessScopes,
    responses((status = 200, description = "The rules from now on", body = Data<Vec<AccessScopeView>>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn replace(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    key: IdempotencyKey,
    ApiJson(replace): ApiJson<ReplaceAccessScopes>,
) -> Result<(Written, Json<Data<Vec<AccessScopeView>>>), ApiError> {
    let what = format!("PUT dialogs/{dialog}/access-scopes");
    let write = HostWrite::new(&edge, &host, &trace, &key, &what, &replace)?;
    let now = Timestamp::now();
    let rules = fresh_rules(check_rules(&replace.access_scopes)?, now);
    fits_into_a_fact(&edge, &rules, "access_scopes")?;
    let command = |former| Command::ReplaceScopes {
        rules: rules.clone(),
        former,
    };
    let appended = write.append_with_rules(dialog, now, command).await;
    let appended = appended.map_err(host_error)?;
    // A repeat is told the rules that the first try made.
    let rules = match &appended {
        Appended::New { fact, .. } | Appended::Repeated { fact, .. } => match &fact.data {
            FactData::ScopesReplaced(replaced) => replaced.access_scopes.clone(),
            _ => return Err(ApiError::Unexpected("replacing rules did something else")),
        },
        Appended::Unchanged { .. } => rules,
    };
    let views = rules
        .into_iter()
        .map(|rule| AccessScopeView::new(dialog, rule))
        .collect();
    Ok((
        Written::after(&edge, preference, dialog, &appended).await,
        Json(Data { data: views }),
    ))
}

/// Check the limits of a set of rules.
pub(super) fn check_rules(given: &[AccessScopeInput]) -> Result<Vec<Scopes>, Invalid> {
    if given.len() > limits::SCOPE_RULES {
        return Err(Invalid::new(
            "access_scopes",
            Reason::TooLong(limits::SCOPE_RULES),
        ));
    }
    given.iter().map(AccessScopeInput::check).collect()
}

/// Rules that hold from now on.
pub(super) fn fresh_rules(scopes: Vec<Scopes>, now: Timestamp) -> Vec<AccessRule> {
    let rule = |scopes| AccessRule {
        id: ScopeId(Uuid::now_v7()),
        created_at: now,
        scopes,
    };
    scopes.into_iter().map(rule).collect()
}
