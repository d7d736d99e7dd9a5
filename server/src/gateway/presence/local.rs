use std::collections::HashMap;

use mtchat_nats::UsersSaid;
use mtchat_protocol::{AppId, UserId};

/// How many users one word to the other edges tells of.
const PER_WORD: usize = 1_000;
/// How often it is told that nobody of an app is left, in whole sets.
const FAREWELLS: u32 = 2;

/// Who has connections on this edge, and what of it the others have not been told.
#[derive(Debug, Default)]
pub(crate) struct Local {
    apps: HashMap<AppId, Users>,
    news: HashMap<AppId, HashMap<UserId, bool>>,
}

#[derive(Debug, Default)]
struct Users {
    connections: HashMap<UserId, u32>,
    empty_rounds: u32,
}

impl Local {
    /// One more connection; whether it is the first.
    pub(crate) fn came(&mut self, app: &AppId, user: &UserId) -> bool {
        let users = self.apps.entry(app.clone()).or_default();
        users.empty_rounds = 0;
        let count = users.connections.entry(user.clone()).or_default();
        *count += 1;
        let first = *count == 1;
        if first {
            self.tell(app, user, true);
        }
        first
    }

    /// One less; whether it was the last.
    pub(crate) fn went(&mut self, app: &AppId, user: &UserId) -> bool {
        let Some(users) = self.apps.get_mut(app) else {
            return false;
        };
        let Some(count) = users.connections.get_mut(user) else {
            return false;
        };
        *count -= 1;
        let last = *count == 0;
        if last {
            users.connections.remove(user);
            self.tell(app, user, false);
        }
        last
    }

    /// What happened since the last time. Who came and went in between is told as gone: others may have heard of them.
    pub(crate) fn news(&mut self) -> Vec<(AppId, UsersSaid)> {
        let mut words = Vec::new();
        for (app, users) in std::mem::take(&mut self.news) {
            let users: Vec<(UserId, bool)> = users.into_iter().collect();
            for some in users.chunks(PER_WORD) {
                let those = |online: bool| {
                    let those = some.iter().filter(|(_, is)| *is == online);
                    those.map(|(user, _)| user.clone()).collect()
                };
                words.push((
                    app.clone(),
                    UsersSaid::Changed {
                        came: those(true),
                        went: those(false),
                    },
                ));
            }
        }
        words
    }

    /// The whole set, in parts.
    pub(crate) fn whole(&mut self) -> Vec<(AppId, UsersSaid)> {
        let mut words = Vec::new();
        for (app, users) in &mut self.apps {
            let parts = u32::try_from(users.connections.len() / PER_WORD + 1).unwrap_or(u32::MAX);
            let mut sets = vec![Vec::new(); parts as usize];
            for user in users.connections.keys() {
                if let Some(set) = sets.get_mut(UsersSaid::part_of(user, parts) as usize) {
                    set.push(user.clone());
                }
            }
            if users.connections.is_empty() {
                users.empty_rounds += 1;
            }
            words.extend(
                (0..parts)
                    .zip(sets)
                    .map(|(part, users)| (app.clone(), UsersSaid::Whole { part, parts, users })),
            );
        }
        self.apps.retain(|_, users| users.empty_rounds < FAREWELLS);
        words
    }

    fn tell(&mut self, app: &AppId, user: &UserId, online: bool) {
        if !self.news.contains_key(app) {
            self.news.insert(app.clone(), HashMap::new());
        }
        if let Some(news) = self.news.get_mut(app) {
            news.insert(user.clone(), online);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    #[test]
    fn the_first_and_the_last_connection_are_news() {
        let (mut local, app) = (Local::default(), AppId::default_app());
        assert!(local.came(&app, &user("alice")));
        assert!(!local.came(&app, &user("alice")));
        assert!(!local.went(&app, &user("alice")));
        let came = UsersSaid::Changed {
            came: vec![user("alice")],
            went: Vec::new(),
        };
        assert_eq!(local.news(), [(app.clone(), came)]);
        assert!(local.went(&app, &user("alice")));
        assert!(!local.went(&app, &user("alice")));
        let went = UsersSaid::Changed {
            came: Vec::new(),
            went: vec![user("alice")],
        };
        assert_eq!(local.news(), [(app, went)]);
        assert_eq!(local.news(), []);
    }

    #[test]
    fn the_whole_set_comes_in_parts_that_hold_everybody_once() {
        let (mut local, app) = (Local::default(), AppId::default_app());
        for number in 0..2_500 {
            local.came(&app, &user(&format!("user-{number}")));
        }
        let mut told = 0;
        for (_, said) in local.whole() {
            let UsersSaid::Whole { part, parts, users } = said else {
                panic!("not a whole set")
            };
            assert_eq!(parts, 3);
            assert!(users.iter().all(|user| UsersSaid::part_of(user, parts) == part));
            told += users.len();
        }
        assert_eq!(told, 2_500);
    }

    #[test]
    fn an_app_that_nobody_uses_any_more_is_told_to_be_empty_and_forgotten() {
        let (mut local, app) = (Local::default(), AppId::default_app());
        local.came(&app, &user("alice"));
        local.went(&app, &user("alice"));
        assert_eq!(local.whole().len(), 1);
        assert_eq!(local.whole().len(), 1);
        assert_eq!(local.whole(), []);
    }
}
