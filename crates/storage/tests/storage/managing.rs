//! Roles, keys, lists and histories, as they are stored.

use mtchat_domain::Command;
use mtchat_protocol::{MessageId, MessageVersion, ObjectId, ObjectKey, ObjectType, Role, Timestamp};
use mtchat_storage::{ExportPlace, Exported, HostList, HostPlace, Storage};
use sqlx::Row;

use crate::support::{
    Database, SHARD,
    history::{History, user},
};

fn app() -> mtchat_protocol::AppId {
    mtchat_protocol::AppId::default_app()
}

async fn roles(storage: &Storage, dialog: mtchat_protocol::DialogId) -> Vec<Role> {
    let participants = storage.participants(&app(), dialog).await.unwrap();
    participants.iter().map(|one| one.role).collect()
}

fn change(name: &str, role: Role) -> Command {
    Command::ChangeRole {
        user: user(name),
        role,
    }
}

#[tokio::test]
async fn a_role_is_the_newest_given_whatever_is_replayed() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.host(&app(), dialog, change("alice", Role::Owner));
    history.host(&app(), dialog, change("bob", Role::Moderator));
    history.host(&app(), dialog, change("bob", Role::ReadOnly));
    let database = Database::start().await;
    let storage = &database.storage;
    storage.apply(&database.start, &history.entries).await.unwrap();
    assert_eq!(roles(storage, dialog).await, [Role::Owner, Role::ReadOnly]);
    let state = storage.dialog_state(&app(), dialog).await.unwrap().unwrap();
    assert_eq!(
        state,
        history.dialogs[&(app(), dialog)].state,
        "the state of the database is that of the facts"
    );

    // The log is projected anew, and stops halfway.
    let at = storage.projection(SHARD).await.unwrap().unwrap();
    let again = storage
        .restart_projection(&at, &crate::support::epoch(2))
        .await
        .unwrap();
    storage.apply(&again, &history.entries[..3]).await.unwrap();
    assert_eq!(roles(storage, dialog).await, [Role::Owner, Role::ReadOnly]);
}

#[tokio::test]
async fn who_comes_back_has_the_role_that_they_come_back_with() {
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.host(&app(), dialog, change("bob", Role::Moderator));
    history.host(&app(), dialog, Command::RemoveParticipant(user("bob")));
    let bob = crate::support::history::participant("bob", mtchat_protocol::JoinedAs::Participant);
    history.host(&app(), dialog, Command::AddParticipant(bob));
    let database = Database::start().await;
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    assert_eq!(
        roles(&database.storage, dialog).await,
        [Role::Member, Role::Member]
    );
}

#[tokio::test]
async fn an_export_goes_on_in_the_middle_of_a_message() {
    let mut history = History::default();
    let dialog = history.create(&["alice"]);
    let first = history.send("alice", dialog, "v0");
    for version in 1..=5 {
        history.edit("alice", dialog, first, &format!("v{version}"));
    }
    history.send("alice", dialog, "second");
    let database = Database::start().await;
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    for limit in 1..=9 {
        let (mut place, mut read) = (ExportPlace::default(), Vec::new());
        while let Some((page, end)) = database
            .storage
            .export_page(&app(), dialog, place, limit)
            .await
            .unwrap()
        {
            for one in page {
                read.push(match one {
                    Exported::Message(message) => message.content.as_str().to_owned(),
                    Exported::Version(of, MessageVersion { content, .. }) => {
                        assert_eq!(of, first);
                        format!("was {}", content.as_str())
                    }
                });
            }
            place = end;
        }
        assert_eq!(
            read[1..],
            ["v5", "was v0", "was v1", "was v2", "was v3", "was v4", "second"],
            "{limit}"
        );
    }
    let newest = database
        .storage
        .message_history(&app(), dialog, first, 2)
        .await
        .unwrap()
        .unwrap();
    let contents: Vec<&str> = newest.iter().map(|version| version.content.as_str()).collect();
    assert_eq!(contents, ["v3", "v4"]);
    let unknown = MessageId(uuid::Uuid::nil());
    assert_eq!(
        database
            .storage
            .message_history(&app(), dialog, unknown, 2)
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn lists_and_keys_are_found_by_their_indexes() {
    let mut history = History::default();
    for _ in 0..2_000 {
        history.create(&[]);
    }
    let database = Database::start().await;
    database
        .storage
        .apply(&database.start, &history.entries)
        .await
        .unwrap();
    let mut connection = database.look().await;
    sqlx::query("ANALYZE dialogs")
        .execute(&mut connection)
        .await
        .unwrap();
    let behind = "AND (d.created_at, d.id) < (now(), '018f0000-0000-7000-8000-000000000000')";
    let newest = "ORDER BY d.created_at DESC, d.id DESC LIMIT 50";
    for (index, sql) in [
        ("dialogs_by_age", format!("{behind} {newest}")),
        ("dialogs_by_type", format!("AND d.object_type = 'order' {behind} {newest}")),
        ("dialogs_by_object", format!("AND d.object_type = 'order' AND d.object_id = '1' {behind} {newest}")),
        ("dialogs_by_key", "AND d.object_type = 'order' AND d.object_id = '1' AND d.key = 'k' ORDER BY d.created_at DESC LIMIT 1".to_owned()),
    ] {
        let explain = format!("EXPLAIN SELECT d.id FROM dialogs d WHERE NOT d.deleted AND d.app = 'default' {sql}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(&mut connection).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("Index") && !plan.contains("Seq Scan"), "{index}: {plan}");
    }
    let object = (ObjectType::new("order").unwrap(), ObjectId::new("1").unwrap());
    let place = HostPlace {
        created_at: Timestamp::now(),
        dialog: mtchat_protocol::DialogId::fresh(),
    };
    let list = HostList::OfObject(&object.0, &object.1);
    let page = database
        .storage
        .host_dialogs(&app(), list, Some(place), 3)
        .await
        .unwrap();
    assert_eq!(page.len(), 3);
    let key = ObjectKey::new("").unwrap();
    let keyed = database
        .storage
        .dialog_by_key(&app(), &object.0, &object.1, &key)
        .await
        .unwrap();
    assert_eq!(
        keyed, None,
        "a dialog without a key is not found under the empty one"
    );
}
