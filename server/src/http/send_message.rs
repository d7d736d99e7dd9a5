use axum::{Json, extract::State};
use mtchat_domain::{Action, Command, can, decide};
use mtchat_nats::{AppendError, AppendRequest, Appended, shard_of};
use mtchat_protocol::{
    Attachment, AttachmentView, Data, DialogId, Fact, FactData, Invalid, MessageId, MessageText, MessageType,
    MessageView, Position, Reason, RichText, SendMessage, Timestamp,
};
use mtchat_storage::{StorageError, StoredMessage};

use super::{Written, admitted, explain};
use crate::{
    ApiError, Edge, content,
    extract::{ApiJson, ApiPath, BaseUrl, Caller, Preference, Trace},
    files::Upload,
    openapi::{WriteHeaders, WriteRefusals},
};

/// An id made longer ago than this may be a retry that the log no longer recognises by itself, in microseconds.
const RECOGNISED_BY_THE_LOG: i64 = 60_000_000;
/// How far a client's clock may be ahead before its id says nothing about when it was made, in microseconds.
const CLOCK_AHEAD: i64 = 5_000_000;

/// Send a message to a dialog.
#[utoipa::path(
    post, path = "/api/v1/dialogs/{dialog}/messages", operation_id = "sendMessage", tag = "Messages",
    params(("dialog" = DialogId, Path, description = "The dialog"), WriteHeaders),
    request_body = SendMessage,
    responses((status = 200, description = "The message", body = Data<MessageView>), WriteRefusals),
    security(("user" = []))
)]
pub(crate) async fn send(
    State(edge): State<Edge>,
    caller: Caller,
    ApiPath(dialog): ApiPath<DialogId>,
    preference: Preference,
    trace: Trace,
    base: BaseUrl,
    ApiJson(request): ApiJson<SendMessage>,
) -> Result<(Written, Json<Data<MessageView>>), ApiError> {
    let sending = Sending::new(&edge, &caller, dialog, &request)?;
    let (mut message, position) = sending.send(&trace).await?;
    edge.link_messages(&base, &caller, std::slice::from_mut(&mut message));
    Ok((
        Written::at(&edge, preference, position).await,
        Json(Data { data: message }),
    ))
}

/// A message on its way.
pub(super) struct Sending<'a> {
    pub(super) edge: &'a Edge,
    pub(super) caller: &'a Caller,
    pub(super) dialog: DialogId,
    pub(super) id: MessageId,
    /// When the client says it made the id; `None` when it made none, and then there is nothing to recognise.
    made_at: Option<Timestamp>,
    at: Timestamp,
    pub(super) content: RichText,
    pub(super) reply_to: Option<MessageId>,
    /// Its files, as they were uploaded.
    pub(super) uploads: Vec<Upload>,
}

impl<'a> Sending<'a> {
    fn new(
        edge: &'a Edge,
        caller: &'a Caller,
        dialog: DialogId,
        request: &SendMessage,
    ) -> Result<Self, ApiError> {
        let made_at = match request.id {
            None => None,
            Some(id) => Some(
                id.made_at()
                    .ok_or(Invalid::new("id", Reason::Malformed("a UUIDv7")))?,
            ),
        };
        let uploads = match request.attachments.as_deref() {
            None | Some([]) => Vec::new(),
            Some(named) => {
                let (files, most) = (edge.files()?, edge.most_file_bytes(&caller.app));
                files.uploads(&caller.app, dialog, &caller.user, named, most)?
            }
        };
        let content = content::sanitise(&MessageText::new(&request.content)?)?;
        if uploads.is_empty() && content::is_blank(&content) {
            return Err(Invalid::new("content", Reason::Blank).into());
        }
        let id = request.id.unwrap_or_else(MessageId::fresh);
        let (at, reply_to) = (Timestamp::now(), request.reply_to);
        Ok(Self {
            edge,
            caller,
            dialog,
            id,
            made_at,
            at,
            content,
            reply_to,
            uploads,
        })
    }

    async fn send(&self, trace: &Trace) -> Result<(MessageView, Position), ApiError> {
        if self.may_be_older_than_the_log_remembers()
            && let Some(stored) = self.stored_long_ago().await?
        {
            if self.is_mine(&stored) {
                return Ok(self.answer(&stored));
            }
            self.must_be_member().await?;
            return Err(ApiError::Conflict);
        }
        if let Some(reply_to) = self.reply_to {
            self.must_be_message_of_this_dialog(reply_to).await?;
        }
        self.must_be_within_the_dialogs_limit().await?;
        if !self.uploads.is_empty() {
            return self.send_with_files(trace).await;
        }
        let actor = self.caller.actor();
        let command = || Command::Send {
            content: self.content.clone(),
            reply_to: self.reply_to,
            attachments: Vec::new(),
            taken: None,
        };
        let appended = self
            .edge
            .log
            .append(self.request(trace), |state| decide(state, command(), &actor))
            .await;
        match appended {
            Ok(Appended::New { fact, position }) => Ok((view(&fact, self)?, position)),
            Ok(Appended::Repeated { fact, position }) => Ok((view(&fact, self)?, position)),
            Ok(Appended::Unchanged { .. }) => Err(ApiError::Unexpected("sending a message changed nothing")),
            Err(error) => self.refused(error).await,
        }
    }

    /// Whoever was removed in between may still learn that their message had been taken.
    pub(super) async fn refused(&self, error: AppendError) -> Result<(MessageView, Position), ApiError> {
        if self.made_at.is_some() && matches!(error, AppendError::Rejected(_)) {
            let stored = self.edge.glance(self.stored()).await;
            if let Some(Some(stored)) = stored
                && self.is_mine(&stored)
            {
                return Ok(self.answer(&stored));
            }
        }
        Err(explain(self.edge, self.caller, self.dialog, error).await)
    }

