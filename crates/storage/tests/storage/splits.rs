//! However the log is cut into batches, and however often it is given again, the tables are the same.

use mtchat_domain::{Command, FoundMessage, KnownMessage};
use mtchat_protocol::{
    AccessRule, Actor, AppId, DialogId, Emoji, JoinedAs, MessageId, Notice, NoticeText, ObjectId, ObjectType,
    RichText, Role, Title, UserId,
};
use mtchat_storage::{Entry, Projection, Storage};
use proptest::prelude::*;
use sqlx::PgConnection;

use crate::support::{
    Database, SHARD, epoch,
    history::{History, Told, delete_message, join, participant, rule, scopes, send, user},
};

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dan"];
const DIALOGS: usize = 3;
const EMOJI: [&str; 3] = ["👍", "🎉", "❤️"];

#[derive(Debug, Clone)]
pub enum Act {
    Add,
    ArchiveIdle,
    ChangeRole(usize),
    Delete,
    DeleteMessage(usize),
    Edit(usize),
    Join,
    Leave,
    React { which: usize, emoji: usize, add: bool },
    PostNotice,
    Remove,
    Rename,
    ReplaceScopes(usize),
    Send,
}

/// What somebody tries in one of the dialogs; what the rules refuse is left out.
#[derive(Debug, Clone)]
pub struct Try {
    pub dialog: usize,
    pub who: usize,
    pub act: Act,
}

pub fn tries() -> impl Strategy<Value = Vec<Try>> {
    let act = prop_oneof![
        3 => Just(Act::Add),
        4 => Just(Act::ArchiveIdle),
        3 => (0_usize..4).prop_map(Act::ChangeRole),
        1 => Just(Act::PostNotice),
        1 => Just(Act::Delete),
        5 => any::<usize>().prop_map(Act::DeleteMessage),
        6 => any::<usize>().prop_map(Act::Edit),
        3 => Just(Act::Join),
        3 => Just(Act::Leave),
        10 => (any::<usize>(), 0..EMOJI.len(), any::<bool>())
            .prop_map(|(which, emoji, add)| Act::React { which, emoji, add }),
        2 => Just(Act::Remove),
        2 => Just(Act::Rename),
        2 => (0_usize..3).prop_map(Act::ReplaceScopes),
        16 => Just(Act::Send),
    ];
    let one = (0..DIALOGS, 0..PEOPLE.len(), act).prop_map(|(dialog, who, act)| Try { dialog, who, act });
    prop::collection::vec(one, 1..90)
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..30, 1..8)
}

fn rules(number: usize) -> Vec<AccessRule> {
    (0..number)
        .map(|n| rule([&["t1", "t2"][..=n.min(1)], &[], &[]]))
        .collect()
}

fn app(dialog: usize) -> AppId {
    AppId::new(if dialog == 0 { "other" } else { "default" }).unwrap()
}

pub fn played(tries: &[Try]) -> History {
    let mut history = History::default();
    let dialogs: Vec<DialogId> = (0..DIALOGS)
        .map(|n| history.create_with(&app(n), &PEOPLE[..n], rules(n)))
        .collect();
    for Try { dialog, who, act } in tries {
        let (app, dialog, name) = (app(*dialog), dialogs[*dialog], PEOPLE[*who]);
        let told = &history.dialogs[&(app.clone(), dialog)];
        let (command, actor) = command(told, name, act);
        let _ = history.attempt(&app, dialog, command, actor);
    }
    history
}

