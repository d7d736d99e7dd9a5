//! Users' own state: whatever the order and the batches, what each of them did last holds, and unread is what a recount finds.

use std::collections::{HashMap, HashSet};

use mtchat_domain::{Command, OwnCommand, Place};
use mtchat_protocol::{Actor, AppId, DialogId, JoinedAs, MessageId, NotificationLevel, UserId};
use mtchat_storage::{Projection, Side, Storage};

use crate::support::{
    Database, epoch,
    history::{History, participant, user},
};

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dan"];
const CASES: u64 = 300;

fn app() -> AppId {
    AppId::default_app()
}

/// Small, and the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

struct Message {
    id: MessageId,
    seq: u64,
    author: &'static str,
    deleted: bool,
}

/// What somebody who looks at every message knows of one participant.
#[derive(Default)]
struct Naive {
    read: HashSet<u64>,
    archived: bool,
    pinned: bool,
    level: NotificationLevel,
}

/// One dialog, told naively.
struct Told {
    dialog: DialogId,
    messages: Vec<Message>,
    people: HashMap<&'static str, Naive>,
}

impl Told {
    fn begin(history: &mut History) -> Self {
        let dialog = history.create(&PEOPLE[..2]);
        Self {
            dialog,
            messages: Vec::new(),
            people: PEOPLE[..2].iter().map(|name| (*name, Naive::default())).collect(),
        }
    }

    fn step(&mut self, history: &mut History, dice: &mut Dice) {
        let name = PEOPLE[dice.roll(PEOPLE.len())];
        let present = self.people.contains_key(name);
        let index = (!self.messages.is_empty()).then(|| dice.roll(self.messages.len()));
        match (dice.roll(17), index) {
            (0..=5, _) if present => self.send(history, name),
            (6, Some(index)) => {
                let Message {
                    id, author, deleted, ..
                } = self.messages[index];
                if !deleted && self.people.contains_key(author) {
                    history.delete_message(author, self.dialog, id);
                    self.messages[index].deleted = true;
                }
            }
            (7..=9, Some(index)) if present => {
                let place = self.place(index, 0);
                history.own(name, self.dialog, OwnCommand::Read(place));
                self.read(name, index);
            }
            (10, Some(index)) if present => {
                let place = self.place(index, 1);
                history.own(name, self.dialog, OwnCommand::MarkUnread(place));
                let first = self.messages[index].seq;
                self.naive(name).read.retain(|seq| *seq < first);
            }
            (11, _) if present => {
                history.own(name, self.dialog, OwnCommand::Archive);
                self.naive(name).archived = true;
            }
            (12, _) if present => {
                let pinned = dice.roll(2) == 0;
                let command = if pinned {
                    OwnCommand::Pin
                } else {
                    OwnCommand::Unpin
                };
                history.own(name, self.dialog, command);
                self.naive(name).pinned = pinned;
            }
            (13, _) if present => {
                let level = [
                    NotificationLevel::All,
                    NotificationLevel::Mentions,
                    NotificationLevel::None,
                ][dice.roll(3)];
                history.own(name, self.dialog, OwnCommand::Notifications(level));
                self.naive(name).level = level;
            }
            (14, _) if present => {
                history.by(name, self.dialog, Command::Leave);
                self.people.remove(name);
            }
            (14 | 15, _) if !present => {
                let came = participant(name, JoinedAs::Participant);
                history.host(&app(), self.dialog, Command::AddParticipant(came));
                self.people.insert(name, Naive::default());
            }
            (15, _) if present => {
                history.own(name, self.dialog, OwnCommand::Unarchive);
                self.naive(name).archived = false;
            }
            (16, _) => {
                let seq = history.dialogs[&(app(), self.dialog)].state.seq;
                let command = Command::ArchiveIdle { seq };
                history
                    .attempt(&app(), self.dialog, command, Actor::System)
                    .unwrap();
                for naive in self.people.values_mut() {
                    naive.archived = true;
                }
            }
            _ => {}
        }
    }

