use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::sync::Cache;
use mtchat_domain::ColdDialogs;
use mtchat_protocol::{AppId, DialogId, Fact, FactData, UserId};
use tokio::time::{sleep, timeout};

/// How long the tail waits for the members of a very large dialog; meanwhile nothing is delivered on this edge.
const DEADLINE: Duration = Duration::from_secs(2);
/// Between two questions within that time: the projector may be about to get there.
const PAUSE: Duration = Duration::from_millis(50);
/// After the database did not answer in time it is not asked again for so long.
const REST: Duration = Duration::from_secs(5);
/// Most user ids remembered.
const MOST_IDS: u64 = 2_000_000;

/// The members of dialogs that are too large for a fact's head, as far as the live path needs them.
pub(crate) struct Members {
    cold: Arc<dyn ColdDialogs>,
    known: Cache<(AppId, DialogId), Known>,
    resting_until: Option<Instant>,
}

#[derive(Clone)]
struct Known {
    rev: u64,
    users: Arc<[UserId]>,
}

impl Members {
    pub(crate) fn new(cold: Arc<dyn ColdDialogs>) -> Self {
        let weigh = |_: &_, known: &Known| u32::try_from(known.users.len()).unwrap_or(u32::MAX);
        Self {
            cold,
            known: Cache::builder().max_capacity(MOST_IDS).weigher(weigh).build(),
            resting_until: None,
        }
    }

    /// Who is in the dialog after this fact; `None` when that can not be found out now.
    pub(crate) async fn after(&mut self, fact: &Fact) -> Option<Arc<[UserId]>> {
        let (key, rev) = ((fact.app.clone(), fact.dialog), fact.head.members_rev);
        let known = self.known.get(&key).and_then(|known| known.led_to(fact));
        let users = match known {
            Some(users) => users,
            None => self.ask(fact).await?,
        };
        self.known.insert(
            key,
            Known {
                rev,
                users: users.clone(),
            },
        );
        Some(users)
    }

    /// Facts may have been missed, so what was derived from them may be wrong.
    pub(crate) fn forget(&self) {
        self.known.invalidate_all();
    }

    async fn ask(&mut self, fact: &Fact) -> Option<Arc<[UserId]>> {
        if self.resting_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let answer = async {
            loop {
                match self
                    .cold
                    .members(&fact.app, fact.dialog, fact.head.members_rev)
                    .await
                {
                    Ok(members) => return members.iter().map(|member| member.user.clone()).collect(),
                    Err(error) => tracing::debug!(dialog.id = %fact.dialog, %error, "members not known yet"),
                }
                sleep(PAUSE).await;
            }
        };
        let found = timeout(DEADLINE, answer).await.ok();
        self.resting_until = found.is_none().then(|| Instant::now() + REST);
        found
    }
}

impl Known {
    /// The members after a fact, from those that the fact before it in the live path told: the same revision, or one change.
    fn led_to(&self, fact: &Fact) -> Option<Arc<[UserId]>> {
        let head = &fact.head;
        if self.rev == head.members_rev {
            return Some(self.users.clone());
        }
        if head.members_rev != fact.seq() {
            return None;
        }
        let others = |gone: &UserId| {
            self.users
                .iter()
                .filter(|user| *user != gone)
                .cloned()
                .collect::<Vec<_>>()
        };
        match &fact.data {
            FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
                let user = &came.participant.user;
                Some(others(user).into_iter().chain([user.clone()]).collect())
            }
            FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
                Some(others(&went.user).into())
            }
            FactData::ParticipantRoleChanged(_) => Some(self.users.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{
        Actor, DialogUpdated, DisplayName, FactId, Head, JoinedAs, ObjectId, ObjectType, Participant,
        ParticipantGone, ParticipantIn, Profile, Timestamp,
    };

    use super::*;

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn known(rev: u64) -> Known {
        Known {
            rev,
            users: [user("alice"), user("bob")].into(),
        }
    }

    fn fact(seq: u64, members_rev: u64, data: FactData) -> Fact {
        let head = Head {
            seq,
            count: 0,
            object_type: ObjectType::new("order").unwrap(),
            object_id: ObjectId::new("7").unwrap(),
            title: None,
            frozen: false,
            deleted: false,
            members_rev,
            members: None,
        };
        let (app, dialog) = (AppId::default_app(), DialogId::fresh());
        Fact {
            id: FactId::fresh(),
            app,
            dialog,
            at: Timestamp::now(),
            actor: Actor::Host,
            head,
            data,
        }
    }

    fn joined(name: &str) -> FactData {
        let display_name = DisplayName::new(name).unwrap();
        let profile = Profile {
            display_name,
            company: None,
            email: None,
            phone: None,
        };
        let (joined_as, joined_at) = (JoinedAs::Joined, Timestamp::now());
        FactData::ParticipantJoined(ParticipantIn {
            participant: Participant {
                user: user(name),
                joined_as,
                joined_at,
                role: mtchat_protocol::Role::default(),
                profile,
            },
        })
    }

    fn left(name: &str) -> FactData {
        let display_name = DisplayName::new(name).unwrap();
        FactData::ParticipantLeft(ParticipantGone {
            user: user(name),
            display_name,
        })
    }

    fn led_to(known: &Known, fact: &Fact) -> Option<Vec<String>> {
        known
            .led_to(fact)
            .map(|users| users.iter().map(UserId::to_string).collect())
    }

    #[test]
    fn a_change_leads_from_the_members_before_it_to_those_after_it() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(
            led_to(&known(4), &fact(9, 9, joined("carol"))),
            names(&["alice", "bob", "carol"])
        );
        assert_eq!(led_to(&known(4), &fact(9, 9, left("alice"))), names(&["bob"]));
        let unchanged = FactData::DialogUpdated(DialogUpdated::default());
        assert_eq!(
            led_to(&known(4), &fact(9, 4, unchanged)),
            names(&["alice", "bob"])
        );
    }

    #[test]
    fn another_revision_without_its_change_leads_nowhere() {
        assert_eq!(
            led_to(
                &known(4),
                &fact(9, 8, FactData::DialogUpdated(DialogUpdated::default()))
            ),
            None
        );
    }
}
