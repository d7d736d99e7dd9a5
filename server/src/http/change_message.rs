use axum::{Json, extract::State, http::StatusCode};
use mtchat_domain::{Command, FoundMessage, KnownMessage};
use mtchat_nats::Appended;
use mtchat_protocol::{Data, DialogId, EditMessage, Invalid, MessageId, MessageText, MessageView, Reason};

use super::{Written, changing::Changing, standing, standing::Standing};
use crate::{
    ApiError, Edge, content,
    extract::{ApiJson, ApiPath, BaseUrl, Caller, Preference, Trace},
    openapi::{ReadRefusals, WriteHeaders, WriteRefusals},
};

/// Replace the content of one's own message.
#[utoipa::path(
    put, path = "/api/v1/dialogs/{dialog}/messages/{message}", operation_id = "editMessage", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("message" = MessageId, Path, description = "The message"), WriteHeaders),
    request_body = EditMessage,
    responses((status = 200, description = "The message", body = Data<MessageView>), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn edit(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath((dialog, message)): ApiPath<(DialogId, MessageId)>,
    preference: Preference,
    trace: Trace,
    base: BaseUrl,
    ApiJson(edit): ApiJson<EditMessage>,
) -> Result<(Written, Json<Data<MessageView>>), ApiError> {
    let content = content::sanitise(&MessageText::new(&edit.content)?)?;
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
    if content::is_blank(&content) && !changing.has_files().await? {
        return Err(Invalid::new("content", Reason::Blank).into());
    }
    let (appended, before) = changing.change_shown(&trace, command).await?;
    let last_edited_at = match &appended {
        Appended::New { fact, .. } | Appended::Repeated { fact, .. } => Some(fact.at),
        Appended::Unchanged { .. } => before.last_edited_at,
    };
    let written = Written::after(&edge, preference, dialog, &appended).await;
    let mut data = MessageView {
        content,
        last_edited_at,
        ..before
    };
    edge.link_messages(&base, &caller, std::slice::from_mut(&mut data));
    Ok((written, Json(Data { data })))
}

/// Delete one's own message.
#[utoipa::path(
    delete, path = "/api/v1/dialogs/{dialog}/messages/{message}", operation_id = "deleteMessage", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), ("message" = MessageId, Path, description = "The message"), WriteHeaders),
    responses((status = 204, description = "Its content is gone"), ReadRefusals),
    security(("user" = []))
)]
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
    let (appended, _) = changing.change_shown(&trace, command).await?;
    Ok((
        Written::after(&edge, preference, dialog, &appended).await,
        StatusCode::NO_CONTENT,
    ))
}

impl Changing<'_> {
    /// Files alone are a message, too. Whoever does not take part learns nothing of that.
    async fn has_files(&self) -> Result<bool, ApiError> {
        if !matches!(
            standing(self.edge, self.caller, self.dialog).await,
            Ok(Standing::Participant)
        ) {
            return Ok(false);
        }
        let (app, user) = (&self.caller.app, &self.caller.user);
        let message = self
            .edge
            .storage
            .message(app, self.dialog, self.message, user)
            .await?;
        Ok(message.is_some_and(|message| !message.attachments.is_empty()))
    }

    /// Append what `command` says about the message as it is shown.
    async fn change_shown(
        &self,
        trace: &Trace,
        command: impl Fn(KnownMessage) -> Command,
    ) -> Result<(Appended, MessageView), ApiError> {
        let (app, user) = (&self.caller.app, &self.caller.user);
        let look = || self.edge.storage.message(app, self.dialog, self.message, user);
        let command = |view: Option<&MessageView>| {
            let found = view.map(|view| FoundMessage {
                author: view.sender_id.clone(),
                deleted: false,
            });
            command(KnownMessage {
                id: self.message,
                found,
            })
        };
        self.change(trace, look, command).await
    }
}
