use std::collections::{HashMap, hash_map::Entry};

use mtchat_nats::{EdgeId, Viewing};
use mtchat_protocol::{AppId, DialogId};

use crate::gateway::connection::Owner;

/// How many screens one word to the workers tells of.
const PER_WORD: usize = 1_000;

/// Somebody's screen shows a dialog.
type Shown = (Owner, DialogId);

/// Which dialogs are on the screens of this edge's users, one a connection, and what of it the workers have not been told.
#[derive(Debug, Default)]
pub(crate) struct Screens {
    by_connection: HashMap<u64, Shown>,
    /// On how many connections.
    shown: HashMap<Shown, u32>,
    news: HashMap<Shown, bool>,
}

impl Screens {
    /// A connection's page shows this dialog and no other from now on.
    pub(crate) fn set(&mut self, connection: u64, owner: &Owner, dialog: DialogId) {
        let shown = (owner.clone(), dialog);
        if self.by_connection.get(&connection) == Some(&shown) {
            return;
        }
        self.remove(connection);
        let count = self.shown.entry(shown.clone()).or_default();
        *count += 1;
        if *count == 1 {
            self.news.insert(shown.clone(), true);
        }
        self.by_connection.insert(connection, shown);
    }

    /// It shows none any more.
    pub(crate) fn remove(&mut self, connection: u64) {
        let Some(shown) = self.by_connection.remove(&connection) else {
            return;
        };
        let Entry::Occupied(mut count) = self.shown.entry(shown.clone()) else {
            return;
        };
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
            self.news.insert(shown, false);
        }
    }

    /// What happened since the last time.
    pub(crate) fn news(&mut self, me: EdgeId) -> Vec<(AppId, Viewing)> {
        words(me, std::mem::take(&mut self.news))
    }

    /// Everything that is on a screen here.
    pub(crate) fn all(&self, me: EdgeId) -> Vec<(AppId, Viewing)> {
        words(me, self.shown.keys().map(|shown| (shown.clone(), true)))
    }
}

fn words(me: EdgeId, shown: impl IntoIterator<Item = (Shown, bool)>) -> Vec<(AppId, Viewing)> {
    let mut apps: HashMap<AppId, Vec<(Shown, bool)>> = HashMap::new();
    for one in shown {
        apps.entry(one.0.0.app.clone()).or_default().push(one);
    }
    let mut words = Vec::new();
    for (app, all) in apps {
        for some in all.chunks(PER_WORD) {
            let those = |wanted: bool| {
                let those = some.iter().filter(|(_, is_shown)| *is_shown == wanted);
                those
                    .map(|((owner, dialog), _)| (*dialog, owner.user.clone()))
                    .collect()
            };
            let viewing = Viewing {
                edge: me,
                shown: those(true),
                gone: those(false),
            };
            words.push((app.clone(), viewing));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::UserId;

    use super::*;

    fn owner(name: &str) -> Owner {
        Owner {
            app: AppId::default_app(),
            user: UserId::new(name).unwrap(),
        }
    }

    fn word(me: EdgeId, shown: &[(DialogId, &str)], gone: &[(DialogId, &str)]) -> (AppId, Viewing) {
        let pairs = |pairs: &[(DialogId, &str)]| {
            let pairs = pairs.iter();
            pairs.map(|(dialog, name)| (*dialog, owner(name).user)).collect()
        };
        let viewing = Viewing {
            edge: me,
            shown: pairs(shown),
            gone: pairs(gone),
        };
        (AppId::default_app(), viewing)
    }

    #[test]
    fn the_first_and_the_last_screen_of_a_user_are_news() {
        let (mut screens, me) = (Screens::default(), EdgeId::fresh());
        let dialog = DialogId::fresh();
        screens.set(1, &owner("alice"), dialog);
        screens.set(1, &owner("alice"), dialog);
        screens.set(2, &owner("alice"), dialog);
        assert_eq!(screens.news(me), [word(me, &[(dialog, "alice")], &[])]);
        assert_eq!(screens.all(me), [word(me, &[(dialog, "alice")], &[])]);
        screens.remove(1);
        assert_eq!(screens.news(me), []);
        screens.remove(2);
        screens.remove(2);
        assert_eq!(screens.news(me), [word(me, &[], &[(dialog, "alice")])]);
        assert_eq!(screens.all(me), []);
    }

    #[test]
    fn a_screen_shows_one_dialog() {
        let (mut screens, me) = (Screens::default(), EdgeId::fresh());
        let [one, two] = [DialogId::fresh(), DialogId::fresh()];
        screens.set(1, &owner("alice"), one);
        screens.news(me);
        screens.set(1, &owner("alice"), two);
        assert_eq!(screens.all(me), [word(me, &[(two, "alice")], &[])]);
        assert_eq!(screens.news(me), [word(me, &[(two, "alice")], &[(one, "alice")])]);
    }
}
