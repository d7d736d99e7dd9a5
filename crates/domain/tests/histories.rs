//! Random command sequences through decide and apply keep the invariants of a dialog.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

use std::collections::{HashMap, HashSet};

use mtchat_domain::{
    Command, Creation, Decision, Dialog, FoundMessage, KnownMessage, KnownReaction, KnownReactions, decide,
};
use mtchat_protocol::{
    Actor, DisplayName, Emoji, FactData, JoinedAs, MessageId, ObjectId, ObjectType, Participant, Profile,
    Reaction, RichText, Role, ScopeId, ScopeValue, Scopes, Timestamp, Title, UserId,
};
use proptest::prelude::*;

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dan"];
const EMOJI: [&str; 3] = ["👍", "🎉", "❤️"];

/// What somebody tries; indices are taken modulo what there is.
#[derive(Debug, Clone)]
enum Try {
    Add(usize),
    Delete,
    DeleteMessage {
        who: usize,
        which: usize,
    },
    Edit {
        who: usize,
        which: usize,
    },
    Join {
        who: usize,
        matching: bool,
    },
    Leave(usize),
    React {
        who: usize,
        which: usize,
        emoji: usize,
        add: bool,
    },
    Remove(usize),
    Rename,
    ReplaceScopes,
    Send(usize),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let person = 0..PEOPLE.len();
    let one = prop_oneof![
        3 => person.clone().prop_map(Try::Add),
        1 => Just(Try::Delete),
        4 => (person.clone(), any::<usize>()).prop_map(|(who, which)| Try::DeleteMessage { who, which }),
        4 => (person.clone(), any::<usize>()).prop_map(|(who, which)| Try::Edit { who, which }),
        3 => (person.clone(), any::<bool>()).prop_map(|(who, matching)| Try::Join { who, matching }),
        2 => person.clone().prop_map(Try::Leave),
        12 => (person.clone(), any::<usize>(), 0..EMOJI.len(), any::<bool>())
            .prop_map(|(who, which, emoji, add)| Try::React { who, which, emoji, add }),
        2 => person.clone().prop_map(Try::Remove),
        1 => Just(Try::Rename),
        1 => Just(Try::ReplaceScopes),
        12 => person.prop_map(Try::Send),
    ];
    // Deletion ends everything, so most histories go without it.
    prop::collection::vec(one, 1..120)
}

fn user(index: usize) -> UserId {
    UserId::new(PEOPLE[index]).unwrap()
}

fn rename() -> Command {
    Command::Update {
        title: Some(Some(Title::new("t").unwrap())),
        object_url: None,
        meta: None,
        frozen: None,
    }
}

fn participant(index: usize, joined_as: JoinedAs) -> Participant {
    let profile = Profile {
        display_name: DisplayName::new(PEOPLE[index]).unwrap(),
        company: None,
        email: None,
        phone: None,
    };
    Participant {
        user: user(index),
        joined_as,
        joined_at: Timestamp::from_micros(0),
        role: Role::default(),
        profile,
    }
}

fn scopes(value: &str) -> Scopes {
    Scopes {
        scope_level0: vec![ScopeValue::new(value).unwrap()],
        ..Scopes::default()
    }
}

/// The naive truth that the real rules are compared with.
#[derive(Default)]
struct Oracle {
    members: HashSet<usize>,
    messages: Vec<(MessageId, usize, bool)>,
    reactions: Vec<(MessageId, usize, usize)>,
    deleted: bool,
}

struct History {
    dialog: Dialog,
    facts: Vec<FactData>,
    oracle: Oracle,
    next_id: u128,
}

impl History {
    fn begin() -> Self {
        let creation = Creation {
            object_type: ObjectType::new("order").unwrap(),
            object_id: ObjectId::new("1").unwrap(),
            title: None,
            object_url: None,
            meta: None,
            created_by: None,
            participants: vec![
                participant(0, JoinedAs::Creator),
                participant(1, JoinedAs::Participant),
            ],
            access_scopes: Vec::new(),
            key: None,
        };
        let created = decide(None, Command::Create(Box::new(creation)), &Actor::Host).unwrap();
        let Decision::Append(decided) = created else {
            panic!("nothing was created")
        };
        let oracle = Oracle {
            members: HashSet::from([0, 1]),
            ..Oracle::default()
        };
        Self {
            dialog: decided.next,
            facts: vec![decided.data],
            oracle,
            next_id: 1,
        }
    }

