use std::{fmt, sync::Arc, time::Duration};

use futures_util::StreamExt;
use mtchat_nats::{Broker, Log, Typing, publish_typing, subscribe_typing};
use mtchat_protocol::{DialogId, ServerFrame, UserId, limits::INLINE_MEMBERS};
use tokio::{
    select,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{connection::Owner, delivery::text, hub::Hub};

/// How many notices are under way at once; more are dropped.
const UNDER_WAY: usize = 64;
/// How long one may take, the dialog's state included.
const PATIENCE: Duration = Duration::from_secs(2);
/// Pause before subscribing again.
const RETRY: Duration = Duration::from_secs(1);

/// Tells all edges who is typing. Nothing of it is stored, and nobody waits for it.
#[derive(Clone)]
pub struct Typists {
    broker: Broker,
    log: Log,
    room: Arc<Semaphore>,
}

impl Typists {
    /// `log` knows who is a member.
    pub fn new(broker: Broker, log: Log) -> Self {
        Self {
            broker,
            log,
            room: Arc::new(Semaphore::new(UNDER_WAY)),
        }
    }

    /// Tell the others, in the background, if the user is a member and the dialog is small enough that its members are known.
    pub(crate) fn tell(&self, owner: Owner, dialog: DialogId, stop: bool) {
        let Ok(room) = self.room.clone().try_acquire_owned() else {
            metrics::counter!("mtchat_gateway_typing_dropped_total").increment(1);
            return;
        };
        let typists = self.clone();
        tokio::spawn(async move {
            if timeout(PATIENCE, typists.publish(owner, dialog, stop))
                .await
                .is_err()
            {
                tracing::debug!("a typing notice took too long");
            }
            drop(room);
        });
    }

    async fn publish(&self, owner: Owner, dialog: DialogId, stop: bool) {
        let Ok(Some(known)) = self.log.state(&owner.app, dialog).await else {
            return;
        };
        let members = &known.dialog.members;
        if members.len() > INLINE_MEMBERS || known.dialog.member(&owner.user).is_none() {
            return;
        }
        let members: Vec<UserId> = members.iter().map(|member| member.user.clone()).collect();
        let typing = Typing {
            dialog,
            user: owner.user,
            stop,
            members,
        };
        publish_typing(&self.broker, &owner.app, &typing).await;
    }
}

impl fmt::Debug for Typists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typists")
    }
}

/// Tell the sockets of this edge who is typing, until told to stop.
pub async fn run_typing(broker: Broker, hub: Hub, stop: CancellationToken) {
    let heard = async {
        loop {
            match subscribe_typing(&broker).await {
                Ok(typing) => {
                    let mut typing = std::pin::pin!(typing);
                    while let Some((app, typing)) = typing.next().await {
                        let frame = ServerFrame::Typing {
                            dialog_id: typing.dialog,
                            user_id: typing.user.clone(),
                            stop: typing.stop,
                        };
                        if let Some(bytes) = text(&frame) {
                            hub.mention(&app, &typing.members, &typing.user, &bytes);
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "typing can not be followed; trying again"),
            }
            sleep(RETRY).await;
        }
    };
    select! {
        () = stop.cancelled() => {}
        () = heard => {}
    }
}
