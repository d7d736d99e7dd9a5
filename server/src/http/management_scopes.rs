use axum::{Json, extract::State};
use mtchat_domain::{Command, decide};
use mtchat_protocol::{
    AccessRule, AccessScopeInput, AccessScopeView, Actor, Data, DialogId, Invalid, Reason,
    ReplaceAccessScopes, ScopeId, Scopes, Timestamp, limits,
};
use uuid::Uuid;

use super::{
    Written,
    management_dialogs::{fits_into_a_fact, host_error},
    request,
};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, Preference, Trace},
};

/// Replace all access-scope rules of a dialog.
pub(crate) async fn replace(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    ApiJson(replace): ApiJson<ReplaceAccessScopes>,
) -> Result<(Written, Json<Data<Vec<AccessScopeView>>>), ApiError> {
    let rules = fresh_rules(check_rules(&replace.access_scopes)?, Timestamp::now());
    fits_into_a_fact(&edge, &rules, "access_scopes")?;
    let request = request(&host.app, dialog, Actor::Host, &trace);
    let command = || Command::ReplaceScopes(rules.clone());
    let appended = edge
        .log
        .append(request, |state| decide(state, command(), &Actor::Host))
        .await;
    let appended = appended.map_err(host_error)?;
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
