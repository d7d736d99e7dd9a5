use std::time::Duration;

use async_nats::HeaderMap;
use bytes::Bytes;
use mtchat_domain::Dialog;
use mtchat_protocol::{Fact, FactData, Position};
use tokio::time::{Instant, sleep};

use super::{AppendError, AppendRequest, Log, rounds::message_id, timed::Timed};
use crate::{
    headers,
    publish::{Published, publish},
    subject,
};

impl Log {
    /// Write a user's own state, decided on `dialog`. Nothing is compared: the last one in the log holds. Tries with the same id
    /// until there is an answer or the deadline.
    pub async fn note(
        &self,
        request: AppendRequest,
        dialog: &Dialog,
        data: FactData,
    ) -> Result<Position, AppendError> {
        let mut timed = Timed::begin(request.trace.as_deref());
        let deadline = timed.began() + self.options.deadline;
        let shard = self.shard(request.dialog);
        let fact = Fact {
            id: request.id,
            app: request.app.clone(),
            dialog: request.dialog,
            at: request.at,
            actor: request.actor.clone(),
            head: dialog.head(),
            data,
        };
        let mut head = HeaderMap::new();
        head.insert(headers::MESSAGE_ID, message_id(&fact, fact.id));
        headers::describe(&mut head, &fact);
        if let Some(trace) = timed.trace().as_ref().or(request.trace.as_ref()) {
            head.insert(headers::TRACE, trace.as_str());
        }
        let payload = Bytes::from(fact.encode().map_err(AppendError::Encode)?);
        let subject = subject::own(shard, &fact.app, fact.dialog, fact.data.kind_str());
        let mut trouble = "no answer within the deadline".to_owned();
        while Instant::now() < deadline {
            if self.broker.wait_connected(deadline).await.is_err() {
                trouble = "the broker is not connected".to_owned();
                break;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let patience = self.options.ack_timeout.min(left);
            match publish(
                &self.broker,
                subject.clone(),
                head.clone(),
                payload.clone(),
                patience,
            )
            .await
            {
                Published::Stored(log_seq) | Published::Duplicate(log_seq) => {
                    timed.comes_to("accepted");
                    return Ok(Position { shard, log_seq });
                }
                Published::Full => return Err(AppendError::LogFull),
                Published::Unavailable(reason) => trouble = reason,
                Published::InFlight | Published::Unknown | Published::WrongSequence => {}
            }
            sleep(Duration::from_millis(fastrand::u64(10..50))).await;
        }
        Err(AppendError::Unavailable(trouble))
    }
}
