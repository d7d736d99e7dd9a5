use mtchat_domain::{Action, Command, Rejection, can, decide};
use mtchat_nats::{Appended, Known, Rounds, shard_of};
use mtchat_protocol::{DialogId, MessageId, Position};
use mtchat_storage::StorageError;

use super::{explain, request};
use crate::{
    ApiError, Edge,
    extract::{Caller, Trace},
};

/// A change of a message on its way.
pub(super) struct Changing<'a> {
    pub(super) edge: &'a Edge,
    pub(super) caller: &'a Caller,
    pub(super) dialog: DialogId,
    pub(super) message: MessageId,
}

impl Changing<'_> {
    /// Append what `command` makes of the message as it is at the very state that is decided on; answers with that, too. `look`
    /// reads the message in the database.
    pub(super) async fn change<T, F>(
        &self,
        trace: &Trace,
        look: impl Fn() -> F,
        command: impl Fn(Option<&T>) -> Command,
    ) -> Result<(Appended, T), ApiError>
    where
        F: Future<Output = Result<Option<T>, StorageError>>,
    {
        let request = request(&self.caller.app, self.dialog, self.caller.actor(), trace);
        let actor = request.actor.clone();
        let mut rounds = self.edge.log.rounds(request).await?;
        loop {
            let known = self.may_write(&mut rounds).await?;
            self.stored(&known).await?;
            let before = look().await?;
            let decision = match decide(Some(&known.dialog), command(before.as_ref()), &actor) {
                Ok(decision) => decision,
                Err(_) if rounds.look_again() => continue,
                Err(rejection) => return Err(self.refused(rejection).await),
            };
            if let (Some(appended), Some(before)) = (rounds.append(decision).await?, before) {
                return Ok((appended, before));
            }
        }
    }

    /// The state to decide on. Looked at before the database is asked: for those who may not write it need not be.
    async fn may_write(&self, rounds: &mut Rounds) -> Result<Known, ApiError> {
        loop {
            let rejection = match rounds.state().await? {
                None => Rejection::DialogUnknown,
                Some(known) => match can(&self.caller.user, Action::Write, &known.dialog) {
                    Ok(()) => return Ok(known),
                    Err(rejection) => rejection,
                },
            };
            if !rounds.look_again() {
                return Err(self.refused(rejection).await);
            }
        }
    }

    /// Wait until the database has come as far as the state.
    async fn stored(&self, known: &Known) -> Result<(), ApiError> {
        let position = Position {
            shard: shard_of(self.dialog),
            log_seq: known.log_seq,
        };
        let wait = self.edge.options.write_wait;
        if self.edge.watermark.wait(position, wait).await {
            Ok(())
        } else {
            Err(ApiError::NotStored)
        }
    }

    async fn refused(&self, rejection: Rejection) -> ApiError {
        explain(self.edge, self.caller, self.dialog, rejection.into()).await
    }
}
