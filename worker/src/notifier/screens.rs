use std::{
    collections::HashMap,
    convert::Infallible,
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use mtchat_nats::{EdgeId, VIEWING_LEASE, Viewing, shard_of, subscribe_viewing};
use mtchat_protocol::{AppId, DialogId, UserId};
use tokio::time::Instant;

use super::Place;
use crate::{departure::Departure, duty::Duty};

/// Pause after the broker did not answer.
const RETRY: Duration = Duration::from_secs(1);

/// Until when it holds what each edge said of a user's screens.
type Leases = HashMap<EdgeId, Instant>;

/// Who has which dialog on the screen, as edges said a moment ago. Nobody, when there is doubt.
#[derive(Default)]
pub(super) struct Screens {
    shown: Mutex<HashMap<Place, HashMap<UserId, Leases>>>,
}

impl Screens {
    /// Hear what the edges say.
    pub(super) async fn follow(&self, duty: &Duty) -> Result<Infallible, Departure> {
        loop {
            match subscribe_viewing(&duty.broker).await {
                Ok(heard) => {
                    let mut heard = pin!(heard);
                    while let Some((app, said)) = heard.next().await {
                        let is_ours = |dialog| shard_of(dialog) == duty.shard;
                        self.learn(&app, said, Instant::now(), is_ours);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "what is on screens can not be followed; trying again");
                }
            }
            duty.pause(RETRY).await?;
        }
    }

    /// Who has this dialog on the screen.
    pub(super) fn viewers(&self, place: &Place, now: Instant) -> Vec<UserId> {
        let shown = self.shown();
        let users = shown.get(place).into_iter().flatten();
        users
            .filter(|(_, leases)| leases.values().any(|until| *until > now))
            .map(|(user, _)| user.clone())
            .collect()
    }

    /// Do not remember what was not said again.
    pub(super) fn forget_lost(&self, now: Instant) {
        self.shown().retain(|_, users| {
            users.retain(|_, leases| {
                leases.retain(|_, until| *until > now);
                !leases.is_empty()
            });
            !users.is_empty()
        });
    }

    fn learn(&self, app: &AppId, said: Viewing, now: Instant, is_ours: impl Fn(DialogId) -> bool) {
        let until = now + VIEWING_LEASE;
        let mut shown = self.shown();
        for (dialog, user) in said.shown {
            if is_ours(dialog) {
                let users = shown.entry((app.clone(), dialog)).or_default();
                users.entry(user).or_default().insert(said.edge, until);
            }
        }
        for (dialog, user) in said.gone {
            let users = shown.get_mut(&(app.clone(), dialog));
            if let Some(leases) = users.and_then(|users| users.get_mut(&user)) {
                leases.remove(&said.edge);
            }
        }
    }

    fn shown(&self) -> MutexGuard<'_, HashMap<Place, HashMap<UserId, Leases>>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alice() -> UserId {
        UserId::new("alice").unwrap()
    }

    fn said(edge: EdgeId, shown: &[DialogId], gone: &[DialogId]) -> Viewing {
        let of_alice = |dialogs: &[DialogId]| dialogs.iter().map(|dialog| (*dialog, alice())).collect();
        Viewing {
            edge,
            shown: of_alice(shown),
            gone: of_alice(gone),
        }
    }

    #[test]
    fn a_dialog_is_on_the_screen_while_an_edge_says_so() {
        let (screens, app, dialog) = (Screens::default(), AppId::default_app(), DialogId::fresh());
        let place = (app.clone(), dialog);
        let [one, two] = [EdgeId::fresh(), EdgeId::fresh()];
        let mut now = Instant::now();
        assert_eq!(screens.viewers(&place, now), []);
        screens.learn(&app, said(one, &[dialog], &[]), now, |_| true);
        screens.learn(&app, said(two, &[dialog], &[]), now, |_| true);
        screens.learn(&app, said(one, &[], &[dialog]), now, |_| true);
        assert_eq!(screens.viewers(&place, now), [alice()]);
        assert_eq!(screens.viewers(&(app.clone(), DialogId::fresh()), now), []);

        now += VIEWING_LEASE / 2;
        screens.learn(&app, said(two, &[dialog], &[]), now, |_| true);
        now += VIEWING_LEASE / 2;
        assert_eq!(screens.viewers(&place, now), [alice()]);
        now += VIEWING_LEASE / 2;
        assert_eq!(screens.viewers(&place, now), []);
        screens.forget_lost(now);
        assert!(screens.shown().is_empty());
    }

    #[test]
    fn what_another_shard_answers_for_is_not_remembered() {
        let (screens, app, dialog) = (Screens::default(), AppId::default_app(), DialogId::fresh());
        let said = said(EdgeId::fresh(), &[dialog], &[]);
        screens.learn(&app, said, Instant::now(), |_| false);
        assert!(screens.shown().is_empty());
    }
}
