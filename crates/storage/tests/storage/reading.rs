//! Dialogs as hosts and users see them.

use mtchat_domain::Command;
use mtchat_protocol::{
    AppId, DialogId, JoinedAs, MessageType, ObjectId, ObjectType, ObjectUrl, Scopes, Title,
};
use mtchat_storage::Access;

use crate::support::{
    Database,
    history::{History, join, participant, rule, scopes, user},
};

fn app() -> AppId {
    AppId::default_app()
}

async fn stored(history: &History) -> Database {
    let database = Database::start().await;
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    database
}

#[tokio::test]
async fn a_dialog_is_shown_as_it_was_created_and_updated() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let database = stored(&history).await;
    let storage = &database.storage;
    let view = storage.dialog_view(&app(), dialog).await.unwrap().unwrap();
    assert_eq!(view.title, Some(Title::new("Order 1").unwrap()));
    assert_eq!(view.created_by, Some(user("alice")));
    assert_eq!(view.created_at, history.entries[0].fact.as_ref().unwrap().at);
    assert_eq!(view.meta, Some(serde_json::json!({"z": [1, null], "a": "\u{0}"})));

    let url = ObjectUrl::new("https://example.org/1").unwrap();
    let update = Command::Update {
        title: Some(None),
        object_url: Some(Some(url.clone())),
        meta: Some(None),
        frozen: Some(true),
    };
    history.host(&app(), dialog, update);
    let at = storage.projection(crate::support::SHARD).await.unwrap().unwrap();
    storage.apply(&at, &history.entries).await.unwrap();
    let view = storage.dialog_view(&app(), dialog).await.unwrap().unwrap();
    assert_eq!((view.title, view.object_url, view.meta), (None, Some(url), None));
    assert!(view.frozen);
    assert_eq!(
        storage
            .dialog_view(&app(), DialogId(uuid::Uuid::nil()))
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_detail_has_participants_by_join_time_and_rules_in_their_order() {
    let mut history = History::default();
    let rules = vec![rule([&["t1"], &["it", "ops"], &[]]), rule([&[], &[], &["admin"]])];
    let dialog = history.create_with(&app(), &["zoe", "alice"], rules.clone());
    history.by("bob", dialog, join("bob", &rules));
    let database = stored(&history).await;
    let detail = database
        .storage
        .dialog_detail(&app(), dialog)
        .await
        .unwrap()
        .unwrap();
    let names: Vec<_> = detail
        .participants
        .iter()
        .map(|one| one.user_id.as_str())
        .collect();
    assert_eq!(names, ["zoe", "alice", "bob"]);
    let bob = &detail.participants[2];
    assert_eq!(bob.joined_as, JoinedAs::Joined);
    assert_eq!(bob.email.as_ref().unwrap().as_str(), "bob@example.org");
    assert!(bob.notifications_enabled && !bob.is_archived && !bob.is_pinned);
    assert_eq!(detail.access_scopes.len(), 2);
    assert_eq!(detail.access_scopes[0].scope_level1, rules[0].scopes.scope_level1);
    assert_eq!(
        detail.access_scopes[0].tenant_uid.as_ref().unwrap().as_str(),
        "t1"
    );
    assert_eq!(detail.access_scopes[1].tenant_uid, None);
}

#[tokio::test]
async fn an_item_shows_members_more_than_candidates_and_others_nothing() {
    let mut history = History::default();
    let rules = vec![rule([&["t1"], &[], &[]])];
    let dialog = history.create_with(&app(), &["alice", "bob"], rules.clone());
    let one = history.send("alice", dialog, "one");
    let two = history.send("bob", dialog, "two");
    history.delete_message("bob", dialog, two);
    let database = stored(&history).await;
    let storage = &database.storage;
    let item = storage
        .dialog_item(&app(), dialog, &user("bob"), &Scopes::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (item.participants_count, item.i_am_participant, item.can_join),
        (2, true, false)
    );
    let stored = history.entries.last().unwrap().log_seq;
    assert_eq!(item.log_seq, stored, "it says how far the log is in it");
    assert_eq!(
        (item.unread_count, item.is_archived, item.is_pinned),
        (Some(0), Some(false), Some(false))
    );
    let last = item.last_message.clone().unwrap();
    assert_eq!((last.id, last.content.as_str()), (one, "one"));
    assert_eq!(last.sender_name.unwrap().as_str(), "Name of alice");
    assert_eq!(item.last_message_at, Some(last.sent_at));

    let held = scopes([&["t1"], &[], &[]]);
    let item = storage
        .dialog_item(&app(), dialog, &user("carol"), &held)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((item.i_am_participant, item.can_join), (false, true));
    assert_eq!(
        (item.unread_count, item.last_message.clone(), item.last_message_at),
        (None, None, None)
    );
    assert_eq!(
        (item.is_archived, item.is_pinned, item.notifications_enabled),
        (None, None, None)
    );
    assert_eq!(item.participants.len(), 2);

    let others = scopes([&["t2"], &[], &[]]);
    assert_eq!(
        storage
            .dialog_item(&app(), dialog, &user("carol"), &others)
            .await
            .unwrap(),
        None
    );
    let elsewhere = AppId::new("elsewhere").unwrap();
    assert_eq!(
        storage
            .dialog_item(&elsewhere, dialog, &user("bob"), &held)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_last_message_of_somebody_who_left_keeps_the_name_and_a_system_message_has_none() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.send("bob", dialog, "bye");
    let database = stored(&history).await;
    let storage = &database.storage;
    history.by("bob", dialog, Command::Leave);
    let left = history.last_message();
    let at = storage.projection(crate::support::SHARD).await.unwrap().unwrap();
    storage.apply(&at, &history.entries).await.unwrap();
    let item = storage
        .dialog_item(&app(), dialog, &user("alice"), &Scopes::default())
        .await
        .unwrap()
        .unwrap();
    let last = item.last_message.clone().unwrap();
    assert_eq!(
        (last.id, last.message_type, last.sender_id),
        (left, MessageType::System, None)
    );
    assert_eq!(
        last.content.as_str(),
        "{\"event\":\"participant_left\",\"name\":\"Name of bob\"}"
    );
    assert_eq!(item.unread_count, Some(1), "system messages never count");
    let found = storage
        .found_message(&app(), dialog, left)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.author, found.deleted), (None, false));
    assert_eq!(
        storage
            .dialog_item(&app(), dialog, &user("bob"), &Scopes::default())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn access_tells_membership_and_rules() {
    let mut history = History::default();
    let rules = vec![rule([&["t1"], &[], &[]]), rule([&["t2", "t3"], &[], &[]])];
    let dialog = history.create_with(&app(), &["alice"], rules.clone());
    let bare = history.create(&["bob"]);
    let database = stored(&history).await;
    let access = async |dialog, name| {
        database
            .storage
            .access(&app(), dialog, &user(name))
            .await
            .unwrap()
    };
    assert_eq!(
        access(dialog, "alice").await,
        Some(Access {
            participant: true,
            rules: rules.clone()
        })
    );
    assert_eq!(
        access(dialog, "bob").await,
        Some(Access {
            participant: false,
            rules
        })
    );
    assert_eq!(
        access(bare, "bob").await,
        Some(Access {
            participant: true,
            rules: Vec::new()
        })
    );
    assert_eq!(access(DialogId(uuid::Uuid::nil()), "bob").await, None);

    history.host(
        &app(),
        dialog,
        Command::ReplaceScopes {
            rules: Vec::new(),
            former: Vec::new(),
        },
    );
    history.host(
        &app(),
        bare,
        Command::ReplaceScopes {
            rules: vec![rule([&[], &["it"], &[]])],
            former: Vec::new(),
        },
    );
    let at = database
        .storage
        .projection(crate::support::SHARD)
        .await
        .unwrap()
        .unwrap();
    database.storage.apply(&at, &history.entries).await.unwrap();
    assert_eq!(access(dialog, "bob").await.unwrap().rules, []);
    assert_eq!(
        access(bare, "bob").await.unwrap().rules,
        [rule([&[], &["it"], &[]])]
    );
}

#[tokio::test]
async fn a_dialog_is_found_by_its_exact_rules_whatever_their_order_and_the_newest_wins() {
    let mut history = History::default();
    let (a, b) = (rule([&["t1", "t2"], &[], &[]]), rule([&["t3"], &[], &[]]));
    let bare = history.create(&["alice"]);
    history.create_with(&app(), &["alice"], vec![a.clone(), b.clone()]);
    let newest = history.create_with(&app(), &["alice"], vec![b.clone(), a.clone()]);
    let gone = history.create_with(&app(), &["alice"], vec![a.clone(), b.clone()]);
    let other = AppId::new("other").unwrap();
    history.create_with(&other, &["alice"], vec![a, b]);
    history.host(&app(), gone, Command::Delete { rules: Vec::new() });
    let database = stored(&history).await;
    let (kind, object) = (ObjectType::new("order").unwrap(), ObjectId::new("1").unwrap());
    let find = async |object: &ObjectId, rules: &[Scopes]| {
        let found = database
            .storage
            .find_dialog(&app(), &kind, object, rules)
            .await
            .unwrap();
        found.map(|view| view.id)
    };
    let (a, b) = (scopes([&["t2", "t1"], &[], &[]]), scopes([&["t3"], &[], &[]]));
    assert_eq!(find(&object, &[a.clone(), b.clone()]).await, Some(newest));
    assert_eq!(
        find(&object, &[b.clone(), a.clone(), b.clone()]).await,
        Some(newest)
    );
    assert_eq!(find(&object, std::slice::from_ref(&a)).await, None);
    assert_eq!(find(&object, &[]).await, Some(bare));
    assert_eq!(find(&ObjectId::new("2").unwrap(), &[]).await, None);
    let view = database
        .storage
        .dialog_view(&app(), newest)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((view.object_type, view.object_id), (kind, object));
}

#[tokio::test]
async fn a_host_adding_somebody_twice_and_arbitrary_ids_do_no_harm() {
    let mut history = History::default();
    let strange = "*.>' OR 1=1 --\u{1f600}";
    let dialog = history.create(&[strange]);
    let came = participant("bob", JoinedAs::Participant);
    assert!(history.host(&app(), dialog, Command::AddParticipant(came.clone())));
    assert!(!history.host(&app(), dialog, Command::AddParticipant(came)));
    let database = stored(&history).await;
    let views = database.storage.participants(&app(), dialog).await.unwrap();
    let names: Vec<_> = views.iter().map(|view| view.user_id.as_str()).collect();
    assert_eq!(names, [strange, "bob"]);
}
