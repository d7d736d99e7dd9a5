use mtchat_domain::erased_name;
use mtchat_protocol::JoinedAs;
use mtchat_storage::{ImportedMessage, SourceFile, SourceMessage, SourceParticipant, SourceVersion};

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(second * 1_000_000)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn rules(erased: &[&str]) -> Rules {
    Rules {
        app: AppId::default_app(),
        keep_files: false,
        erased: erased.iter().map(|user| UserId::new(user).unwrap()).collect(),
        began: at(9_999),
    }
}

fn person(user: &str, last_read: Option<u128>, unread: i64) -> SourceParticipant {
    SourceParticipant {
        user_id: user.to_owned(),
        joined_at: at(1),
        joined_as: "participant".to_owned(),
        last_read: last_read.map(id),
        unread,
        notifications: true,
        archived: false,
        pinned: false,
        display_name: Some(format!("Name of {user}")),
        company: Some("Acme".to_owned()),
        email: None,
        phone: None,
    }
}

fn dialog(messages: u64, participants: Vec<SourceParticipant>) -> SourceDialog {
    SourceDialog {
        id: id(7),
        object_type: "order".to_owned(),
        object_id: "4711".to_owned(),
        title: None,
        object_url: None,
        created_by: Some(String::new()),
        created_at: at(0),
        meta: None,
        messages,
        participants,
        rules: Vec::new(),
    }
}

fn message(number: u128, sender: Option<&str>, content: &str) -> SourceMessage {
    SourceMessage {
        dialog: id(7),
        id: id(number),
        sender_id: sender.map(str::to_owned),
        content: content.to_owned(),
        sent_at: at(i64::try_from(number).unwrap()),
        edited_at: None,
        reply_to: None,
        is_system: sender.is_none(),
        versions: Vec::new(),
        files: Vec::new(),
    }
}

fn planned(
    source: &SourceDialog,
    rules: &Rules,
    messages: Vec<SourceMessage>,
) -> (Plan, Vec<ImportedMessage>, Vec<Note>) {
    let mut notes = Vec::new();
    let mut plan = Plan::new(source, rules, &mut notes).unwrap();
    let taken = messages
        .into_iter()
        .map(|message| plan.timeline.take(message, rules, &mut notes))
        .collect();
    plan.finish(rules, &mut notes);
    (plan, taken, notes)
}

fn fields(notes: &[Note]) -> Vec<&'static str> {
    notes.iter().map(|note| note.field).collect()
}

#[test]
fn facts_are_numbered_without_a_hole() {
    let mut edited = message(12, Some("a"), "third");
    edited.versions = [("first", 13), ("second", 14)]
        .map(|(content, second)| SourceVersion {
            edited_at: at(second),
            content: content.to_owned(),
        })
        .to_vec();
    let messages = vec![message(11, None, "{}"), edited, message(15, Some("b"), "hello")];
    let people = vec![person("a", None, 1), person("b", Some(15), 0)];
    let (plan, taken, notes) = planned(&dialog(3, people), &rules(&[]), messages);
    let numbers: Vec<_> = taken.iter().map(|one| (one.seq, one.ordinal)).collect();
    assert_eq!(numbers, [(2, None), (3, Some(1)), (4, Some(2))]);
    let edits: Vec<u64> = taken[1].versions.iter().map(|version| version.seq).collect();
    assert_eq!((edits, plan.dialog.seq, plan.dialog.count), (vec![5, 6], 6, 2));
    assert_eq!(taken[1].edited_at, Some(at(14)));
    assert_eq!(
        (plan.dialog.active_at, plan.dialog.created_by.as_ref()),
        (at(15), None)
    );
    assert!(notes.is_empty(), "{notes:?}");
    let [a, b] = plan.dialog.participants.as_slice() else {
        panic!("two people")
    };
    assert_eq!((a.read_seq, a.read_count, a.own_seq, a.unread), (0, 0, 3, 1));
    assert_eq!((b.read_seq, b.read_count, b.own_seq, b.unread), (4, 2, 4, 0));
}

#[test]
fn who_wrote_and_is_gone_has_a_row() {
    let messages = vec![message(11, Some("gone"), "bye"), message(12, Some("a"), "hm")];
    let (plan, ..) = planned(&dialog(2, vec![person("a", None, 1)]), &rules(&[]), messages);
    let gone = &plan.dialog.participants[1];
    assert_eq!(
        (gone.user.as_str(), gone.present, gone.own_seq),
        ("gone", false, 2)
    );
    assert_eq!((gone.display_name.as_str(), gone.joined_at), ("gone", at(11)));
}

