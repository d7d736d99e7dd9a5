use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use metrics::{counter, gauge};
use mtchat_domain::{AddressedFrame, ColdDialogs, audience, frames, offer};
use mtchat_nats::{Broker, LiveEntry, LiveReader, Log, ReadError};
use mtchat_protocol::{Attachment, Fact, FactData, ServerFrame, ShardId, Timestamp, UserId};
use tokio::{select, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    delivery::{Audience, Outbound, outbound_frames},
    hub::Hub,
    members::Members,
    roster::{Follows, Gathering},
};
use crate::files::Files;

/// How long one look into the live path waits for something.
const PATIENCE: Duration = Duration::from_secs(1);
/// Pause before the reader is made anew, doubled each time up to the second one.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Read the live path and feed the hub, until told to stop. Keeps going whatever happens to the broker: what was missed meanwhile
/// is read then, or found missing, and everybody is told.
pub async fn run_tail(
    broker: Broker,
    hub: Hub,
    log: Log,
    cold: Arc<dyn ColdDialogs>,
    files: Option<Files>,
    stop: CancellationToken,
) {
    let mut tail = Tail {
        hub,
        log,
        members: Members::new(cold),
        files,
    };
    let mut pause = RETRY.0;
    loop {
        let error = select! {
            biased;
            () = stop.cancelled() => return,
            error = tail.follow(&broker, &mut pause) => error,
        };
        tracing::warn!(%error, "the live path can not be read; trying again");
        counter!("mtchat_gateway_tail_failures_total").increment(1);
        select! {
            () = stop.cancelled() => return,
            () = sleep(pause.mul_f64(0.5 + fastrand::f64())) => {}
        }
        pause = (pause * 2).min(RETRY.1);
    }
}

struct Tail {
    hub: Hub,
    log: Log,
    members: Members,
    files: Option<Files>,
}

impl Tail {
    /// Follow the live path until it can not be read.
    async fn follow(&mut self, broker: &Broker, pause: &mut Duration) -> ReadError {
        let shard = ShardId::default();
        let mut reader = match LiveReader::open(broker, shard, self.hub.options().ring_window).await {
            Ok(reader) => reader,
            Err(error) => return error,
        };
        loop {
            if !self.hub.caught_up() {
                match reader.caught_up().await {
                    Ok(true) => self.hub.now_caught_up(),
                    Ok(false) => {}
                    Err(error) => return error,
                }
            }
            match reader.next(PATIENCE).await {
                Ok(entries) => {
                    *pause = RETRY.0;
                    for entry in entries {
                        self.take(entry).await;
                    }
                }
                Err(error) => return error,
            }
        }
    }

    async fn take(&mut self, entry: LiveEntry) {
        match self.hub.follow(&entry.epoch, entry.from, entry.to) {
            Follows::Next => {}
            Follows::Reset => {
                tracing::warn!(
                    live.from = entry.from,
                    live.to = entry.to,
                    "the live path has a gap"
                );
                self.log.forget_all();
                self.members.forget();
            }
            Follows::Stale => return,
        }
        let had = self.hub.position();
        for (log_seq, payload) in entry.facts.into_iter().filter(|(log_seq, _)| *log_seq > had) {
            if let Some(outbound) = self.outbound(log_seq, &payload).await {
                self.hub.deliver(outbound);
            }
        }
        self.hub.advance(entry.to);
    }

    /// What a fact means for sockets; `None`: nothing.
    async fn outbound(&mut self, log_seq: u64, payload: &Bytes) -> Option<Outbound> {
        let fact = match Fact::decode(payload) {
            Ok(fact) => fact,
            Err(error) => {
                // The projector keeps it aside for the operator. It may have changed somebody's membership.
                tracing::error!(log.seq = log_seq, %error, "a fact can not be read and was delivered to nobody");
                counter!("mtchat_gateway_undecodable_total").increment(1);
                self.members.forget();
                return None;
            }
        };
        self.log.observe(&fact, log_seq);
        gauge!("mtchat_gateway_tail_lag_seconds").set(seconds_since(fact.at));
        let (app, dialog) = (fact.app.clone(), fact.dialog);
        let offer = offer(&fact).map(Arc::new);
        let told = fact.head.members.is_some() || !frames(fact.clone()).is_empty();
        // The members of a very large dialog are looked up only for those who are told something.
        let audience = if told {
            self.audience(&fact).await
        } else {
            return None;
        };
        let attachments = match &fact.data {
            FactData::MessageCreated(message) => message.attachments.clone(),
            _ => Vec::new(),
        };
        let mut frames: Vec<AddressedFrame> = frames(fact);
        self.link(&attachments, &mut frames).await;
        if frames.is_empty() {
            return None;
        }
        let (audience, frames) = match outbound_frames(log_seq, frames) {
            Some(frames) => (audience, frames),
            None => (Audience::Unknown, Default::default()),
        };
        if matches!(audience, Audience::Unknown) {
            tracing::warn!(log.seq = log_seq, app.id = %app, "an audience is not known; the app's clients reload");
            counter!("mtchat_gateway_resets_total", "of" => "app").increment(1);
        }
        Some(Outbound {
            log_seq,
            app,
            dialog,
            audience,
            offer,
            frames,
        })
    }

    /// Members get links with the message: made once, for all of them.
    async fn link(&self, attachments: &[Attachment], frames: &mut [AddressedFrame]) {
        let Some(files) = self.files.as_ref().filter(|_| !attachments.is_empty()) else {
            return;
        };
        for addressed in frames {
            if let ServerFrame::MessageNew(message) = &mut addressed.frame {
                for (attachment, view) in attachments.iter().zip(&mut message.attachments) {
                    files.tell(attachment, view).await;
                }
            }
        }
    }

    async fn audience(&mut self, fact: &Fact) -> Audience {
        let concerned = audience(fact);
        let members = match concerned.members {
            Some(members) => Some(members.iter().map(|member| member.user.clone()).collect()),
            None => self.members.after(fact).await,
        };
        match members {
            Some(members) => Audience::Known {
                members: gathering(fact, members),
                former: concerned.also.into(),
            },
            None => Audience::Unknown,
        }
    }
}

fn gathering(fact: &Fact, members: Arc<[UserId]>) -> Option<Gathering> {
    (!members.is_empty()).then_some(Gathering {
        dialog: fact.dialog,
        rev: fact.head.members_rev,
        members,
    })
}

fn seconds_since(at: Timestamp) -> f64 {
    Duration::from_micros(u64::try_from(Timestamp::now().micros() - at.micros()).unwrap_or(0)).as_secs_f64()
}
