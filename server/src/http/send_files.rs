use mtchat_domain::{Action, Command, Rejection, decide};
use mtchat_nats::{Appended, Known};
use mtchat_protocol::{Attachment, AttachmentId, Fact, FactData, MessageView, Position};

use super::{
    admitted,
    send_message::{Sending, view},
};
use crate::{ApiError, extract::Trace};

/// To whom the files of a message belong.
enum Owner {
    /// One of them to another message.
    Another(AttachmentId),
    /// To nobody yet.
    Nobody,
    /// To this very message, which was sent before.
    This,
}

/// Files need the database, as edits do: to which message an upload belongs is asked at the very state that is decided on, so that
/// two messages never get one file, whatever races.
impl Sending<'_> {
    /// Send a message with files: look at them first, outside of the dialog's line, and then append.
    pub(super) async fn send_with_files(&self, trace: &Trace) -> Result<(MessageView, Position), ApiError> {
        let known = match admitted(self.edge, self.caller, self.dialog, Action::Write).await {
            Ok(known) => known,
            Err(error) => return self.refused(error).await,
        };
        match self.owner(&known).await? {
            Owner::Another(attachment) => {
                return Err(ApiError::Rejected(Rejection::AttachmentTaken(attachment)));
            }
            Owner::Nobody => {}
            Owner::This => return self.sent_before(ApiError::Conflict).await,
        }
        let files = self.edge.files()?;
        let finished = files.finish(&self.caller.app, self.dialog, &self.uploads).await;
        let attachments = match finished {
            // Whoever tries again after the upload was cleared away meant the message that has it.
            Err(missing @ ApiError::AttachmentNotFound) => return self.sent_before(missing).await,
            finished => finished?,
        };
        self.append(trace, &attachments).await
    }

    /// What fails here may have been appended all the same, with just these copies: then the sweeper judges when the log has told.
    async fn append(
        &self,
        trace: &Trace,
        attachments: &[Attachment],
    ) -> Result<(MessageView, Position), ApiError> {
        let actor = self.caller.actor();
        let mut rounds = self.edge.log.rounds(self.request(trace)).await?;
        loop {
            let known = match rounds.state().await? {
                None if rounds.look_again() => continue,
                known => known.ok_or(ApiError::DialogNotFound)?,
            };
            let taken = match self.owner(&known).await? {
                Owner::Another(attachment) => Some(attachment),
                // That it is in the log already the log says itself.
                Owner::Nobody | Owner::This => None,
            };
            let command = Command::Send {
                content: self.content.clone(),
                reply_to: self.reply_to,
                attachments: attachments.to_vec(),
                taken,
            };
            let decision = match decide(Some(&known.dialog), command, &actor) {
                Ok(decision) => decision,
                Err(_) if rounds.look_again() => continue,
                Err(rejection) => return self.refused(rejection.into()).await,
            };
            match rounds.append(decision).await? {
                None => {}
                Some(Appended::New { fact, position } | Appended::Repeated { fact, position }) => {
                    if !has(&fact, attachments) {
                        self.edge.files()?.discard(attachments);
                    }
                    return Ok((view(&fact, self)?, position));
                }
                Some(Appended::Unchanged { .. }) => {
                    return Err(ApiError::Unexpected("sending a message changed nothing"));
                }
            }
        }
    }

    /// To whom the files belong at this state.
    async fn owner(&self, known: &Known) -> Result<Owner, ApiError> {
        if !self.is_stored(known.log_seq).await {
            return Err(ApiError::NotStored);
        }
        let ids: Vec<AttachmentId> = self.uploads.iter().map(|upload| upload.id).collect();
        let owners = self.edge.storage.owners(&self.caller.app, &ids).await?;
        let another = owners.iter().find(|(_, message)| *message != self.id);
        Ok(match (another, owners.is_empty()) {
            (Some((attachment, _)), _) => Owner::Another(*attachment),
            (None, true) => Owner::Nobody,
            (None, false) => Owner::This,
        })
    }

    /// The answer that an earlier try got, if this is the same message.
    async fn sent_before(&self, otherwise: ApiError) -> Result<(MessageView, Position), ApiError> {
        match self.stored().await? {
            Some(stored) if self.is_mine(&stored) => Ok(self.answer(&stored)),
            Some(_) | None => Err(otherwise),
        }
    }
}

/// Whether a message has just these copies. After a lost answer that is a repeat of ourselves; otherwise of an earlier try, with
/// copies of its own.
fn has(fact: &Fact, attachments: &[Attachment]) -> bool {
    matches!(&fact.data, FactData::MessageCreated(message) if message.attachments == attachments)
}
