//! What may be put on which message, and by whom.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

use mtchat_domain::{
    Command, Creation, Decision, Dialog, FoundMessage, KnownMessage, KnownReactions, Rejection, decide,
};
use mtchat_protocol::{
    Actor, DisplayName, Emoji, FactData, JoinedAs, MessageId, ObjectId, ObjectType, Participant, Profile,
    Timestamp, UserId, limits,
};

fn dialog() -> Dialog {
    let alice = Participant {
        role: mtchat_protocol::Role::default(),
        user: UserId::new("alice").unwrap(),
        joined_as: JoinedAs::Creator,
        joined_at: Timestamp::from_micros(0),
        profile: Profile {
            display_name: DisplayName::new("Alice").unwrap(),
            company: None,
            email: None,
            phone: None,
        },
    };
    let creation = Creation {
        key: None,
        object_type: ObjectType::new("order").unwrap(),
        object_id: ObjectId::new("1").unwrap(),
        title: None,
        object_url: None,
        meta: None,
        created_by: None,
        participants: vec![alice],
        access_scopes: Vec::new(),
    };
    match decide(None, Command::Create(Box::new(creation)), &Actor::Host).unwrap() {
        Decision::Append(decided) => decided.next,
        Decision::Unchanged => panic!("nothing was created"),
    }
}

fn emoji(number: usize) -> Emoji {
    let code = 0x1F600 + u32::try_from(number).unwrap();
    Emoji::new(&char::from_u32(code).unwrap().to_string()).unwrap()
}

fn on(author: Option<&str>, deleted: bool) -> Option<FoundMessage> {
    let author = author.map(|name| UserId::new(name).unwrap());
    Some(FoundMessage { author, deleted })
}

fn react(
    dialog: &Dialog,
    name: &str,
    found: Option<FoundMessage>,
    reactions: &KnownReactions,
    number: usize,
    add: bool,
) -> Result<Decision, Rejection> {
    let command = Command::React {
        message: KnownMessage {
            id: MessageId(uuid::Uuid::nil()),
            found,
        },
        reactions: reactions.clone(),
        emoji: emoji(number),
        add,
    };
    let id = UserId::new(name).unwrap();
    decide(Some(dialog), command, &Actor::User { id })
}

#[test]
fn only_members_react_and_only_to_what_people_say() {
    let (dialog, none) = (dialog(), KnownReactions::default());
    let message = MessageId(uuid::Uuid::nil());
    let tried = |name, found| react(&dialog, name, found, &none, 0, true);
    assert!(tried("alice", on(Some("bob"), false)).is_ok());
    assert_eq!(
        tried("bob", on(Some("bob"), false)),
        Err(Rejection::NotParticipant)
    );
    assert_eq!(tried("alice", None), Err(Rejection::MessageUnknown(message)));
    assert_eq!(tried("alice", on(None, false)), Err(Rejection::SystemMessage));
    assert_eq!(
        tried("alice", on(Some("bob"), true)),
        Err(Rejection::MessageDeleted(message))
    );
    let frozen = Dialog {
        frozen: true,
        ..dialog.clone()
    };
    let refused = react(&frozen, "alice", on(Some("bob"), false), &none, 0, true);
    assert_eq!(refused, Err(Rejection::Frozen));
}

#[test]
fn a_repeat_changes_nothing_and_a_reaction_is_no_message() {
    let (dialog, none) = (dialog(), KnownReactions::default());
    let here = || on(Some("alice"), false);
    let Ok(Decision::Append(added)) = react(&dialog, "alice", here(), &none, 0, true) else {
        panic!("nothing was added")
    };
    assert!(matches!(added.data, FactData::ReactionAdded(_)));
    assert_eq!((added.next.seq, added.next.count), (dialog.seq + 1, dialog.count));
    let one = none.clone().after(&emoji(0), Some(added.next.seq));
    let again = react(&dialog, "alice", here(), &one, 0, true);
    assert_eq!(again, Ok(Decision::Unchanged));
    let not_there = react(&dialog, "alice", here(), &none, 0, false);
    assert_eq!(not_there, Ok(Decision::Unchanged));
}

#[test]
fn there_are_not_too_many_different_ones() {
    let dialog = dialog();
    let full = (0..limits::EMOJI_PER_MESSAGE).fold(KnownReactions::default(), |known, number| {
        known.after(&emoji(number), Some(1))
    });
    let here = || on(Some("alice"), false);
    let one_more = react(&dialog, "alice", here(), &full, limits::EMOJI_PER_MESSAGE, true);
    assert_eq!(one_more, Err(Rejection::TooManyEmoji));
    assert!(react(&dialog, "alice", here(), &full, 0, false).is_ok());
}