    /// A message to change, and who may: its author, unless it is deleted.
    fn message(&self, which: usize) -> (KnownMessage, Option<usize>) {
        let messages = &self.oracle.messages;
        let Some(index) = which.checked_rem(messages.len()) else {
            return (
                KnownMessage {
                    id: MessageId(uuid::Uuid::nil()),
                    found: None,
                },
                None,
            );
        };
        let (id, author, deleted) = messages[index];
        let found = Some(FoundMessage {
            author: Some(user(author)),
            deleted,
        });
        (KnownMessage { id, found }, (!deleted).then_some(author))
    }

    /// What is on a message, as this person sees it.
    fn reactions(&self, id: MessageId, who: usize) -> KnownReactions {
        let on = |emoji: usize| {
            let all = self.oracle.reactions.iter();
            all.filter(move |(message, what, _)| (*message, *what) == (id, emoji))
        };
        let known = (0..EMOJI.len()).filter(|emoji| on(*emoji).count() > 0);
        let known = known.map(|emoji| KnownReaction {
            emoji: Emoji::new(EMOJI[emoji]).unwrap(),
            others: on(emoji).filter(|(.., whose)| *whose != who).count() as u64,
            first_of_others: None,
            own: on(emoji).any(|(.., whose)| *whose == who).then_some(1),
        });
        KnownReactions(known.collect())
    }

    /// The command, who gives it, and whether it must be taken (`None`: it may be taken without effect).
    fn command(&self, what: &Try) -> (Command, Actor, bool) {
        let oracle = &self.oracle;
        let alive = !oracle.deleted;
        let by = |who: usize| Actor::User { id: user(who) };
        match what {
            Try::Add(who) => (
                Command::AddParticipant(participant(*who, JoinedAs::Participant)),
                Actor::Host,
                alive,
            ),
            Try::Delete => (Command::Delete { rules: Vec::new() }, Actor::Host, true),
            Try::DeleteMessage { who, which } => {
                let (known, author) = self.message(*which);
                let may = alive && oracle.members.contains(who) && author == Some(*who);
                (
                    Command::DeleteMessage {
                        message: known,
                        moderates: false,
                    },
                    by(*who),
                    may,
                )
            }
            Try::Edit { who, which } => {
                let (message, author) = self.message(*which);
                let may = alive && oracle.members.contains(who) && author == Some(*who);
                (
                    Command::EditMessage {
                        message,
                        content: RichText::sanitised("new"),
                    },
                    by(*who),
                    may,
                )
            }
            Try::Join { who, matching } => {
                let rules = vec![mtchat_protocol::AccessRule {
                    id: ScopeId(uuid::Uuid::nil()),
                    created_at: Timestamp::from_micros(0),
                    scopes: scopes("t1"),
                }];
                let held = scopes(if *matching { "t1" } else { "t2" });
                let may = alive && *matching && !oracle.members.contains(who);
                (
                    Command::Join {
                        participant: participant(*who, JoinedAs::Joined),
                        scopes: held,
                        rules,
                    },
                    by(*who),
                    may,
                )
            }
            Try::Leave(who) => (Command::Leave, by(*who), alive),
            Try::React {
                who,
                which,
                emoji,
                add,
            } => self.reacting(*who, *which, *emoji, *add),
            Try::Remove(who) => (Command::RemoveParticipant(user(*who)), Actor::Host, alive),
            Try::Rename => (rename(), Actor::Host, alive),
            Try::ReplaceScopes => (
                Command::ReplaceScopes {
                    rules: Vec::new(),
                    former: Vec::new(),
                },
                Actor::Host,
                alive,
            ),
            Try::Send(who) => {
                let command = Command::Send {
                    content: RichText::sanitised("hi"),
                    reply_to: None,
                    attachments: Vec::new(),
                    taken: None,
                };
                (command, by(*who), alive && oracle.members.contains(who))
            }
        }
    }