    fn send(&mut self, history: &mut History, name: &'static str) {
        let id = history.send(name, self.dialog, "text");
        let seq = history.dialogs[&(app(), self.dialog)].state.seq;
        self.messages.push(Message {
            id,
            seq,
            author: name,
            deleted: false,
        });
        for naive in self.people.values_mut() {
            naive.archived = false;
        }
        self.read(name, self.messages.len() - 1);
    }

    fn place(&self, index: usize, shift: u64) -> Place {
        Place {
            message_id: self.messages[index].id,
            seq: self.messages[index].seq - shift,
            count: index as u64 + 1 - shift,
            unread_count: 0,
        }
    }

    fn read(&mut self, name: &str, index: usize) {
        let read: Vec<_> = self.messages[..=index]
            .iter()
            .map(|message| message.seq)
            .collect();
        self.naive(name).read.extend(read);
    }

    fn naive(&mut self, name: &str) -> &mut Naive {
        self.people.get_mut(name).unwrap()
    }

    async fn is_stored(&self, storage: &Storage, seed: u64) {
        let views = storage.participants(&app(), self.dialog).await.unwrap();
        assert_eq!(views.len(), self.people.len(), "seed {seed}");
        for view in views {
            let name = view.user_id.as_str();
            let naive = &self.people[name];
            let unread = self.messages.iter().filter(|message| {
                !message.deleted && message.author != name && !naive.read.contains(&message.seq)
            });
            assert_eq!(
                (
                    view.unread_count,
                    view.is_archived,
                    view.is_pinned,
                    view.notifications_enabled,
                    view.notification_level
                ),
                (
                    unread.count() as u64,
                    naive.archived,
                    naive.pinned,
                    naive.level.enabled(),
                    naive.level
                ),
                "of {name}, seed {seed}"
            );
        }
    }
}

async fn apply_in_pieces(
    database: &Database,
    from: &Projection,
    history: &History,
    dice: &mut Dice,
) -> Projection {
    let mut at = from.clone();
    let mut next = history
        .entries
        .partition_point(|entry| entry.log_seq <= at.log_seq);
    while next < history.entries.len() {
        let end = (next + 1 + dice.roll(20)).min(history.entries.len());
        at = database
            .storage
            .apply(&at, &history.entries[next..end])
            .await
            .unwrap();
        next = end;
    }
    at
}

#[tokio::test]
async fn random_histories_give_what_a_recount_finds_and_again_when_the_log_is_given_again() {
    let database = Database::start().await;
    let mut history = History::default();
    let mut at = database.start.clone();
    let mut all = Vec::new();
    for seed in 0..CASES {
        let mut dice = Dice(seed);
        let mut told = Told::begin(&mut history);
        for _ in 0..10 + dice.roll(60) {
            told.step(&mut history, &mut dice);
        }
        at = apply_in_pieces(&database, &at, &history, &mut dice).await;
        told.is_stored(&database.storage, seed).await;
        all.push(told);
    }
    let again = database.storage.restart_projection(&at, &epoch(2)).await.unwrap();
    apply_in_pieces(&database, &again, &history, &mut Dice(7)).await;
    for (seed, told) in (0..).zip(&all) {
        told.is_stored(&database.storage, seed).await;
    }
}

