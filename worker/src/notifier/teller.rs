use std::{collections::BTreeSet, convert::Infallible, time::Duration};

use futures_util::future::try_join_all;
use metrics::counter;
use mtchat_domain::{Verdict, verdict};
use mtchat_nats::{DueTimers, log_state, publish_notice, set_timer};
use mtchat_protocol::{Actor, Fact, FactData, NotificationPending, Timestamp};
use mtchat_storage::{ApplyError, NoticeClaim, Storage, StorageError, Unnotified};
use mtchat_traces::{Kind, Span};
use tokio::time::Instant;

use super::{LOST_AFTER, Pending, Place, Screens, scheduler};
use crate::{departure::Departure, duty::Duty, projector::patiently};

/// How many timers are answered together.
const TIMERS: u32 = 256;
/// How many members are told between two writes to the database.
const MEMBERS: u32 = 2_000;
/// How many members of a dialog are told at once.
const AT_ONCE: usize = 16;
/// The longest wait for a timer.
const LOOK_UP_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked for timers that were lost.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// The least time between two answers of which the first put somebody off.
const PUT_OFF_AT_LEAST: Duration = Duration::from_secs(1);
/// Between two looks at how far the projection is.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Answers timers: asks the database to whom something is new, and writes a notice for each of them into the log.
pub(super) struct Teller<'a> {
    storage: &'a Storage,
    duty: &'a Duty,
    pending: &'a Pending,
    screens: &'a Screens,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        storage: &'a Storage,
        duty: &'a Duty,
        pending: &'a Pending,
        screens: &'a Screens,
    ) -> Self {
        Self {
            storage,
            duty,
            pending,
            screens,
        }
    }

    /// Answer timers as they go off, and now and then those that did not.
    pub(super) async fn answer(&self) -> Result<Infallible, Departure> {
        let mut due = DueTimers::open(&self.duty.broker, self.duty.shard).await?;
        let mut sweep_at = Instant::now();
        loop {
            let fired = due.next_batch(TIMERS as usize, LOOK_UP_EVERY).await?;
            if !fired.is_empty() {
                // Two timers of one dialog have one answer.
                let dialogs: BTreeSet<Place> = fired
                    .iter()
                    .map(|timer| (timer.app.clone(), timer.dialog))
                    .collect();
                let dialogs: Vec<Place> = dialogs.into_iter().collect();
                self.decide(&dialogs).await?;
                counter!("mtchat_notifier_timers_total", "outcome" => "answered")
                    .increment(fired.len() as u64);
                for timer in fired {
                    timer.answered().await;
                }
            }
            if Instant::now() >= sweep_at {
                self.screens.forget_lost(Instant::now());
                let more = self.sweep().await?;
                sweep_at = Instant::now() + if more { Duration::ZERO } else { SWEEP_EVERY };
                if let Err(error) = due.forget_answered().await {
                    tracing::warn!(%error, "answered timers were not cleared away; trying again");
                }
            }
        }
    }

    /// Answer for dialogs whose timers were lost; whether there are more of them.
    async fn sweep(&self) -> Result<bool, Departure> {
        let waiting = self.duty.options.notifications.delay + LOST_AFTER;
        let overdue = patiently(self.duty, || async {
            kept(
                self.storage
                    .overdue_notices(self.duty.shard, waiting, TIMERS)
                    .await,
            )
        });
        let overdue = overdue.await?;
        if !overdue.is_empty() {
            let dialogs = overdue.len();
            tracing::warn!(shard = %self.duty.shard, dialogs, "timers did not go off: users are told late of what they have not read");
            counter!("mtchat_notifier_timers_total", "outcome" => "lost").increment(dialogs as u64);
            self.decide(&overdue).await?;
        }
        Ok(overdue.len() >= TIMERS as usize)
    }

    /// Tell everybody to whom something in these dialogs is new. Done again it is about the same messages, makes the same notices and
    /// changes nothing: the notices come first, then who was told, then that the dialogs do not wait any more.
    async fn decide(&self, dialogs: &[Place]) -> Result<(), Departure> {
        let shard = self.duty.shard;
        // Whatever was said until now is part of the answer; what is said from now on sets a timer of its own.
        self.pending.take_up(dialogs);
        let end = log_state(&self.duty.broker, shard).await?.last_seq;
        self.wait_until_stored(end).await?;
        let claims = patiently(self.duty, || async {
            kept(self.storage.claim_notices(shard, dialogs, end).await)
        });
        let mut claims = claims.await?;
        let now = Instant::now();
        for claim in claims.iter_mut().filter(|claim| claim.may_put_off) {
            claim.put_off = self.screens.viewers(&(claim.app.clone(), claim.dialog), now);
        }
        loop {
            let members = patiently(self.duty, || async {
                kept(self.storage.unnotified(&claims, MEMBERS).await)
            });
            let mut members = members.await?;
            if members.is_empty() {
                break;
            }
            members.sort_unstable_by(|one, other| (&one.app, one.dialog).cmp(&(&other.app, other.dialog)));
            self.tell(&members).await?;
            patiently(self.duty, || async {
                kept(self.storage.notified(&members).await)
            })
            .await?;
            if members.len() < MEMBERS as usize {
                break;
            }
        }
        let put_off = self.put_off(&claims).await?;
        let settled: Vec<Place> = dialogs
            .iter()
            .filter(|place| !put_off.contains(place))
            .cloned()
            .collect();
        let waiting = patiently(self.duty, || async {
            kept(self.storage.settle_notices(&settled, end).await)
        });
        let delay = self.duty.options.notifications.delay;
        for place in waiting.await? {
            self.wake_again(&place, delay).await?;
        }
        Ok(())
    }

    /// Dialogs in which something is new to somebody who has them on the screen wait for another answer.
    async fn put_off(&self, claims: &[NoticeClaim]) -> Result<Vec<Place>, Departure> {
        if claims.iter().all(|claim| claim.put_off.is_empty()) {
            return Ok(Vec::new());
        }
        let dialogs = patiently(self.duty, || async {
            kept(self.storage.put_off_notices(claims).await)
        });
        let dialogs = dialogs.await?;
        let delay = self.duty.options.notifications.delay.max(PUT_OFF_AT_LEAST);
        for place in &dialogs {
            counter!("mtchat_notifier_timers_total", "outcome" => "put_off").increment(1);
            self.wake_again(place, delay).await?;
        }
        Ok(dialogs)
    }

    /// Somebody may have read or left what the log says they have, and the database does not know it yet.
    async fn wait_until_stored(&self, end: u64) -> Result<(), Departure> {
        loop {
            let stored = patiently(self.duty, || async {
                kept(self.storage.projection(self.duty.shard).await)
            });
            if stored.await?.is_some_and(|stored| stored.log_seq >= end) {
                return Ok(());
            }
            self.duty.pause(LOOK_AGAIN).await?;
        }
    }

    /// Somebody was put off, or something was said after the answer was begun: then mostly its timer is set; when an answer was
    /// finished for somebody who died, its timer may have been answered together with the earlier one.
    async fn wake_again(&self, place: &Place, delay: Duration) -> Result<(), Departure> {
        if self.pending.begin(place) {
            scheduler::tell(set_timer(&self.duty.broker, &place.0, place.1, delay).await?);
        }
        Ok(())
    }

    /// Write the notices of these members, who stand together by dialog.
    async fn tell(&self, members: &[Unnotified]) -> Result<(), Departure> {
        let dialogs: Vec<&[Unnotified]> = members
            .chunk_by(|one, other| one.dialog == other.dialog && one.app == other.app)
            .collect();
        for some in dialogs.chunks(self.duty.options.notifications.concurrency.get()) {
            try_join_all(some.iter().map(|members| self.tell_dialog(members))).await?;
        }
        Ok(())
    }

    async fn tell_dialog(&self, members: &[Unnotified]) -> Result<(), Departure> {
        for some in members.chunks(AT_ONCE) {
            let wanting = some.iter().filter(|member| is_told(member));
            try_join_all(wanting.map(|member| self.append(member))).await?;
        }
        Ok(())
    }

    async fn append(&self, member: &Unnotified) -> Result<(), Departure> {
        let mut span = Span::entry("notify", Kind::Producer, None);
        let published =
            publish_notice(&self.duty.broker, &notice(member), span.traceparent().as_deref()).await;
        if published.is_err() {
            span.fail();
        }
        published?;
        counter!("mtchat_notifications_total").increment(1);
        Ok(())
    }
}

fn is_told(member: &Unnotified) -> bool {
    verdict(member.level, member.mentioned || member.replied) == Verdict::Tell
}

fn kept<T>(answer: Result<T, StorageError>) -> Result<T, ApplyError> {
    answer.map_err(ApplyError::Storage)
}

fn notice(member: &Unnotified) -> Fact {
    Fact {
        id: member.notice,
        app: member.app.clone(),
        dialog: member.dialog,
        at: Timestamp::now(),
        actor: Actor::System,
        head: member.head.clone(),
        data: FactData::NotificationPending(NotificationPending {
            user: member.user.clone(),
            unread_count: member.unread_count,
            first_unread_message_id: member.first_unread,
            message: member.message.clone(),
            mentioned: member.mentioned,
            replied: member.replied,
        }),
    }
}
