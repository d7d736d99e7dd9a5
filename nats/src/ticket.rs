use std::time::Duration;

use async_nats::{HeaderMap, jetstream::stream::LastRawMessageErrorKind};
use bytes::Bytes;
use tokio::time::timeout;

use crate::{
    Broker,
    broker::QUESTION,
    publish::{Published, publish},
    streams, subject,
};

/// How long a ticket is kept.
pub const TICKET_LIFE: Duration = Duration::from_secs(30);

/// The broker did not keep a ticket, or did not tell of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tickets can not be kept or looked for: {0}")]
pub struct TicketError(String);

/// Keep what a ticket stands for, until it is taken or its time is over. Its name is made from its secret, not the secret itself. What
/// is kept is in the broker's memory only: when that restarts, tickets are gone.
pub async fn keep_ticket(broker: &Broker, name: &[u8; 32], content: Bytes) -> Result<(), TicketError> {
    let kept = publish_once(broker, name, content.clone()).await;
    if !matches!(kept, Published::Unavailable(_)) {
        return said(kept);
    }
    let ensured = streams::ensure_tickets(broker).await;
    ensured.map_err(|error| TicketError(error.to_string()))?;
    said(publish_once(broker, name, content).await)
}

async fn publish_once(broker: &Broker, name: &[u8; 32], content: Bytes) -> Published {
    publish(broker, subject::ticket(name), HeaderMap::new(), content, QUESTION).await
}

fn said(published: Published) -> Result<(), TicketError> {
    match published {
        Published::Stored(_) => Ok(()),
        Published::Full => Err(TicketError("too many are not taken yet".to_owned())),
        other => Err(TicketError(format!("{other:?}"))),
    }
}

/// Take what a ticket stands for: of all who ask for the same one at the same time, one gets it. `None` when it is not there (any
/// more).
pub async fn take_ticket(broker: &Broker, name: &[u8; 32]) -> Result<Option<Bytes>, TicketError> {
    let stream = broker.jetstream.get_stream_no_info(streams::TICKETS).await;
    let stream = stream.map_err(|error| TicketError(error.to_string()))?;
    // The leader is asked, not a replica: that may not know yet of a ticket just made.
    let subject = subject::ticket(name);
    let asked = timeout(QUESTION, stream.get_last_raw_message_by_subject(&subject)).await;
    let found = match asked.map_err(|_| late())? {
        Ok(found) => found,
        Err(error) => return nothing(broker, &error.kind(), error.to_string()).await,
    };
    let deleted = timeout(QUESTION, stream.delete_message(found.sequence)).await;
    match deleted.map_err(|_| late())? {
        Ok(_) => Ok(Some(found.payload)),
        // Somebody else was quicker, or its time was over at that moment: it is good for nobody else then.
        Err(error) => {
            let again = timeout(QUESTION, stream.get_last_raw_message_by_subject(&subject)).await;
            match again.map_err(|_| late())? {
                Err(gone) if matches!(gone.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
                _ => Err(TicketError(error.to_string())),
            }
        }
    }
}

/// Without the stream there are no tickets either.
async fn nothing(
    broker: &Broker,
    kind: &LastRawMessageErrorKind,
    words: String,
) -> Result<Option<Bytes>, TicketError> {
    if matches!(kind, LastRawMessageErrorKind::NoMessageFound) {
        return Ok(None);
    }
    match timeout(QUESTION, broker.jetstream.get_stream(streams::TICKETS)).await {
        Ok(Err(error)) if streams::is_missing(&error.kind()) => Ok(None),
        _ => Err(TicketError(words)),
    }
}

fn late() -> TicketError {
    TicketError("no answer in time".to_owned())
}