#[test]
fn what_can_not_be_is_refused_or_made_to_fit() {
    let nobody = Plan::new(
        &dialog(0, vec![person("", None, 0)]),
        &rules(&[]),
        &mut Vec::new(),
    );
    assert!(nobody.is_err_and(|why| why.contains("user_id")));
    let nothing = SourceDialog {
        object_id: String::new(),
        ..dialog(0, Vec::new())
    };
    assert!(Plan::new(&nothing, &rules(&[]), &mut Vec::new()).is_err());

    let mut odd = person("a", Some(99), 5);
    odd.display_name = Some("  ".to_owned());
    odd.company = Some("c".repeat(255));
    odd.email = Some("e".repeat(255));
    odd.joined_as = "owner".to_owned();
    let long = SourceDialog {
        object_url: Some("u".repeat(3_000)),
        ..dialog(0, vec![odd])
    };
    let (plan, _, notes) = planned(&long, &rules(&[]), Vec::new());
    let one = &plan.dialog.participants[0];
    assert_eq!(one.display_name.as_str(), "a");
    assert_eq!(one.company.as_ref().unwrap().as_str().len(), 200);
    assert_eq!(
        (one.email.as_ref(), one.joined_as, one.unread),
        (None, JoinedAs::Participant, 0)
    );
    assert_eq!(plan.unread_adjusted(), -5);
    let mut told = fields(&notes);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "company",
            "display_name",
            "email",
            "joined_as",
            "object_url",
            "unread_count"
        ]
    );
}

#[test]
fn a_rule_never_lets_in_more_than_it_did() {
    let level = |values: &[&str]| {
        values
            .iter()
            .map(|value| Some((*value).to_owned()))
            .collect::<Vec<_>>()
    };
    let rule = |levels| SourceRule {
        id: id(1),
        created_at: at(1),
        levels,
    };
    let mut source = dialog(0, Vec::new());
    source.rules = vec![
        rule([level(&["a", ""]), level(&[]), level(&["x"])]),
        rule([level(&[""]), level(&["b"]), level(&[])]),
        rule([vec![None], level(&[]), level(&[])]),
        rule([level(&[]), level(&[]), level(&[])]),
    ];
    let (plan, _, notes) = planned(&source, &rules(&[]), Vec::new());
    let kept: Vec<usize> = plan
        .dialog
        .rules
        .iter()
        .map(|rule| rule.scopes.scope_level0.len())
        .collect();
    assert_eq!((kept, plan.rules_left_out, notes.len()), (vec![1, 0], 2, 3));
}

#[test]
fn who_is_forgotten_here_does_not_come_back() {
    let mut said = message(11, Some("a"), "my secret");
    said.versions = vec![SourceVersion {
        edited_at: at(12),
        content: "older secret".to_owned(),
    }];
    said.files = vec![SourceFile {
        id: id(50),
        filename: "cv.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        size: 5,
        key: "k".to_owned(),
        width: None,
        height: None,
        thumbnail_key: None,
    }];
    let told = r#"{"event":"chat_created","participants":[{"name":"Name of a","company":"Acme"}]}"#;
    let messages = vec![message(10, None, told), said, message(13, Some("b"), "ok")];
    let people = vec![person("a", None, 1), person("b", None, 1)];
    let (plan, taken, _) = planned(&dialog(3, people), &rules(&["a"]), messages);
    let everything = format!("{:?}", (&plan.dialog, &taken));
    assert!(
        !everything.contains("secret") && !everything.contains("Name of a"),
        "{everything}"
    );
    assert!(taken[1].deleted_at.is_some() && taken[1].attachments.is_empty() && plan.dialog.erased);
    assert_eq!(
        (plan.timeline.versions_left_out, plan.timeline.files_left_out),
        (1, 1)
    );
    // The deleted message counts for nobody: the counter said 1.
    assert_eq!(plan.dialog.participants[1].unread, 0);
    assert_eq!(plan.dialog.participants[0].display_name, erased_name());
}

#[test]
fn a_file_has_the_same_key_at_each_try() {
    let file = |content_type: &str, filename: &str| SourceFile {
        id: id(50),
        filename: filename.to_owned(),
        content_type: content_type.to_owned(),
        size: 5,
        key: "old/key".to_owned(),
        width: Some(3),
        height: Some(-1),
        thumbnail_key: None,
    };
    let mut said = message(11, Some("a"), "");
    said.files = vec![file("image/png", "a.png"), file("application/x-odd", "../../b")];
    let taken = || planned(&dialog(1, Vec::new()), &rules(&[]), vec![said.clone()]);
    let ((_, one, notes), (_, other, _)) = (taken(), taken());
    assert_eq!(one[0].attachments, other[0].attachments);
    let [picture, odd] = one[0].attachments.as_slice() else {
        panic!("two files")
    };
    assert!(
        picture
            .key
            .as_str()
            .starts_with(&format!("default/files/{}/", id(7)))
    );
    assert_eq!((picture.width, picture.height), (Some(3), None));
    assert_eq!(
        (odd.content_type.as_str(), odd.filename.as_str()),
        ("application/octet-stream", "b")
    );
    assert_eq!(fields(&notes), ["content_type", "filename"]);
}
