//! Many members who send steadily while something breaks.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use mtchat_nats::log_state;
use mtchat_protocol::{DialogId, MessageId, ShardId};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{StoredMessage, System, User, read_all, within};

/// A message that was answered with success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The message.
    pub id: MessageId,
    /// The dialog.
    pub dialog: DialogId,
    /// The number that the answer gave it.
    pub seq: u64,
    /// What was sent.
    pub content: String,
}

/// Steady sending by every member of several dialogs.
#[derive(Debug)]
pub struct Traffic {
    dialogs: Vec<Vec<User>>,
    senders: JoinSet<()>,
    answered: watch::Receiver<usize>,
    stop: watch::Sender<bool>,
}

impl Traffic {
    /// So many dialogs of so many members, spread over the edges, all connected for good.
    pub async fn dialogs(system: &System, dialogs: usize, members: usize) -> Vec<Vec<User>> {
        let edges: Vec<usize> = (0..system.edges().len()).collect();
        let mut all = Vec::with_capacity(dialogs);
        for dialog in 0..dialogs {
            let names: Vec<String> = (0..members)
                .map(|member| format!("user-{dialog}-{member}"))
                .collect();
            let users = system.dialog().on_edges(edges.clone()).between_all(&names).await;
            for user in &users {
                user.device().stay_connected();
            }
            all.push(users);
        }
        all
    }

    /// Every member sends, all together so many messages a second; a sender waits for its answer before the next.
    pub fn over(dialogs: &[Vec<User>], per_second: u32) -> Self {
        let users: Vec<User> = dialogs.iter().flatten().cloned().collect();
        let period = Duration::from_secs_f64(users.len() as f64 / f64::from(per_second));
        let (count, answered) = watch::channel(0);
        let (stop, stopped) = watch::channel(false);
        let mut senders = JoinSet::new();
        for user in users {
            let (count, stopped) = (count.clone(), stopped.clone());
            senders.spawn(async move {
                let mut pace = interval(period);
                pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
                let mut number = 0;
                while !*stopped.borrow() {
                    pace.tick().await;
                    number += 1;
                    user.send_accepted(&format!("{} says {number}", user.id())).await;
                    count.send_modify(|count| *count += 1);
                }
            });
        }
        Self {
            dialogs: dialogs.to_vec(),
            senders,
            answered,
            stop,
        }
    }

    /// How many messages have been answered with success.
    pub fn answered(&self) -> usize {
        *self.answered.borrow()
    }

    /// Wait until so many more messages have been answered with success.
    pub async fn goes_on(&mut self, more: usize) {
        let enough = *self.answered.borrow() + more;
        let patience = Duration::from_secs(60);
        let reached = within(
            "the traffic to go on",
            patience,
            self.answered.wait_for(|count| *count >= enough),
        );
        let failed = reached.await.is_err();
        assert!(!failed, "all senders have failed");
    }

    /// Stop sending, let everything settle, and check: what was answered is stored exactly once in one dense order, and every
    /// member has seen exactly that, once, in that order.
    pub async fn arrives_exactly_once(mut self, system: &System) {
        let _ = self.stop.send(true);
        while let Some(sender) = self.senders.join_next().await {
            sender.expect("a sender got an answer that it may not get");
        }
        let database = system.database().await;
        database.has_everything(system).await;
        stands_once_in_the_log(system).await;
        for members in &self.dialogs {
            let dialog = members[0].dialog();
            let stored = database.messages(dialog).await;
            agree(&stored, members);
            for member in members {
                let what = format!("all {} messages of the dialog", stored.len());
                member
                    .device()
                    .until(&what, |journal| journal.of(dialog).count() >= stored.len())
                    .await;
                let seen: Vec<_> = member.device().messages();
                let seen: Vec<_> = seen
                    .into_iter()
                    .map(|message| (message.seq, message.id))
                    .collect();
                let expected: Vec<_> = stored.iter().map(|message| (message.seq, message.id)).collect();
                assert!(
                    seen == expected,
                    "{} saw {seen:?} instead of {expected:?}",
                    member.id()
                );
                member.device().shows(&expected).await;
                assert_eq!(
                    member.device().journal().faults,
                    Vec::<String>::new(),
                    "what {} saw",
                    member.id()
                );
            }
        }
    }
}

/// No two facts of the log have one id.
async fn stands_once_in_the_log(system: &System) {
    let broker = system.broker().await;
    let last = log_state(&broker, ShardId(0))
        .await
        .expect("the log answers")
        .last_seq;
    let mut ids = HashSet::new();
    for fact in read_all(&broker, last).await {
        assert!(
            ids.insert((fact.dialog, fact.id)),
            "fact {} stands in the log twice",
            fact.id
        );
    }
}

/// Stored is exactly what was acknowledged: these senders try until they have an answer.
fn agree(stored: &[StoredMessage], members: &[User]) {
    let mut waiting: HashMap<MessageId, Acknowledged> = members
        .iter()
        .flat_map(User::acknowledged)
        .map(|acknowledged| (acknowledged.id, acknowledged))
        .collect();
    for message in stored {
        let acknowledged = waiting.remove(&message.id);
        let acknowledged =
            acknowledged.unwrap_or_else(|| panic!("{message:?} is stored twice, or was never answered"));
        assert_eq!(
            (message.seq, &message.content),
            (acknowledged.seq, &acknowledged.content),
            "stored differs from answered"
        );
    }
    assert!(waiting.is_empty(), "answered and not stored: {waiting:?}");
    let first = stored.first().map_or(0, |message| message.seq);
    let dense = stored
        .iter()
        .zip(first..)
        .all(|(message, seq)| message.seq == seq);
    assert!(dense, "the order has holes: {stored:?}");
}