    fn reacting(&self, who: usize, which: usize, emoji: usize, add: bool) -> (Command, Actor, bool) {
        let (message, author) = self.message(which);
        let oracle = &self.oracle;
        let may = !oracle.deleted && oracle.members.contains(&who) && author.is_some();
        let command = Command::React {
            reactions: self.reactions(message.id, who),
            message,
            emoji: Emoji::new(EMOJI[emoji]).unwrap(),
            add,
        };
        (command, Actor::User { id: user(who) }, may)
    }

    fn step(&mut self, what: &Try) {
        let (command, actor, may) = self.command(what);
        let decision = decide(Some(&self.dialog), command, &actor);
        assert_eq!(decision.is_ok(), may, "{what:?} was judged {decision:?}");
        let Ok(Decision::Append(decided)) = decision else {
            return;
        };
        assert_eq!(decided.next.seq, self.dialog.seq + 1, "seq is dense");
        assert_eq!(
            decided.next,
            self.dialog.after(&decided.data),
            "decide and apply agree"
        );
        self.note(&decided.data, &actor);
        self.dialog = decided.next;
        self.facts.push(decided.data);
    }

    fn note(&mut self, data: &FactData, actor: &Actor) {
        let index = |user: &UserId| PEOPLE.iter().position(|name| *name == user.as_str()).unwrap();
        let oracle = &mut self.oracle;
        match data {
            FactData::DialogDeleted(_) => {
                oracle.deleted = true;
                oracle.members.clear();
            }
            FactData::MessageCreated(_) => {
                let id = MessageId(uuid::Uuid::from_u128(self.next_id));
                self.next_id += 1;
                oracle.messages.push((id, index(actor.user().unwrap()), false));
            }
            FactData::MessageDeleted(gone) => {
                let found = oracle
                    .messages
                    .iter_mut()
                    .find(|(id, ..)| *id == gone.message_id)
                    .unwrap();
                assert!(!found.2, "deleted stays deleted");
                found.2 = true;
            }
            FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
                assert!(
                    oracle.members.insert(index(&came.participant.user)),
                    "nobody comes in twice"
                );
            }
            FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
                assert!(oracle.members.remove(&index(&went.user)), "only who is in can go");
            }
            FactData::ReactionAdded(one) => {
                let on = reaction(one);
                assert!(
                    !oracle.reactions.contains(&on),
                    "what is there is not added again"
                );
                oracle.reactions.push(on);
            }
            FactData::ReactionRemoved(one) => {
                let on = reaction(one);
                let place = oracle.reactions.iter().position(|other| *other == on);
                oracle.reactions.remove(place.unwrap());
            }
            _ => {}
        }
    }
}

fn reaction(one: &Reaction) -> (MessageId, usize, usize) {
    let emoji = EMOJI.iter().position(|emoji| *emoji == one.emoji.as_str());
    let who = PEOPLE.iter().position(|name| *name == one.user.as_str());
    (one.message_id, emoji.unwrap(), who.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_history_keeps_its_invariants(tries in tries()) {
        let mut history = History::begin();
        for what in &tries {
            history.step(what);
        }
        let Oracle { members, messages, deleted, .. } = &history.oracle;
        prop_assert_eq!(history.dialog.count as usize, messages.len(), "count is the number of messages ever sent");
        prop_assert_eq!(history.dialog.deleted, *deleted);
        let expected: HashMap<_, _> = members.iter().map(|index| (user(*index), ())).collect();
        let found: HashMap<_, _> = history.dialog.members.iter().map(|member| (member.user.clone(), ())).collect();
        prop_assert_eq!(found, expected, "the members are those who came and did not go");
        prop_assert_eq!(history.dialog.members.len(), members.len(), "nobody is in twice");
    }

    #[test]
    fn the_same_facts_always_give_the_same_head(tries in tries()) {
        let mut history = History::begin();
        let first = history.dialog.clone();
        for what in &tries {
            history.step(what);
        }
        let replayed = history.facts[1..].iter().fold(first, |dialog, data| dialog.after(data));
        prop_assert_eq!(replayed.head(), history.dialog.head());
        prop_assert_eq!(Dialog::from_head(&history.dialog.head(), None), Some(history.dialog.clone()), "the head is the state");
    }
}
