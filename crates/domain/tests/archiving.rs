//! A dialog in which nothing is said for long is archived at exactly the state that was seen, and at no other.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

use mtchat_domain::{Command, Creation, Decision, Dialog, Reader, Rejection, To, audience, decide, frames};
use mtchat_protocol::{
    Actor, AppId, DialogAutoArchived, DialogId, DisplayName, Fact, FactData, FactId, JoinedAs, ObjectId,
    ObjectType, Participant, Profile, RichText, Role, ServerFrame, Timestamp, Title, UserId,
};
use proptest::prelude::*;

const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn participant(name: &str) -> Participant {
    Participant {
        user: user(name),
        joined_as: JoinedAs::Participant,
        joined_at: Timestamp::from_micros(0),
        role: Role::default(),
        profile: Profile {
            display_name: DisplayName::new(name).unwrap(),
            company: None,
            email: None,
            phone: None,
        },
    }
}

fn created() -> Dialog {
    let creation = Creation {
        object_type: ObjectType::new("order").unwrap(),
        object_id: ObjectId::new("1").unwrap(),
        title: None,
        object_url: None,
        meta: None,
        created_by: None,
        participants: PEOPLE[..2].iter().map(|name| participant(name)).collect(),
        access_scopes: Vec::new(),
        key: None,
    };
    let creation = Command::Create(Box::new(creation));
    appended(decide(None, creation, &Actor::Host)).unwrap().1
}

/// What is appended and the state after it; `None`: it changes nothing.
fn appended(decision: Result<Decision, Rejection>) -> Option<(FactData, Dialog)> {
    match decision.unwrap() {
        Decision::Append(decided) => Some((decided.data, decided.next)),
        Decision::Unchanged => None,
    }
}

fn archive(dialog: &Dialog, seq: u64) -> Option<(FactData, Dialog)> {
    appended(decide(Some(dialog), Command::ArchiveIdle { seq }, &Actor::System))
}

fn send() -> Command {
    Command::Send {
        content: RichText::sanitised("hi"),
        reply_to: None,
        attachments: Vec::new(),
        taken: None,
    }
}

fn says(dialog: &Dialog, name: &str) -> Dialog {
    let by = Actor::User { id: user(name) };
    appended(decide(Some(dialog), send(), &by)).unwrap().1
}

fn update(title: Option<&str>, frozen: Option<bool>) -> Command {
    Command::Update {
        title: title.map(|title| Some(Title::new(title).unwrap())),
        object_url: None,
        meta: None,
        frozen,
    }
}

#[test]
fn it_changes_nothing_but_the_number_and_says_how_many_messages_there_were() {
    let dialog = says(&created(), "alice");
    let (data, next) = archive(&dialog, dialog.seq).unwrap();
    assert_eq!(data, FactData::DialogArchived(DialogAutoArchived { count: 1 }));
    let seq = dialog.seq + 1;
    assert_eq!(next, Dialog { seq, ..dialog });
}

#[test]
fn whatever_has_happened_since_the_look_keeps_it_from_being_archived() {
    let dialog = says(&created(), "alice");
    let seen = dialog.seq;
    let renamed = appended(decide(Some(&dialog), update(Some("t"), None), &Actor::Host));
    for next in [says(&dialog, "bob"), renamed.unwrap().1] {
        assert_eq!(archive(&next, seen), None);
    }
    // A look at what has not happened yet is none.
    assert_eq!(archive(&dialog, seen + 1), None);
    let (_, archived) = archive(&dialog, seen).unwrap();
    assert_eq!(archive(&archived, seen), None, "once is enough");
}

#[test]
fn it_is_not_for_users_and_works_where_nobody_may_write() {
    let dialog = created();
    let command = Command::ArchiveIdle { seq: dialog.seq };
    let by = Actor::User { id: user("alice") };
    assert_eq!(
        decide(Some(&dialog), command.clone(), &by),
        Err(Rejection::NotHost)
    );
    assert_eq!(
        decide(None, command, &Actor::System),
        Err(Rejection::DialogUnknown)
    );

    let frozen = appended(decide(Some(&dialog), update(None, Some(true)), &Actor::Host));
    let frozen = frozen.unwrap().1;
    assert!(archive(&frozen, frozen.seq).is_some());

    let delete = Command::Delete { rules: Vec::new() };
    let gone = appended(decide(Some(&dialog), delete, &Actor::Host)).unwrap().1;
    assert_eq!(archive(&gone, gone.seq), None);
}

#[test]
fn every_member_hears_of_it_as_of_their_own_doing() {
    let dialog = created();
    let (data, next) = archive(&dialog, dialog.seq).unwrap();
    let fact = Fact {
        id: FactId::fresh(),
        app: AppId::default_app(),
        dialog: DialogId::fresh(),
        at: Timestamp::from_micros(0),
        actor: Actor::System,
        head: next.head(),
        data,
    };
    let told = audience(&fact);
    assert_eq!(told.members.as_deref(), Some(&dialog.members[..]));
    assert!(told.also.is_empty());
    let dialog_id = fact.dialog;
    let sent = frames(fact);
    let [only] = &sent[..] else {
        panic!("one frame: {sent:?}")
    };
    let pos = None;
    assert_eq!(only.frame, ServerFrame::DialogArchived { dialog_id, pos });
    assert_eq!(only.to, To::Members);
}

#[derive(Debug, Clone)]
enum Step {
    /// The archiver acts on what it saw so many facts ago.
    Archive(u64),
    Rename,
    Say(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_u64..3).prop_map(Step::Archive),
        Just(Step::Rename),
        (0_usize..2).prop_map(Step::Say),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    /// Guarantee G12.
    #[test]
    fn a_message_that_was_not_seen_is_never_hidden(steps in steps()) {
        let mut dialog = created();
        let mut reader = Reader::fresh();
        let mut newest_message = 0;
        for (number, step) in steps.iter().enumerate() {
            match step {
                Step::Archive(behind) => {
                    let seen = dialog.seq.saturating_sub(*behind);
                    let archived = archive(&dialog, seen);
                    prop_assert_eq!(archived.is_some(), *behind == 0);
                    if let Some((FactData::DialogArchived(archived), next)) = archived {
                        prop_assert!(newest_message <= seen);
                        reader.archived_count = Some(archived.count);
                        dialog = next;
                        prop_assert!(reader.is_archived(dialog.count));
                    }
                }
                Step::Rename => {
                    let title = format!("title {number}");
                    let command = update(Some(&title), None);
                    let archived = reader.is_archived(dialog.count);
                    dialog = appended(decide(Some(&dialog), command, &Actor::Host)).unwrap().1;
                    prop_assert_eq!(reader.is_archived(dialog.count), archived);
                }
                Step::Say(who) => {
                    dialog = says(&dialog, PEOPLE[*who]);
                    newest_message = dialog.seq;
                    prop_assert!(!reader.is_archived(dialog.count), "a message brings it back");
                }
            }
        }
    }
}