fn command(told: &Told, name: &str, act: &Act) -> (Command, Actor) {
    let by = |name: &UserId| Actor::User { id: name.clone() };
    let message = |which: &usize| match told.messages.len() {
        0 => {
            let id = MessageId(uuid::Uuid::nil());
            (KnownMessage { id, found: None }, by(&user(name)))
        }
        n => {
            let (id, author, deleted) = &told.messages[which % n];
            let found = Some(FoundMessage {
                author: Some(author.clone()),
                deleted: *deleted,
            });
            (KnownMessage { id: *id, found }, by(author))
        }
    };
    let replaced = |rules| Command::ReplaceScopes {
        rules,
        former: Vec::new(),
    };
    match act {
        Act::Add => (
            Command::AddParticipant(participant(name, JoinedAs::Participant)),
            Actor::Host,
        ),
        Act::ArchiveIdle => (archive_idle(told), Actor::System),
        Act::ChangeRole(number) => {
            let role = [Role::Member, Role::Moderator, Role::Owner, Role::ReadOnly][*number];
            let user = user(name);
            (Command::ChangeRole { user, role }, Actor::Host)
        }
        Act::Delete => (Command::Delete { rules: Vec::new() }, Actor::Host),
        Act::DeleteMessage(which) => {
            let (known, actor) = message(which);
            (delete_message(known), actor)
        }
        Act::Edit(which) => {
            let (message, actor) = message(which);
            let content = RichText::sanitised(&format!("edited at {}", told.state.seq));
            (Command::EditMessage { message, content }, actor)
        }
        Act::Join => (join(name, &told.rules), by(&user(name))),
        Act::Leave => (Command::Leave, by(&user(name))),
        Act::React { which, emoji, add } => {
            let (message, _) = message(which);
            let command = Command::React {
                reactions: told.known(message.id, &user(name)),
                message,
                emoji: Emoji::new(EMOJI[*emoji]).unwrap(),
                add: *add,
            };
            (command, by(&user(name)))
        }
        Act::PostNotice => {
            let text = NoticeText::new(&format!("noticed at {}", told.state.seq)).unwrap();
            (Command::PostNotice(Notice::Text(text)), Actor::Host)
        }
        Act::Remove => (Command::RemoveParticipant(user(name)), Actor::Host),
        Act::Rename => {
            let title = Some(Some(Title::new(&format!("title {}", told.state.seq)).unwrap()));
            let meta = told
                .state
                .seq
                .is_multiple_of(2)
                .then(|| Some(serde_json::json!(told.state.seq)));
            (
                Command::Update {
                    title,
                    object_url: None,
                    meta,
                    frozen: None,
                },
                Actor::Host,
            )
        }
        Act::ReplaceScopes(number) => (replaced(rules(*number)), Actor::Host),
        Act::Send => (send(&format!("said at {}", told.state.seq)), by(&user(name))),
    }
}

fn archive_idle(told: &Told) -> Command {
    let seq = told.state.seq;
    Command::ArchiveIdle { seq }
}

pub async fn apply(
    storage: &Storage,
    from: Projection,
    mut entries: &[Entry],
    sizes: &[usize],
) -> Projection {
    let mut at = from;
    for size in sizes.iter().cycle() {
        let (batch, rest) = entries.split_at(entries.len().min(*size));
        at = storage.apply(&at, batch).await.unwrap();
        entries = rest;
        if entries.is_empty() {
            break;
        }
    }
    at
}

pub async fn dump(look: &mut PgConnection) -> String {
    sqlx::query_scalar(
        "SELECT concat_ws(E'\n',
            (SELECT string_agg(t::text, E'\n' ORDER BY app, id) FROM dialogs t),
            (SELECT string_agg(t::text, E'\n' ORDER BY app, dialog, user_id) FROM participants t),
            (SELECT string_agg(t::text, E'\n' ORDER BY app, dialog, seq, position) FROM access_rules t),
            (SELECT string_agg(t::text, E'\n' ORDER BY app, dialog, seq) FROM messages t),
            (SELECT string_agg(t::text, E'\n' ORDER BY app, dialog, message, seq) FROM message_versions t),
            (SELECT string_agg(t::text, E'\n' ORDER BY app, dialog, message, emoji, user_id) FROM reactions t),
            (SELECT string_agg(reason, E'\n') FROM dead_letters))",
    )
    .fetch_one(look)
    .await
    .unwrap()
}

