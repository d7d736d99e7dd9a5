//! The role matrix: every command of a user, by every role, in a dialog that is open or frozen.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that can not go on has failed"
)]

use mtchat_domain::{
    Action, Command, Creation, Decision, Dialog, FoundMessage, KnownMessage, Rejection, can, decide,
};
use mtchat_protocol::{
    AccessRule, Actor, DisplayName, JoinedAs, MessageId, Notice, NoticeText, ObjectId, ObjectType,
    Participant, Profile, RichText, Role, ScopeId, Scopes, Timestamp, Title, UserId,
};

const ROLES: [Role; 4] = [Role::Member, Role::Moderator, Role::Owner, Role::ReadOnly];

fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn participant(name: &str, role: Role) -> Participant {
    Participant {
        user: user(name),
        joined_as: JoinedAs::Participant,
        joined_at: Timestamp::from_micros(0),
        role,
        profile: Profile {
            display_name: DisplayName::new(name).unwrap(),
            company: None,
            email: None,
            phone: None,
        },
    }
}

/// A dialog between `me`, in this role, and `other`.
fn dialog(role: Role, frozen: bool) -> Dialog {
    let creation = Creation {
        object_type: ObjectType::new("order").unwrap(),
        object_id: ObjectId::new("1").unwrap(),
        title: None,
        object_url: None,
        meta: None,
        created_by: None,
        participants: vec![participant("me", role), participant("other", Role::Member)],
        access_scopes: Vec::new(),
        key: None,
    };
    let created = next(decide(None, Command::Create(Box::new(creation)), &Actor::Host));
    if frozen {
        next(decide(Some(&created), freeze(true), &Actor::Host))
    } else {
        created
    }
}

fn next(decision: Result<Decision, Rejection>) -> Dialog {
    match decision {
        Ok(Decision::Append(decided)) => decided.next,
        other => panic!("nothing was appended: {other:?}"),
    }
}

fn freeze(frozen: bool) -> Command {
    Command::Update {
        title: None,
        object_url: None,
        meta: None,
        frozen: Some(frozen),
    }
}

fn message(author: Option<&str>) -> KnownMessage {
    KnownMessage {
        id: MessageId(uuid::Uuid::from_u128(7)),
        found: Some(FoundMessage {
            author: author.map(user),
            deleted: false,
        }),
    }
}

fn delete(author: Option<&str>, moderates: bool) -> Command {
    Command::DeleteMessage {
        message: message(author),
        moderates,
    }
}

fn edit(author: &str) -> Command {
    Command::EditMessage {
        message: message(Some(author)),
        content: RichText::sanitised("new"),
    }
}

fn send() -> Command {
    Command::Send {
        content: RichText::sanitised("hi"),
        reply_to: None,
        attachments: Vec::new(),
        taken: None,
    }
}

fn join() -> Command {
    Command::Join {
        participant: participant("carol", Role::Member),
        scopes: Scopes::default(),
        rules: vec![AccessRule {
            id: ScopeId(uuid::Uuid::nil()),
            created_at: Timestamp::from_micros(0),
            scopes: Scopes::default(),
        }],
    }
}

/// What the host alone may do.
fn host_commands() -> Vec<Command> {
    vec![
        Command::AddParticipant(participant("carol", Role::Member)),
        Command::ChangeRole {
            user: user("other"),
            role: Role::Owner,
        },
        Command::Delete { rules: Vec::new() },
        Command::RemoveParticipant(user("other")),
        Command::ReplaceScopes {
            rules: Vec::new(),
            former: Vec::new(),
        },
        Command::Update {
            title: Some(Some(Title::new("t").unwrap())),
            object_url: None,
            meta: None,
            frozen: None,
        },
    ]
}

fn notice() -> Command {
    Command::PostNotice(Notice::Text(NoticeText::new("hi").unwrap()))
}

fn by_me(dialog: &Dialog, command: Command) -> Result<(), Rejection> {
    decide(Some(dialog), command, &Actor::User { id: user("me") }).map(drop)
}

#[test]
fn each_role_does_what_it_may_and_no_more() {
    for role in ROLES {
        let dialog = dialog(role, false);
        let writes = role != Role::ReadOnly;
        let moderates = matches!(role, Role::Moderator | Role::Owner);
        let matrix = [
            ("send", send(), writes),
            ("edit one's own", edit("me"), writes),
            ("delete one's own", delete(Some("me"), false), writes),
            ("edit another's", edit("other"), false),
            ("delete another's", delete(Some("other"), false), moderates),
            (
                "delete another's, permitted by the host",
                delete(Some("other"), true),
                writes,
            ),
            ("delete a system message", delete(None, true), false),
            ("leave", Command::Leave, true),
        ];
        for (what, command, may) in matrix {
            assert_eq!(by_me(&dialog, command).is_ok(), may, "{what} by {role:?}");
        }
        assert_eq!(can(&user("me"), Action::Read, &dialog), Ok(()), "{role:?} reads");
        for command in host_commands().into_iter().chain([notice()]) {
            let refused = by_me(&dialog, command.clone());
            assert_eq!(refused, Err(Rejection::NotHost), "{command:?} by {role:?}");
        }
    }
}

#[test]
fn in_a_frozen_dialog_only_the_host_does_anything() {
    for role in ROLES {
        let dialog = dialog(role, true);
        for command in [
            send(),
            edit("me"),
            delete(Some("me"), true),
            delete(Some("other"), true),
            Command::Leave,
        ] {
            let refused = by_me(&dialog, command.clone());
            assert_eq!(refused, Err(Rejection::Frozen), "{command:?} by {role:?}");
        }
        assert_eq!(can(&user("me"), Action::Read, &dialog), Ok(()));
    }
    let dialog = dialog(Role::Owner, true);
    let joins = decide(Some(&dialog), join(), &Actor::User { id: user("carol") });
    assert_eq!(joins, Err(Rejection::Frozen));
    assert_eq!(
        decide(Some(&dialog), notice(), &Actor::Host),
        Err(Rejection::Frozen)
    );
    for command in host_commands() {
        next(decide(Some(&dialog), command, &Actor::Host));
    }
    let opened = next(decide(Some(&dialog), freeze(false), &Actor::Host));
    assert!(by_me(&opened, send()).is_ok());
}

#[test]
fn what_is_so_already_is_not_said_again() {
    let dialog = dialog(Role::Owner, true);
    let same = Command::ChangeRole {
        user: user("me"),
        role: Role::Owner,
    };
    for command in [freeze(true), same] {
        assert_eq!(
            decide(Some(&dialog), command, &Actor::Host),
            Ok(Decision::Unchanged)
        );
    }
    let nobody = Command::ChangeRole {
        user: user("nobody"),
        role: Role::Owner,
    };
    assert_eq!(
        decide(Some(&dialog), nobody, &Actor::Host),
        Err(Rejection::ParticipantUnknown)
    );
}

#[test]
fn a_stranger_may_nothing() {
    let dialog = dialog(Role::Owner, false);
    let stranger = user("stranger");
    for action in [Action::Read, Action::Write, Action::Moderate { permitted: true }] {
        assert_eq!(can(&stranger, action, &dialog), Err(Rejection::NotParticipant));
    }
}
