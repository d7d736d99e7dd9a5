use axum::{Json, extract::State, http::StatusCode};
use mtchat_domain::{Action, Command, FoundMessage, KnownMessage, Rejection, can, decide};
use mtchat_nats::{Appended, Known, Rounds, shard_of};
use mtchat_protocol::{
    Data, DialogId, EditMessage, Invalid, MessageId, MessageText, MessageView, Position, Reason,
};

use super::{Written, explain, request};
use crate::{
    ApiError, Edge, content,
    extract::{ApiJson, ApiPath, Caller, Preference, Trace},
};

/// Replace the content of one's own message.
pub(crate) async fn edit(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((dialog, message)): ApiPath<(DialogId, MessageId)>,
    preference: Preference,
    trace: Trace,
    ApiJson(edit): ApiJson<EditMessage>,
) -> Result<(Written, Json<Data<MessageView>>), ApiError> {
    let content = content::sanitise(&MessageText::new(&edit.content)?)?;
    if content::is_blank(&content) {
        return Err(Invalid::new("content", Reason::Blank).into());
    }
    let changing = Changing {
        edge: &edge,
        caller: &caller,
        dialog,
        message,
    };
    let command = |message| Command::EditMessage {
        message,
        content: content.clone(),
    };
    let (appended, before) = changing.change(&trace, command).await?;
    let last_edited_at = match &appended {
        Appended::New { fact, .. } | Appended::Repeated { fact, .. } => Some(fact.at),
        Appended::Unchanged { .. } => before.last_edited_at,
    };
    let written = Written::after(&edge, preference, dialog, &appended).await;
    Ok((
        written,
        Json(Data {
            data: MessageView {
                content,
                last_edited_at,
                ..before
            },
        }),
    ))
}

/// Delete one's own message.
pub(crate) async fn remove(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((dialog, message)): ApiPath<(DialogId, MessageId)>,
    preference: Preference,
    trace: Trace,
) -> Result<(Written, StatusCode), ApiError> {
    let changing = Changing {
        edge: &edge,
        caller: &caller,
        dialog,
        message,
    };
    let moderates = caller.moderates();
    let command = |message| Command::DeleteMessage { message, moderates };
    let (appended, _) = changing.change(&trace, command).await?;
    Ok((
        Written::after(&edge, preference, dialog, &appended).await,
        StatusCode::NO_CONTENT,
    ))
}

/// A change of a message on its way.
struct Changing<'a> {
    edge: &'a Edge,
    caller: &'a Caller,
    dialog: DialogId,
    message: MessageId,
}

impl Changing<'_> {
    /// Append what `command` says about the message as it is at the very state that is decided on.
    async fn change(
        &self,
        trace: &Trace,
        command: impl Fn(KnownMessage) -> Command,
    ) -> Result<(Appended, MessageView), ApiError> {
        let request = request(&self.caller.app, self.dialog, self.caller.actor(), trace);
        let actor = request.actor.clone();
        let mut rounds = self.edge.log.rounds(request).await?;
        loop {
            let known = self.may_write(&mut rounds).await?;
            let view = self.at(&known).await?;
            let found = view.as_ref().map(|view| FoundMessage {
                author: view.sender_id.clone(),
                deleted: false,
            });
            let command = command(KnownMessage {
                id: self.message,
                found,
            });
            let decision = match decide(Some(&known.dialog), command, &actor) {
                Ok(decision) => decision,
                Err(rejection) => return Err(self.refused(rejection).await),
            };
            if let (Some(appended), Some(view)) = (rounds.append(decision).await?, view) {
                return Ok((appended, view));
            }
        }
    }

    /// The state to decide on. Looked at before the database is asked: for those who may not write it need not be.
    async fn may_write(&self, rounds: &mut Rounds) -> Result<Known, ApiError> {
        let known = rounds.state().await?.ok_or(ApiError::DialogNotFound)?;
        match can(&self.caller.user, Action::Write, &known.dialog) {
            Ok(()) => Ok(known),
            Err(rejection) => Err(self.refused(rejection).await),
        }
    }

    /// The message as the database knows it, once that has come as far as the state.
    async fn at(&self, known: &Known) -> Result<Option<MessageView>, ApiError> {
        let position = Position {
            shard: shard_of(self.dialog),
            log_seq: known.log_seq,
        };
        if !self
            .edge
            .watermark
            .wait(position, self.edge.options.write_wait)
            .await
        {
            return Err(ApiError::NotStored);
        }
        Ok(self
            .edge
            .storage
            .message(&self.caller.app, self.dialog, self.message)
            .await?)
    }

    async fn refused(&self, rejection: Rejection) -> ApiError {
        explain(self.edge, self.caller, self.dialog, rejection.into()).await
    }
}
