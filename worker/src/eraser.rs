use std::{collections::HashMap, time::Duration};

use mtchat_domain::{Command, Decision, FoundMessage, KnownMessage, Rejection, decide};
use mtchat_nats::{
    AppendError, AppendRequest, Appended, Log, erase_fact, fanout_position, mentions, shard_of,
};
use mtchat_protocol::{Actor, AppId, DialogId, FactId, MessageId, ShardId, Timestamp, UserId};
use mtchat_storage::{Erased, Erasure, Storage};
use uuid::Uuid;

use crate::{departure::Departure, duty::Duty, file_sweep::FileSweep};

/// From then on no edge lets the person in, wherever their token came from (guarantee G13, with a second to spare).
const LOCKED_OUT: Duration = Duration::from_secs(6);
/// Between two looks at how far somebody else is.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Between two tries to delete files.
const FILES_AGAIN: Duration = Duration::from_secs(2);

/// Forgets one person: ordinary facts take them out of their dialogs and delete what they wrote, so that everybody hears of it; what
/// stands in the tables beside that is overwritten; and when all who read the log are past it, so is what the log still holds.
pub(crate) struct Eraser<'a> {
    storage: &'a Storage,
    log: &'a Log,
    duty: &'a Duty,
    erasure: &'a Erasure,
    app: &'a AppId,
    user: &'a UserId,
    erased: Erased,
    /// The newest fact that was appended.
    reached: u64,
}

impl<'a> Eraser<'a> {
    pub(crate) fn new(storage: &'a Storage, log: &'a Log, duty: &'a Duty, erasure: &'a Erasure) -> Self {
        Self {
            storage,
            log,
            duty,
            erasure,
            app: &erasure.app,
            user: &erasure.view.user_id,
            erased: Erased::default(),
            reached: 0,
        }
    }

    pub(crate) async fn run(mut self, files: Option<&FileSweep>) -> Result<(), Departure> {
        tracing::info!(app.id = %self.app, "a person is being forgotten");
        self.wait_until_locked_out().await?;
        self.leave_dialogs().await?;
        self.storage.forget_elsewhere(self.app, self.user).await?;
        self.delete_files(files).await?;
        self.clean_log().await?;
        self.storage.count_erased(self.erasure, self.erased).await?;
        self.storage.finish_erasure(self.erasure).await?;
        tracing::info!(
            app.id = %self.app,
            erasure.dialogs = self.erased.dialogs,
            erasure.messages = self.erased.messages,
            erasure.facts = self.erased.facts,
            "a person is forgotten"
        );
        Ok(())
    }

    async fn wait_until_locked_out(&self) -> Result<(), Departure> {
        let since = Timestamp::now().micros() - self.erasure.view.requested_at.micros();
        let since = Duration::from_micros(u64::try_from(since).unwrap_or(0));
        match LOCKED_OUT.checked_sub(since) {
            Some(left) => self.duty.pause(left).await,
            None => Ok(()),
        }
    }

    /// Take the person out of every dialog, then delete what they wrote there: after the removal nothing of theirs can follow.
    async fn leave_dialogs(&mut self) -> Result<(), Departure> {
        let mut last = DialogId(Uuid::nil());
        loop {
            let dialogs = self.storage.dialogs_ever(self.app, self.user, last).await?;
            let Some(newest) = dialogs.last() else {
                return Ok(());
            };
            last = *newest;
            for dialog in &dialogs {
                let erase = || Command::EraseParticipant(self.user.clone());
                let reached = self.append(*dialog, erase).await?;
                self.reached = self.reached.max(reached);
            }
            self.wait_until_stored().await?;
            for dialog in &dialogs {
                self.delete_messages(*dialog).await?;
                self.storage.forget_in(self.app, *dialog, self.user).await?;
            }
            self.erased.dialogs += dialogs.len() as u64;
        }
    }

    async fn delete_messages(&mut self, dialog: DialogId) -> Result<(), Departure> {
        loop {
            let messages = self.storage.messages_by(self.app, dialog, self.user).await?;
            if messages.is_empty() {
                return Ok(());
            }
            for message in &messages {
                let reached = self.append(dialog, || self.deletion(*message)).await?;
                self.reached = self.reached.max(reached);
            }
            self.erased.messages += messages.len() as u64;
            self.wait_until_stored().await?;
        }
    }

