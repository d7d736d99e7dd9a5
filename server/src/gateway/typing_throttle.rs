use mtchat_protocol::DialogId;

/// How many seconds pass between two notices of one connection for one dialog.
const PAUSE: u32 = 3;
/// In how many dialogs one connection may type at once: more is no person.
const DIALOGS: usize = 8;

/// What a connection said lately about typing, so that a key press is not a message to all edges.
#[derive(Debug, Default)]
pub(crate) struct TypingThrottle {
    recent: Vec<Told>,
}

#[derive(Debug)]
struct Told {
    dialog: DialogId,
    at: u32,
    stopped: bool,
}

impl TypingThrottle {
    /// Whether to pass it on. A stop is passed on once after each start, so there are at most two notices per pause.
    pub(crate) fn take(&mut self, dialog: DialogId, stop: bool, now: u32) -> bool {
        let told = self.recent.iter_mut().find(|told| told.dialog == dialog);
        if stop {
            return told.is_some_and(|told| !std::mem::replace(&mut told.stopped, true));
        }
        if told.is_some_and(|told| now.saturating_sub(told.at) < PAUSE) {
            return false;
        }
        // The dialog typed in now is overdue too, so it comes back as the newest.
        self.recent.retain(|told| now.saturating_sub(told.at) < PAUSE);
        if self.recent.len() >= DIALOGS {
            return false;
        }
        self.recent.push(Told {
            dialog,
            at: now,
            stopped: false,
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_notice_per_dialog_every_three_seconds() {
        let (mut throttle, here, there) = (TypingThrottle::default(), DialogId::fresh(), DialogId::fresh());
        assert!(throttle.take(here, false, 10));
        assert!(!throttle.take(here, false, 12));
        assert!(throttle.take(there, false, 12));
        assert!(throttle.take(here, false, 13));
    }

    #[test]
    fn a_stop_is_told_once_and_only_after_a_start() {
        let (mut throttle, dialog) = (TypingThrottle::default(), DialogId::fresh());
        assert!(!throttle.take(dialog, true, 0));
        assert!(throttle.take(dialog, false, 0));
        assert!(throttle.take(dialog, true, 1));
        assert!(!throttle.take(dialog, true, 1));
        assert!(!throttle.take(dialog, false, 2), "a stop does not lift the pause");
    }

    #[test]
    fn a_connection_types_in_few_dialogs_at_once() {
        let mut throttle = TypingThrottle::default();
        let taken = (0..100).filter(|_| throttle.take(DialogId::fresh(), false, 0));
        assert_eq!(taken.count(), DIALOGS);
        assert!(throttle.take(DialogId::fresh(), false, PAUSE));
    }
}