#[tokio::test]
async fn a_message_brings_the_dialog_back_for_those_who_archived_it_and_names_them_once() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob", "carol"]);
    history.send("carol", dialog, "one");
    history.own("alice", dialog, OwnCommand::Archive);
    history.own("bob", dialog, OwnCommand::Archive);
    let storage = &database.storage;
    let applied = storage.project(&database.start, &history.entries).await.unwrap();
    assert_eq!(applied.unarchived, []);
    let archived = async || -> Vec<bool> {
        let views = storage.participants(&app(), dialog).await.unwrap();
        views.iter().map(|view| view.is_archived).collect()
    };
    assert_eq!(archived().await, [true, true, false]);

    // The sender's own archive is left as well.
    history.send("alice", dialog, "two");
    let applied = storage
        .project(&applied.projection, &history.entries)
        .await
        .unwrap();
    assert_eq!(archived().await, [false; 3]);
    let [told] = &applied.unarchived[..] else {
        panic!("one dialog: {:?}", applied.unarchived)
    };
    let mut users = told.users.clone();
    users.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    assert_eq!(users, [user("alice"), user("bob")]);
    assert_eq!(MessageId::from(told.cause.id), history.last_message());

    history.send("alice", dialog, "three");
    let applied = storage
        .project(&applied.projection, &history.entries)
        .await
        .unwrap();
    assert_eq!(applied.unarchived, [], "told once");
}

#[tokio::test]
async fn archiving_never_hides_a_message_that_it_has_not_seen() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.own("bob", dialog, OwnCommand::Archive);
    history.send("alice", dialog, "meanwhile");
    // The edge that archives does not know of the message yet.
    let stale = history.entries[1].clone();
    let late = mtchat_storage::Entry { log_seq: 4, ..stale };
    history.entries.push(late);
    let applied = database
        .storage
        .project(&database.start, &history.entries)
        .await
        .unwrap();
    let users: Vec<UserId> = applied.unarchived.into_iter().flat_map(|one| one.users).collect();
    assert_eq!(users, [user("bob")], "bob's devices are told");
    let views = database.storage.participants(&app(), dialog).await.unwrap();
    assert!(views.iter().all(|view| !view.is_archived));
}

#[tokio::test]
async fn a_place_says_what_will_be_unread_there() {
    let database = Database::start().await;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let one = history.send("alice", dialog, "one");
    let two = history.send("alice", dialog, "two");
    history.send("alice", dialog, "three");
    history.delete_message("alice", dialog, two);
    let storage = &database.storage;
    let at = storage.apply(&database.start, &history.entries).await.unwrap();
    let place = async |message, side| {
        let found = storage.place(&app(), dialog, &user("bob"), message, side).await;
        let place = found.unwrap().unwrap();
        (place.seq, place.count, place.unread_count)
    };
    assert_eq!(place(one, Side::Behind).await, (2, 1, 1));
    assert_eq!(
        place(two, Side::Behind).await,
        (3, 2, 1),
        "a deleted one is a place"
    );
    let nobody = storage
        .place(&app(), dialog, &user("eve"), one, Side::Behind)
        .await;
    assert_eq!(nobody.unwrap(), None);
    let nothing = storage
        .place(&app(), dialog, &user("bob"), MessageId::fresh(), Side::Behind)
        .await;
    assert_eq!(nothing.unwrap(), None);

    history.send("bob", dialog, "four");
    storage.apply(&at, &history.entries).await.unwrap();
    assert_eq!(place(one, Side::Behind).await, (2, 1, 0), "nothing moves back");
    assert_eq!(
        place(one, Side::Before).await,
        (1, 0, 2),
        "own and deleted ones do not count"
    );
}

#[tokio::test]
async fn whom_a_message_wakes_is_found_by_the_partial_index() {
    let database = Database::start().await;
    let mut look = database.look().await;
    sqlx::query("SET enable_seqscan = off")
        .execute(&mut look)
        .await
        .unwrap();
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN (COSTS off) SELECT p.user_id
        FROM unnest(ARRAY['default'], ARRAY[gen_random_uuid()], ARRAY[1::bigint]) x (app, dialog, count)
        JOIN participants p ON p.app = x.app AND p.dialog = x.dialog
            AND p.archived_count IS NOT NULL AND p.archived_count < x.count
        WHERE p.present",
    )
    .fetch_all(&mut look)
    .await
    .unwrap();
    let plan = plan.join("\n");
    assert!(plan.contains("participants_archived"), "{plan}");
}
