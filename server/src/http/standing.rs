use mtchat_domain::{Action, Rejection, caller_matches, can};
use mtchat_nats::{AppendError, Known};
use mtchat_protocol::DialogId;

use crate::{ApiError, Edge, extract::Caller};

/// What a dialog is to a caller who may know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// May join.
    Candidate,
    /// Takes part.
    Participant,
}

/// How the caller stands to a dialog, as the database knows it. What they may not know of is not found.
pub(super) async fn standing(edge: &Edge, caller: &Caller, dialog: DialogId) -> Result<Standing, ApiError> {
    let access = edge.storage.access(&caller.app, dialog, &caller.user).await?;
    let access = access.ok_or(ApiError::DialogNotFound)?;
    if access.participant {
        return Ok(Standing::Participant);
    }
    if caller_matches(&caller.authenticated().granted, &access.rules) {
        return Ok(Standing::Candidate);
    }
    Err(ApiError::DialogNotFound)
}

/// The dialog, for a caller who may do this in it. Not as this edge happens to know it: nobody is refused because of what another edge
/// has changed since, and answered for.
pub(super) async fn admitted(
    edge: &Edge,
    caller: &Caller,
    dialog: DialogId,
    action: Action,
) -> Result<Known, AppendError> {
    let known = edge.log.state(&caller.app, dialog).await?;
    if let Some(known) = known
        && can(&caller.user, action, &known.dialog).is_ok()
    {
        return Ok(known);
    }
    let known = edge.log.newest_state(&caller.app, dialog).await?;
    let known = known.ok_or(Rejection::DialogUnknown)?;
    can(&caller.user, action, &known.dialog)?;
    Ok(known)
}

/// Put a refusal as the caller may see it: whoever is not a member learns that there is a dialog only as a candidate.
pub(super) async fn explain(edge: &Edge, caller: &Caller, dialog: DialogId, error: AppendError) -> ApiError {
    match error {
        AppendError::Rejected(Rejection::NotParticipant) => {}
        other => return other.into(),
    }
    let access = edge
        .glance(edge.storage.access(&caller.app, dialog, &caller.user))
        .await;
    // When the database can not tell, the safe answer is the one that tells nothing.
    let candidate = access
        .flatten()
        .is_some_and(|access| caller_matches(&caller.authenticated().granted, &access.rules));
    if candidate {
        ApiError::NotParticipant
    } else {
        ApiError::DialogNotFound
    }
}