pub async fn clear(look: &mut PgConnection) {
    let sql = "TRUNCATE projection, dialogs, participants, access_rules, messages, message_versions, reactions, \
        dead_letters";
    sqlx::raw_sql(sql).execute(look).await.unwrap();
}

/// What is stored is what whoever listened to every fact would tell.
pub async fn compare(storage: &Storage, history: &History) {
    for ((app, dialog), told) in &history.dialogs {
        let mut expected = told.state.clone();
        if expected.deleted {
            // Nothing that people wrote outlives its dialog.
            expected.title = None;
        }
        assert_eq!(storage.dialog_state(app, *dialog).await.unwrap(), Some(expected));
        for view in storage.participants(app, *dialog).await.unwrap() {
            assert_eq!(
                view.unread_count,
                told.unread(&view.user_id),
                "unread of {}",
                view.user_id
            );
        }
        for (id, author, deleted) in told.messages.iter().filter(|_| !told.state.deleted) {
            let found = storage.reacted_message(app, *dialog, *id, author).await.unwrap();
            let (found, mut reactions) = found.unwrap();
            reactions.0.sort_by(|a, b| a.emoji.as_str().cmp(b.emoji.as_str()));
            assert_eq!((found.deleted, reactions), (*deleted, told.known(*id, author)));
        }
        let scopes = storage.access_scopes(app, *dialog).await.unwrap();
        let expected = if told.state.deleted { 0 } else { told.rules.len() };
        assert_eq!(scopes.len(), expected);
    }
    let (kind, object) = (ObjectType::new("order").unwrap(), ObjectId::new("1").unwrap());
    let both = [scopes([&["t1"], &[], &[]]), scopes([&["t2", "t1"], &[], &[]])];
    let found = storage.find_dialog(&app(2), &kind, &object, &both).await.unwrap();
    let alike = |told: &&Told| !told.state.deleted && told.rules.len() == 2;
    let here = history
        .dialogs
        .iter()
        .filter(|((of, _), _)| *of == app(2))
        .map(|(_, told)| told);
    assert_eq!(found.is_some(), here.filter(alike).count() > 0);
}

#[test]
fn batches_and_replays_give_the_same_tables() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (database, mut look) = runtime.block_on(async {
        let database = Database::start().await;
        let look = database.look().await;
        (database, look)
    });
    let storage = &database.storage;
    let config = ProptestConfig {
        cases: 48,
        max_shrink_iters: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let look = std::cell::RefCell::new(&mut look);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let cases = (tries(), sizes(), sizes(), any::<prop::sample::Index>());
    let outcome = runner.run(&cases, |(tries, sizes, again, earlier)| {
        let mut look = look.borrow_mut();
        runtime.block_on(async {
            let history = played(&tries);
            let entries = &history.entries;
            clear(&mut look).await;
            let start = storage.begin_projection(SHARD, &epoch(1)).await.unwrap();
            apply(storage, start, entries, &[1]).await;
            let singly = dump(&mut look).await;
            compare(storage, &history).await;

            clear(&mut look).await;
            let start = storage.begin_projection(SHARD, &epoch(1)).await.unwrap();
            let end = apply(storage, start, entries, &sizes).await;
            prop_assert_eq!(&dump(&mut look).await, &singly, "in batches of {:?}", sizes);

            let earlier = earlier.index(entries.len());
            let start = storage.restart_projection(&end, &epoch(2)).await.unwrap();
            let end = apply(storage, start, &entries[earlier..], &again).await;
            prop_assert_eq!(
                &dump(&mut look).await,
                &singly,
                "again from {} in batches of {:?}",
                earlier,
                again
            );
            prop_assert_eq!(storage.projection(SHARD).await.unwrap(), Some(end));
            Ok(())
        })
    });
    outcome.unwrap();
}
