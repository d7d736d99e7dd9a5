use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Place;

/// Dialogs whose timer is set and has not been taken up, as far as this process knows: a further message of theirs need not ask the
/// broker.
pub(super) struct Pending {
    /// After how long a timer is taken to be lost.
    patience: Duration,
    until: Mutex<HashMap<Place, Instant>>,
}

impl Pending {
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            patience,
            until: Mutex::default(),
        }
    }

    /// A dialog's timer is about to be set; `false`: it is set already. Noted before it is set, because it may go off at once.
    pub(super) fn begin(&self, place: &Place) -> bool {
        let now = Instant::now();
        let mut until = self.until();
        if until.get(place).is_some_and(|until| *until > now) {
            return false;
        }
        until.insert(place.clone(), now + self.patience);
        true
    }

    /// The timers of these dialogs are taken up: whatever is said from now on sets another one.
    pub(super) fn take_up(&self, places: &[Place]) {
        let mut until = self.until();
        for place in places {
            until.remove(place);
        }
    }

    /// Do not remember what was lost.
    pub(super) fn forget_lost(&self) {
        let now = Instant::now();
        self.until().retain(|_, until| *until > now);
    }

    fn until(&self) -> MutexGuard<'_, HashMap<Place, Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{AppId, DialogId};

    use super::*;

    #[test]
    fn the_first_message_sets_the_timer_and_the_next_one_after_it_was_taken_up() {
        let pending = Pending::new(Duration::from_secs(60));
        let place = (AppId::default_app(), DialogId::fresh());
        assert!(pending.begin(&place));
        assert!(!pending.begin(&place));
        assert!(pending.begin(&(AppId::default_app(), DialogId::fresh())));
        pending.take_up(std::slice::from_ref(&place));
        assert!(pending.begin(&place));
    }

    #[test]
    fn a_lost_timer_is_forgotten() {
        let pending = Pending::new(Duration::ZERO);
        let place = (AppId::default_app(), DialogId::fresh());
        assert!(pending.begin(&place));
        assert!(pending.begin(&place));
        pending.forget_lost();
        assert!(pending.until().is_empty());
    }
}
