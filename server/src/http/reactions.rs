use axum::{Json, extract::State};
use mtchat_domain::{Command, FoundMessage, KnownMessage, KnownReactions};
use mtchat_nats::Appended;
use mtchat_protocol::{Data, DialogId, Emoji, MessageId, ReactionSummary};

use super::{Written, changing::Changing};
use crate::{
    ApiError, Edge,
    extract::{ApiPath, Caller, Preference, Trace},
    openapi::{ReadRefusals, WriteHeaders},
};

/// What is on the message now.
type Answer = (Written, Json<Data<Vec<ReactionSummary>>>);

/// Put an emoji on a message; without effect when it is there.
#[utoipa::path(
    put, path = "/api/v1/dialogs/{dialog}/messages/{message}/reactions/{emoji}", operation_id = "addReaction", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("message" = MessageId, Path, description = "The message"), ("emoji" = Emoji, Path, description = "The emoji"), WriteHeaders),
    responses((status = 200, description = "What is on the message now", body = Data<Vec<ReactionSummary>>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn add(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((dialog, message, emoji)): ApiPath<(DialogId, MessageId, String)>,
    preference: Preference,
    trace: Trace,
) -> Result<Answer, ApiError> {
    let changing = Changing {
        edge: &edge,
        caller: &caller,
        dialog,
        message,
    };
    react(&changing, &Emoji::new(&emoji)?, true, preference, &trace).await
}

/// Take one's own emoji from a message; without effect when it is not there.
#[utoipa::path(
    delete, path = "/api/v1/dialogs/{dialog}/messages/{message}/reactions/{emoji}", operation_id = "removeReaction", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("message" = MessageId, Path, description = "The message"), ("emoji" = Emoji, Path, description = "The emoji"), WriteHeaders),
    responses((status = 200, description = "What is on the message now", body = Data<Vec<ReactionSummary>>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((dialog, message, emoji)): ApiPath<(DialogId, MessageId, String)>,
    preference: Preference,
    trace: Trace,
) -> Result<Answer, ApiError> {
    let changing = Changing {
        edge: &edge,
        caller: &caller,
        dialog,
        message,
    };
    react(&changing, &Emoji::new(&emoji)?, false, preference, &trace).await
}

async fn react(
    changing: &Changing<'_>,
    emoji: &Emoji,
    add: bool,
    preference: Preference,
    trace: &Trace,
) -> Result<Answer, ApiError> {
    let Changing {
        edge,
        caller,
        dialog,
        message,
    } = *changing;
    let look = || {
        let storage = &edge.storage;
        storage.reacted_message(&caller.app, dialog, message, &caller.user)
    };
    let command = |before: Option<&(FoundMessage, KnownReactions)>| {
        let (found, reactions) = before.cloned().unzip();
        Command::React {
            message: KnownMessage { id: message, found },
            reactions: reactions.unwrap_or_default(),
            emoji: emoji.clone(),
            add,
        }
    };
    let (appended, (_, before)) = changing.change(trace, look, command).await?;
    let after = match &appended {
        Appended::New { fact, .. } | Appended::Repeated { fact, .. } => {
            before.after(emoji, add.then(|| fact.seq()))
        }
        Appended::Unchanged { .. } => before,
    };
    let written = Written::after(edge, preference, dialog, &appended).await;
    Ok((
        written,
        Json(Data {
            data: after.summary(),
        }),
    ))
}
