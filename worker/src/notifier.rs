mod pending;
mod scheduler;
mod screens;
mod teller;

use std::{convert::Infallible, num::NonZeroUsize, time::Duration};

use mtchat_nats::log_state;
use mtchat_protocol::{AppId, DialogId};
use mtchat_storage::Storage;

use self::{pending::Pending, scheduler::Scheduler, screens::Screens, teller::Teller};
use crate::{
    departure::Departure,
    duty::Duty,
    follow::{Ground, follow},
    projector::patiently,
};

/// So long after it should have gone off a timer is taken to be lost.
const LOST_AFTER: Duration = Duration::from_secs(60);

/// A dialog in its app.
type Place = (AppId, DialogId);

/// How hosts are told of what users have not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotificationOptions {
    /// How long a user has to read what was said after quiet.
    pub delay: Duration,
    /// In how many dialogs users are told of it at once.
    pub concurrency: NonZeroUsize,
}

impl Default for NotificationOptions {
    fn default() -> Self {
        Self {
            delay: Duration::from_secs(30),
            concurrency: NonZeroUsize::MIN.saturating_add(3),
        }
    }
}

/// Tell hosts of what users have not read, once a quiet period. The first message after quiet sets its dialog's timer; when that goes
/// off, each member to whom something is new then gets one notice, and what comes later sets another timer.
///
/// A timer only wakes up: who is told of what is read in Postgres when it has everything that the log held at that moment, so a timer
/// that is lost or doubled costs lateness and never a wrong notice. Whoever has the dialog on the screen is not told yet: its timer is
/// set again.
pub(crate) async fn session(storage: &Storage, duty: &Duty) -> Result<Infallible, Departure> {
    let connected = duty.connection();
    let epoch = log_state(&duty.broker, duty.shard).await?.epoch;
    let begin = || async { Ok(storage.begin_notifying(duty.shard, &epoch).await?) };
    let notifying = patiently(duty, begin).await?;
    let pending = Pending::new(duty.options.notifications.delay + LOST_AFTER);
    let screens = Screens::default();
    let teller = Teller::new(storage, duty, &pending, &screens);
    let mut scheduler = Scheduler::new(storage, duty, &pending, notifying);
    // What one of them has in hand when the other leaves is done again by whoever follows.
    tokio::select! {
        left = follow(duty, Ground { connected, epoch }, scheduler::PACE, &mut scheduler) => left,
        left = screens.follow(duty) => left,
        left = teller.answer() => left,
    }
}
