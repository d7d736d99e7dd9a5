use mtchat_domain::{Action, Command, can, decide};
use mtchat_nats::{Appended, Known};
use mtchat_protocol::{Attachment, AttachmentId, MessageView, Position};

use super::send_message::{Sending, view};
use crate::{ApiError, extract::Trace};

/// To whom the files of a message belong.
enum Claimed {
    /// To nobody yet.
    Free,
    /// To this very message, which was sent before.
    Own,
    /// One of them to another message.
    Taken(AttachmentId),
}

/// Files need the database, as edits do: to which message an upload belongs is asked at the very state that is decided on, so that
/// two messages never get one file, whatever races.
impl Sending<'_> {
    /// Send a message with files: look at them first, outside of the dialog's line, and then append.
    pub(super) async fn send_with_files(&self, trace: &Trace) -> Result<(MessageView, Position), ApiError> {
        let known = self.edge.log.state(&self.caller.app, self.dialog).await?;
        let known = known.ok_or(ApiError::DialogNotFound)?;
        self.may_write(&known).await?;
        match self.claimed(&known).await? {
            Claimed::Free => {}
            Claimed::Own => return self.sent_before().await,
            Claimed::Taken(attachment) => return Err(taken(attachment)),
        }
        let files = self.edge.files()?;
        let attachments = files.finish(&self.caller.app, self.dialog, &self.uploads).await;
        let attachments = match attachments {
            // Whoever tries again after the upload was cleared away meant the message that has it.
            Err(ApiError::AttachmentNotFound) => return self.sent_before_or_not_found().await,
            finished => finished?,
        };
        let appended = self.append_with(trace, &attachments).await;
        if !matches!(&appended, Ok(Appended::New { .. })) {
            files.discard(&attachments);
        }
        match appended {
            Ok(Appended::New { fact, position } | Appended::Repeated { fact, position }) => {
                Ok((view(&fact, self)?, position))
            }
            Ok(Appended::Unchanged { .. }) => Err(ApiError::Unexpected("sending a message changed nothing")),
            Err(error) => Err(error),
        }
    }

    async fn append_with(&self, trace: &Trace, attachments: &[Attachment]) -> Result<Appended, ApiError> {
        let actor = self.caller.actor();
        let mut rounds = self.edge.log.rounds(self.request(trace)).await?;
        loop {
            let known = rounds.state().await?.ok_or(ApiError::DialogNotFound)?;
            self.may_write(&known).await?;
            let taken = match self.claimed(&known).await? {
                // It is in the log, which says so itself.
                Claimed::Free | Claimed::Own => None,
                Claimed::Taken(attachment) => Some(attachment),
            };
            let command = Command::Send {
                content: self.content.clone(),
                reply_to: self.reply_to,
                attachments: attachments.to_vec(),
                taken,
            };
            let decision = decide(Some(&known.dialog), command, &actor).map_err(ApiError::Rejected)?;
            if let Some(appended) = rounds.append(decision).await? {
                return Ok(appended);
            }
        }
    }

    async fn may_write(&self, known: &Known) -> Result<(), ApiError> {
        match can(&self.caller.user, Action::Write, &known.dialog) {
            Ok(()) => Ok(()),
            Err(rejection) => match self.refused(rejection.into()).await {
                Ok(_) => Err(ApiError::Conflict),
                Err(error) => Err(error),
            },
        }
    }

    /// To whom the files belong at this state.
    async fn claimed(&self, known: &Known) -> Result<Claimed, ApiError> {
        if !self.is_stored(known.log_seq).await {
            return Err(ApiError::NotStored);
        }
        let ids: Vec<AttachmentId> = self.uploads.iter().map(|upload| upload.id).collect();
        let claims = self.edge.storage.claims(&self.caller.app, &ids).await?;
        let other = claims.iter().find(|(_, message)| *message != self.id);
        Ok(match (other, claims.is_empty()) {
            (Some((attachment, _)), _) => Claimed::Taken(*attachment),
            (None, true) => Claimed::Free,
            (None, false) => Claimed::Own,
        })
    }

    async fn sent_before(&self) -> Result<(MessageView, Position), ApiError> {
        match self.stored().await? {
            Some(stored) if self.is_mine(&stored) => Ok(self.answer(&stored)),
            Some(_) | None => Err(ApiError::Conflict),
        }
    }

    async fn sent_before_or_not_found(&self) -> Result<(MessageView, Position), ApiError> {
        match self.stored().await? {
            Some(stored) if self.is_mine(&stored) => Ok(self.answer(&stored)),
            Some(_) | None => Err(ApiError::AttachmentNotFound),
        }
    }
}

fn taken(attachment: AttachmentId) -> ApiError {
    ApiError::Rejected(mtchat_domain::Rejection::AttachmentTaken(attachment))
}
