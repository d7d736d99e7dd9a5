use axum::{extract::State, http::StatusCode};
use mtchat_domain::{Command, Rejection, decide, has_room};
use mtchat_nats::AppendError;
use mtchat_protocol::{Actor, AddParticipant, DialogId, JoinedAs, Participant, Timestamp, UserId};

use super::{Written, management_dialogs::host_error, request};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, Preference, Trace},
};

/// Add a participant; a repeat changes nothing.
pub(crate) async fn add(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    ApiJson(participant): ApiJson<AddParticipant>,
) -> Result<(Written, StatusCode), ApiError> {
    let (user, profile) = participant.check()?;
    let joined_as = JoinedAs::Participant;
    let participant = Participant {
        user,
        joined_as,
        joined_at: Timestamp::now(),
        profile,
    };
    let request = request(&host.app, dialog, Actor::Host, &trace);
    let command = || Command::AddParticipant(participant.clone());
    let appended = edge
        .log
        .append(request, |state| {
            let most = edge.options.limits.participants;
            state.map_or(Ok(()), |dialog| has_room(dialog, &participant.user, most))?;
            decide(state, command(), &Actor::Host)
        })
        .await;
    let appended = appended.map_err(host_error)?;
    Ok((
        Written::after(&edge, preference, dialog, &appended).await,
        StatusCode::CREATED,
    ))
}

/// Remove a participant; whoever is not in it is removed already.
pub(crate) async fn remove(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath((dialog, user)): ApiPath<(DialogId, UserId)>,
    preference: Preference,
    trace: Trace,
) -> Result<(Written, StatusCode), ApiError> {
    let request = request(&host.app, dialog, Actor::Host, &trace);
    let command = || Command::RemoveParticipant(user.clone());
    let appended = edge
        .log
        .append(request, |state| decide(state, command(), &Actor::Host))
        .await;
    let written = match appended {
        Ok(appended) => Written::after(&edge, preference, dialog, &appended).await,
        Err(AppendError::Rejected(Rejection::DialogDeleted | Rejection::DialogUnknown)) => {
            Written::nothing(preference)
        }
        Err(error) => return Err(error.into()),
    };
    Ok((written, StatusCode::NO_CONTENT))
}
