use mtchat_domain::{Command, Dialog, Rejection, decide, has_room};
use mtchat_nats::{AppendError, Appended, Known, Reserve, Reserved};
use mtchat_protocol::{AccessRule, Actor, AppId, DialogId, Timestamp, limits};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{membership::rules_at, request};
use crate::{
    ApiError, Edge,
    extract::{HostCaller, IdempotencyKey, Trace},
};

/// A write of a host on its way. With an idempotency key it has one effect, however often and wherever it is tried: the key is
/// reserved in the log together with the fact.
pub(super) struct HostWrite<'a> {
    edge: &'a Edge,
    app: &'a AppId,
    trace: &'a Trace,
    reserve: Option<Reserve>,
}

impl<'a> HostWrite<'a> {
    /// The write that is asked for by `body` at the place `what`.
    pub(super) fn new(
        edge: &'a Edge,
        host: &'a HostCaller,
        trace: &'a Trace,
        key: &IdempotencyKey,
        what: &str,
        body: &impl Serialize,
    ) -> Result<Self, ApiError> {
        let reserve = match &key.0 {
            None => None,
            Some(key) => Some(Reserve {
                name: key_name(key),
                request: fingerprint(what, body)?,
                until_deleted: false,
            }),
        };
        Ok(Self {
            edge,
            app: &host.app,
            trace,
            reserve,
        })
    }

    /// The same for commands that must know the dialog's rules at the state that is decided on: they come from the database,
    /// once it has come as far as that state.
    pub(super) async fn append_with_rules(
        &self,
        dialog: DialogId,
        at: Timestamp,
        command: impl Fn(Vec<AccessRule>) -> Command + Send + Sync,
    ) -> Result<Appended, ApiError> {
        let mut request = request(self.app, dialog, Actor::Host, self.trace);
        request.at = at;
        let command = &command;
        let decide = |known: Option<Known>| async move {
            let rules = match &known {
                Some(known) if !known.dialog.deleted => self.rules(dialog, known.log_seq).await?,
                _ => Vec::new(),
            };
            let state = known.as_ref().map(|known| &known.dialog);
            decide(state, command(rules), &Actor::Host).map_err(ApiError::Rejected)
        };
        let Some(reserve) = &self.reserve else {
            let mut rounds = self.edge.log.rounds(request).await?;
            loop {
                let decision = match decide(rounds.state().await?).await {
                    Err(_) if rounds.look_again() => continue,
                    decision => decision?,
                };
                if let Some(appended) = rounds.append(decision).await? {
                    return Ok(appended);
                }
            }
        };
        let reserved = self
            .edge
            .log
            .append_reserved_with(request, reserve, decide)
            .await?;
        self.told(reserved)
    }

    /// The rules, unless they are so large that a fact that carries them beside others would not fit into the log.
    async fn rules(&self, dialog: DialogId, log_seq: u64) -> Result<Vec<AccessRule>, ApiError> {
        let rules = rules_at(self.edge, self.app, dialog, log_seq).await?;
        let bytes = serde_json::to_vec(&rules).map_or(usize::MAX, |json| json.len());
        Ok(if bytes <= limits::FACT_BYTES / 4 {
            rules
        } else {
            Vec::new()
        })
    }

    fn told(&self, reserved: Reserved) -> Result<Appended, ApiError> {
        match (reserved, &self.reserve) {
            (Reserved::Appended(appended), _) => Ok(appended),
            (Reserved::Taken { request, .. }, Some(reserve)) if request != reserve.request => {
                Err(ApiError::KeyReused)
            }
            (Reserved::Taken { fact, position, .. }, _) => Ok(Appended::Repeated { fact, position }),
        }
    }

    /// Decide and append. A repeat is answered with the fact of the first try, whose dialog may be another than `dialog` when
    /// that was made for this try.
    pub(super) async fn append(
        &self,
        dialog: DialogId,
        at: Timestamp,
        command: impl Fn() -> Command + Send + Sync,
    ) -> Result<Appended, ApiError> {
        let mut request = request(self.app, dialog, Actor::Host, self.trace);
        request.at = at;
        let most = self.edge.limits.participants(self.app);
        let decide = |state: Option<&Dialog>| {
            let command = command();
            if let (Some(dialog), Command::AddParticipant(participant)) = (state, &command) {
                has_room(dialog, &participant.user, most)?;
            }
            decide(state, command, &Actor::Host)
        };
        let Some(reserve) = &self.reserve else {
            return Ok(self.edge.log.append(request, decide).await?);
        };
        let reserved = self.edge.log.append_reserved(request, reserve, decide).await?;
        self.told(reserved)
    }
}

/// How a refusal of a host's command is told: to a host, what is gone is simply not found.
pub(super) fn host_error(error: ApiError) -> ApiError {
    match error {
        ApiError::Rejected(Rejection::DialogDeleted | Rejection::DialogUnknown) => {
            ApiError::HostDialogNotFound
        }
        other => other,
    }
}

/// A token for something with these parts; no two lists of parts have the same.
pub(super) fn hash<const N: usize>(parts: [&str; N]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An idempotency key as it is kept.
pub(super) fn key_name(key: &str) -> String {
    hash(["request", key])
}

/// Which request this is, so that the same key with another one is told apart.
pub(super) fn fingerprint(what: &str, body: &impl Serialize) -> Result<String, ApiError> {
    let body = serde_json::to_string(body).map_err(|error| ApiError::Append(AppendError::Encode(error)))?;
    Ok(hash([what, &body]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(hash(["ab", "c"]), hash(["a", "bc"]));
        assert_ne!(hash(["a"]), hash(["a", ""]));
        assert_eq!(hash(["a", "b"]), hash(["a", "b"]));
        assert_eq!(hash(["a"]).len(), 64);
    }
}