    /// What was in the person's messages is deleted before it is said that they are forgotten.
    async fn delete_files(&self, files: Option<&FileSweep>) -> Result<(), Departure> {
        let Some(files) = files else { return Ok(()) };
        loop {
            match files.delete_due().await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error) => {
                    tracing::warn!(%error, "an erasure waits for the file store");
                    self.duty.pause(FILES_AGAIN).await?;
                }
            }
        }
    }

    fn deletion(&self, id: MessageId) -> Command {
        let found = Some(FoundMessage {
            author: Some(self.user.clone()),
            deleted: false,
        });
        Command::DeleteMessage {
            message: KnownMessage { id, found },
            moderates: false,
        }
    }

    /// Append a fact of the system; 0 when there is nothing to be said, or the dialog is gone.
    async fn append(
        &self,
        dialog: DialogId,
        command: impl Fn() -> Command + Send + Sync,
    ) -> Result<u64, Departure> {
        let request = AppendRequest {
            app: self.app.clone(),
            dialog,
            id: FactId::fresh(),
            at: Timestamp::now(),
            actor: Actor::System,
            trace: None,
        };
        let appended = self
            .log
            .append(request, |state| -> Result<Decision, Rejection> {
                decide(state, command(), &Actor::System)
            })
            .await;
        match appended {
            Ok(Appended::New { position, .. } | Appended::Repeated { position, .. }) => Ok(position.log_seq),
            Ok(Appended::Unchanged { .. }) => Ok(0),
            Err(AppendError::Rejected(Rejection::DialogDeleted | Rejection::DialogUnknown)) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// What the log holds of the person is overwritten, but never a dialog's last fact: that is its state.
    async fn clean_log(&mut self) -> Result<(), Departure> {
        let shard = ShardId::default();
        let found = mentions(&self.duty.broker, shard, self.app, self.user).await?;
        let mut last_facts: HashMap<DialogId, u64> = HashMap::new();
        for mention in found.iter().filter(|mention| mention.ordered) {
            let newest = last_facts.entry(mention.dialog).or_default();
            *newest = (*newest).max(mention.log_seq);
        }
        let mut kept = HashMap::new();
        for (dialog, newest) in last_facts {
            if self.log.last_ordered(self.app, dialog).await? == Some(newest) {
                match self.append(dialog, || Command::Restate).await? {
                    // It is the end of a dialog that is gone: it names nobody but by their id.
                    0 => drop(kept.insert(dialog, newest)),
                    reached => self.reached = self.reached.max(reached),
                }
            }
        }
        let newest = found.last().copied();
        if let Some(newest) = newest.filter(|newest| newest.log_seq >= self.reached) {
            // Whoever stands on a fact looks for it when they begin again, so everybody must be able to get further.
            let reached = self.append(newest.dialog, || Command::Restate).await?;
            self.reached = self.reached.max(reached);
        }
        self.wait_until_read().await?;
        for mention in found {
            let is_state = mention.ordered && kept.get(&mention.dialog) == Some(&mention.log_seq);
            if is_state || mention.log_seq >= self.reached {
                continue;
            }
            if self.duty.over.is_cancelled() {
                return Err(Departure::Over);
            }
            erase_fact(&self.duty.broker, shard_of(mention.dialog), mention.log_seq).await?;
            self.erased.facts += 1;
        }
        Ok(())
    }

    async fn wait_until_stored(&self) -> Result<(), Departure> {
        while self.stored().await? < self.reached {
            self.duty.pause(LOOK_AGAIN).await?;
        }
        Ok(())
    }

    /// Until everybody who follows the log is beyond what is to be overwritten.
    async fn wait_until_read(&self) -> Result<(), Departure> {
        while self.stored().await?.min(self.indexed_and_told().await?) < self.reached {
            self.duty.pause(LOOK_AGAIN).await?;
        }
        Ok(())
    }

    async fn stored(&self) -> Result<u64, Departure> {
        let projection = self.storage.projection(ShardId::default()).await?;
        Ok(projection.map_or(0, |projection| projection.log_seq))
    }

    async fn indexed_and_told(&self) -> Result<u64, Departure> {
        let shard = ShardId::default();
        // Where nobody indexes, nobody will.
        let indexed = self.storage.indexed(shard).await?.unwrap_or(u64::MAX);
        Ok(indexed.min(fanout_position(&self.duty.broker, shard).await?))
    }
}