    fn may_be_older_than_the_log_remembers(&self) -> bool {
        self.made_at.is_some_and(|made_at| {
            let age = self.at.micros().saturating_sub(made_at.micros());
            !(-CLOCK_AHEAD..=RECOGNISED_BY_THE_LOG).contains(&age)
        })
    }

    /// The message with this id, from a database that has everything that is in the log by now.
    async fn stored_long_ago(&self) -> Result<Option<StoredMessage>, ApiError> {
        let known = self.edge.log.state(&self.caller.app, self.dialog).await?;
        let log_seq = known.map_or(0, |known| known.log_seq);
        if !self.is_stored(log_seq).await {
            return Err(ApiError::NotStored);
        }
        Ok(self.stored().await?)
    }

    pub(super) async fn stored(&self) -> Result<Option<StoredMessage>, StorageError> {
        self.edge
            .storage
            .stored_message(&self.caller.app, self.dialog, self.id)
            .await
    }

    /// Only those who may write draw on it, so that nobody else can use it up.
    async fn must_be_within_the_dialogs_limit(&self) -> Result<(), ApiError> {
        let known = self.edge.log.state(&self.caller.app, self.dialog).await?;
        if known.is_some_and(|known| can(&self.caller.user, Action::Write, &known.dialog).is_ok()) {
            self.edge.limits.dialog(&self.caller.app, self.dialog)?;
        }
        Ok(())
    }

    async fn must_be_member(&self) -> Result<(), ApiError> {
        match admitted(self.edge, self.caller, self.dialog, Action::Write).await {
            Ok(_) => Ok(()),
            Err(error) => Err(explain(self.edge, self.caller, self.dialog, error).await),
        }
    }

    /// Members only, so that nobody else learns which messages there are. When the database is down the chat goes on: an unknown
    /// message that is answered is shown without its quote.
    async fn must_be_message_of_this_dialog(&self, message: MessageId) -> Result<(), ApiError> {
        self.must_be_member().await?;
        let app = &self.caller.app;
        let found = || {
            self.edge
                .glance(self.edge.storage.found_message(app, self.dialog, message))
        };
        match found().await {
            Some(Some(_)) | None => return Ok(()),
            Some(None) => {}
        }
        // It may be in the log and on its way, and not told to this edge yet.
        let known = self.edge.log.newest_state(app, self.dialog).await?;
        if !self.is_stored(known.map_or(0, |known| known.log_seq)).await {
            return Ok(());
        }
        match found().await {
            Some(Some(_)) | None => Ok(()),
            Some(None) => Err(ApiError::ReplyTo),
        }
    }

    pub(super) async fn is_stored(&self, log_seq: u64) -> bool {
        let position = Position {
            shard: shard_of(self.dialog),
            log_seq,
        };
        self.edge
            .watermark
            .wait(position, self.edge.options.write_wait)
            .await
    }

    pub(super) fn request(&self, trace: &Trace) -> AppendRequest {
        AppendRequest {
            app: self.caller.app.clone(),
            dialog: self.dialog,
            id: self.id.into(),
            at: self.at,
            actor: self.caller.actor(),
            trace: Some(trace.parent().to_owned()),
        }
    }

    /// The same message of the same sender. What was edited or deleted since can not be compared any more and was theirs.
    pub(super) fn is_mine(&self, stored: &StoredMessage) -> bool {
        let message = &stored.view;
        let changed = stored.deleted || message.last_edited_at.is_some();
        message.sender_id.as_ref() == Some(&self.caller.user)
            && message.reply_to_id == self.reply_to
            && (changed || message.content == self.content)
            && (stored.deleted || self.are_its_files(&message.attachments))
    }

    /// Whether these are the files that are being sent.
    fn are_its_files(&self, files: &[AttachmentView]) -> bool {
        let mut pairs = files.iter().zip(&self.uploads);
        files.len() == self.uploads.len() && pairs.all(|(file, upload)| is_uploaded(file, upload))
    }

    /// The answer that the first try got, or would have got.
    pub(super) fn answer(&self, stored: &StoredMessage) -> (MessageView, Position) {
        let message = MessageView {
            content: self.content.clone(),
            last_edited_at: None,
            ..stored.view.clone()
        };
        (
            message,
            Position {
                shard: shard_of(self.dialog),
                log_seq: stored.log_seq,
            },
        )
    }
}

/// The message that a fact of the log made, if it is the one that is being sent.
pub(super) fn view(fact: &Fact, sending: &Sending<'_>) -> Result<MessageView, ApiError> {
    let FactData::MessageCreated(created) = &fact.data else {
        return Err(ApiError::Conflict);
    };
    let attachments: Vec<AttachmentView> = created.attachments.iter().map(Attachment::view).collect();
    let same = created.sender.user_id == sending.caller.user
        && created.content == sending.content
        && created.reply_to == sending.reply_to
        && sending.are_its_files(&attachments);
    if !same {
        return Err(ApiError::Conflict);
    }
    Ok(MessageView {
        id: fact.id.into(),
        dialog_id: fact.dialog,
        sender_id: Some(created.sender.user_id.clone()),
        content: created.content.clone(),
        sent_at: fact.at,
        last_edited_at: None,
        reply_to_id: created.reply_to,
        message_type: MessageType::User,
        seq: fact.seq(),
        reactions: Vec::new(),
        attachments,
    })
}

/// Whether this is the file that is being sent, as its sender names it.
fn is_uploaded(file: &AttachmentView, upload: &Upload) -> bool {
    let named = &upload.request;
    (file.id, &file.filename) == (upload.id, &named.filename)
        && (file.content_type, file.size) == (named.content_type, named.size)
}
