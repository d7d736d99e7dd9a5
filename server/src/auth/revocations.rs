use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use mtchat_protocol::{AppId, Revocation, Revoked, Timestamp, UserId};

/// Whose tokens are not good any more. Asked with every token, without IO. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Revocations {
    known: Arc<RwLock<HashMap<AppId, HashMap<UserId, Revoked>>>>,
}

impl Revocations {
    /// Take what is newer than what is known; whether it was.
    pub fn learn(&self, revocation: &Revocation) -> bool {
        let Revocation { app, user, revoked } = revocation;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let users = known.entry(app.clone()).or_default();
        if users
            .get(user)
            .is_some_and(|known| known.changed_at >= revoked.changed_at)
        {
            return false;
        }
        users.insert(user.clone(), *revoked);
        true
    }

    /// Whether a token of this user that was made then is not good any more.
    pub fn refuses(&self, app: &AppId, user: &UserId, issued_at: Option<Timestamp>) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .get(app)
            .and_then(|users| users.get(user))
            .is_some_and(|revoked| revoked.refuses(issued_at))
    }

    /// How many users are known.
    pub fn len(&self) -> usize {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.values().map(HashMap::len).sum()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &str) -> AppId {
        AppId::new(name).unwrap()
    }

    fn alice() -> UserId {
        UserId::new("alice").unwrap()
    }

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros)
    }

    fn revocation(banned: bool, not_before: Option<i64>, changed_at: i64) -> Revocation {
        Revocation {
            app: app("one"),
            user: alice(),
            revoked: Revoked {
                banned,
                not_before: not_before.map(at),
                changed_at: at(changed_at),
            },
        }
    }

    #[test]
    fn tokens_from_before_are_refused_and_those_that_do_not_say() {
        let revocations = Revocations::default();
        let refuses = |issued: Option<i64>| revocations.refuses(&app("one"), &alice(), issued.map(at));
        assert!(!refuses(None));
        assert!(revocations.learn(&revocation(false, Some(100), 100)));
        assert_eq!(
            [refuses(Some(99)), refuses(Some(100)), refuses(None)],
            [true, false, true]
        );
    }

    #[test]
    fn a_ban_holds_for_every_token_of_this_app_only() {
        let revocations = Revocations::default();
        revocations.learn(&revocation(true, None, 1));
        assert!(revocations.refuses(&app("one"), &alice(), Some(at(i64::MAX))));
        assert!(!revocations.refuses(&app("two"), &alice(), None));
        let bob = UserId::new("bob").unwrap();
        assert!(!revocations.refuses(&app("one"), &bob, None));
    }

    #[test]
    fn what_comes_late_changes_nothing() {
        let revocations = Revocations::default();
        assert!(revocations.learn(&revocation(true, None, 1)));
        assert!(revocations.learn(&revocation(false, None, 2)));
        assert!(!revocations.learn(&revocation(true, None, 1)));
        assert!(!revocations.refuses(&app("one"), &alice(), None));
    }
}
