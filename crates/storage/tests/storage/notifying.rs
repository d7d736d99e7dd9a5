//! Who is to be told of unread messages: once, and of what is new only.

use std::time::Duration;

use mtchat_domain::{Command, OwnCommand, Place, Verdict, verdict};
use mtchat_protocol::{AppId, DialogId, JoinedAs, MessageId, NotificationLevel};
use mtchat_storage::{ApplyError, NoticeClaim, Storage, Unnotified};

use crate::support::{
    Database, SHARD, epoch,
    history::{History, participant, user},
};

fn app() -> AppId {
    AppId::default_app()
}

/// What is known of one message, for pointers.
#[derive(Clone, Copy)]
struct Said {
    id: MessageId,
    seq: u64,
    count: u64,
}

struct Told {
    database: Database,
    history: History,
    dialog: DialogId,
    count: u64,
}

impl Told {
    async fn begin(people: &[&str]) -> Self {
        let database = Database::start().await;
        let mut history = History::default();
        let dialog = history.create(people);
        Self {
            database,
            history,
            dialog,
            count: 0,
        }
    }

    fn storage(&self) -> &Storage {
        &self.database.storage
    }

    fn says(&mut self, name: &str, text: &str) -> Said {
        let id = self.history.send(name, self.dialog, text);
        self.count += 1;
        let seq = self.seq();
        let count = self.count;
        Said { id, seq, count }
    }

    fn reads(&mut self, name: &str, said: Said) {
        let place = Place {
            message_id: said.id,
            seq: said.seq,
            count: said.count,
            unread_count: 0,
        };
        self.history.own(name, self.dialog, OwnCommand::Read(place));
    }

    fn marks(&mut self, name: &str, said: Said) {
        let place = Place {
            message_id: said.id,
            seq: said.seq - 1,
            count: said.count - 1,
            unread_count: 0,
        };
        self.history.own(name, self.dialog, OwnCommand::MarkUnread(place));
    }

    fn seq(&self) -> u64 {
        self.history.dialogs[&(app(), self.dialog)].state.seq
    }

    async fn store(&self) {
        let at = self.storage().projection(SHARD).await.unwrap().unwrap();
        self.storage().apply(&at, &self.history.entries).await.unwrap();
    }

    fn end(&self) -> u64 {
        self.history.entries.last().unwrap().log_seq
    }

    /// Begin an answer, and who is to be told.
    async fn asks(&self) -> (Vec<NoticeClaim>, Vec<Unnotified>) {
        self.store().await;
        let dialogs = [(app(), self.dialog)];
        let claims = self
            .storage()
            .claim_notices(SHARD, &dialogs, self.end())
            .await
            .unwrap();
        let members = self.storage().unnotified(&claims, 100).await.unwrap();
        (claims, members)
    }

    /// A whole answer: who was found, in the order of their names.
    async fn answers(&self) -> Vec<Unnotified> {
        let (_, mut members) = self.asks().await;
        self.storage().notified(&members).await.unwrap();
        let dialogs = [(app(), self.dialog)];
        let waiting = self.storage().settle_notices(&dialogs, self.end()).await;
        assert_eq!(waiting.unwrap(), []);
        members.sort_unstable_by(|one, other| one.user.cmp(&other.user));
        members
    }

    /// The names of those to be told, and of how many messages.
    async fn tells(&self) -> Vec<(String, u64)> {
        let members = self.answers().await.into_iter();
        members
            .filter(|member| verdict(member.level, member.mentioned || member.replied) == Verdict::Tell)
            .map(|member| (member.user.as_str().to_owned(), member.unread_count))
            .collect()
    }
}

fn told(names: &[(&str, u64)]) -> Vec<(String, u64)> {
    names
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

#[tokio::test]
async fn everybody_with_something_new_is_told_once_of_all_that_they_have_not_read() {
    let mut it = Told::begin(&["alice", "bob", "carol"]).await;
    let first = it.says("alice", "one");
    let second = it.says("alice", &format!("<b>{}</b>", "long ".repeat(1_000)));
    let members = it.answers().await;
    assert_eq!(members.len(), 2);
    let bob = &members[0];
    assert_eq!((bob.user.as_str(), bob.unread_count), ("bob", 2));
    assert_eq!((bob.first_unread, bob.message.id), (first.id, second.id));
    assert_eq!((bob.message.seq, bob.up_to), (second.seq, it.seq()));
    assert_eq!(bob.message.sender.user_id, user("alice"));
    assert_eq!(bob.message.sender.display_name.as_str(), "Name of alice");
    assert_eq!(bob.message.sender.company.as_ref().unwrap().as_str(), "Acme");
    assert!(bob.message.content.as_str().ends_with('…'));
    assert_eq!(bob.head.title.as_ref().unwrap().as_str(), "Order 1");
    assert_eq!((bob.head.count, bob.head.members.is_none()), (2, true));
    assert_ne!(bob.notice, members[1].notice);

    assert_eq!(it.tells().await, []);
    it.says("bob", "three");
    assert_eq!(it.tells().await, told(&[("alice", 1), ("carol", 3)]));
    it.says("alice", "four");
    assert_eq!(it.tells().await, told(&[("bob", 1), ("carol", 4)]));
}

#[tokio::test]
async fn whoever_has_read_gone_or_come_later_is_not_told_nor_of_what_is_deleted() {
    let mut it = Told::begin(&["alice", "bob", "carol", "dan"]).await;
    let one = it.says("alice", "one");
    it.reads("bob", one);
    it.history.by("carol", it.dialog, Command::Leave);
    let came = participant("erin", JoinedAs::Participant);
    it.history.host(&app(), it.dialog, Command::AddParticipant(came));
    assert_eq!(it.tells().await, told(&[("dan", 1)]));

    // Who came later has it unread all the same, and is told so with the next one.
    let two = it.says("alice", "two");
    it.history.delete_message("alice", it.dialog, two.id);
    assert_eq!(it.tells().await, []);
    it.says("alice", "three");
    assert_eq!(it.tells().await, told(&[("bob", 1), ("dan", 2), ("erin", 2)]));

    // Who comes back begins anew.
    let came = participant("carol", JoinedAs::Participant);
    it.history.host(&app(), it.dialog, Command::AddParticipant(came));
    assert_eq!(it.tells().await, []);
    it.says("dan", "four");
    assert_eq!(
        it.tells().await,
        told(&[("alice", 1), ("bob", 2), ("carol", 3), ("erin", 3)])
    );
}

#[tokio::test]
async fn what_came_while_somebody_did_not_want_to_be_told_is_passed_over() {
    let mut it = Told::begin(&["alice", "bob"]).await;
    it.history.own(
        "bob",
        it.dialog,
        OwnCommand::Notifications(NotificationLevel::None),
    );
    it.says("alice", "one");
    let members = it.answers().await;
    assert_eq!((members.len(), members[0].level), (1, NotificationLevel::None));
    it.history.own(
        "bob",
        it.dialog,
        OwnCommand::Notifications(NotificationLevel::All),
    );
    assert_eq!(it.tells().await, []);
    it.says("alice", "two");
    assert_eq!(it.tells().await, told(&[("bob", 2)]));
}

#[tokio::test]
async fn what_was_read_once_is_never_told_of() {
    let mut it = Told::begin(&["alice", "bob"]).await;
    let one = it.says("alice", "one");
    let two = it.says("alice", "two");
    // Both together in one batch …
    it.reads("bob", two);
    it.marks("bob", one);
    assert_eq!(it.tells().await, []);
    // … and each in its own.
    let three = it.says("alice", "three");
    it.reads("bob", three);
    it.store().await;
    it.marks("bob", two);
    assert_eq!(it.tells().await, []);
    // Sending is reading, too.
    it.says("alice", "four");
    it.says("bob", "five");
    it.store().await;
    it.marks("bob", one);
    assert_eq!(it.tells().await, told(&[("alice", 1)]));
    it.says("alice", "six");
    assert_eq!(it.tells().await, told(&[("bob", 5)]));
}

#[tokio::test]
async fn an_answer_that_is_given_again_is_about_the_same() {
    let mut it = Told::begin(&["alice", "bob"]).await;
    let one = it.says("alice", "one");
    let (claims, members) = it.asks().await;
    // Whoever began it dies, and more is said before somebody else goes on.
    it.says("alice", "two");
    let place = (app(), it.dialog);
    let notifying = it.storage().begin_notifying(SHARD, &epoch(1)).await.unwrap();
    it.store().await;
    it.storage()
        .await_notices(&notifying, &[(place.clone(), it.end())], it.end())
        .await
        .unwrap();
    let (again, once_more) = it.asks().await;
    assert_eq!(again[0].up_to, claims[0].up_to);
    assert!(claims[0].may_put_off && !again[0].may_put_off);
    assert_eq!(once_more[0].notice, members[0].notice);
    assert_eq!((once_more[0].message.id, once_more[0].unread_count), (one.id, 2));
    it.storage().notified(&once_more).await.unwrap();
    let dialogs = [place.clone()];
    let waiting = it.storage().settle_notices(&dialogs, it.end()).await.unwrap();
    assert_eq!(waiting, dialogs);
    let overdue = it.storage().overdue_notices(SHARD, Duration::ZERO, 10).await;
    assert_eq!(overdue.unwrap(), dialogs);

    assert_eq!(it.tells().await, told(&[("bob", 2)]));
    let overdue = it.storage().overdue_notices(SHARD, Duration::ZERO, 10).await;
    assert_eq!(overdue.unwrap(), []);
}

#[tokio::test]
async fn only_the_one_at_its_place_goes_on_and_another_life_of_the_log_begins_anew() {
    let it = Told::begin(&["alice"]).await;
    let storage = it.storage();
    assert_eq!(storage.notifying(SHARD).await.unwrap(), None);
    let begun = storage.begin_notifying(SHARD, &epoch(1)).await.unwrap();
    let awaited = [((app(), it.dialog), 7)];
    let moved = storage.await_notices(&begun, &awaited, 9).await.unwrap();
    assert_eq!((begun.log_seq, moved.log_seq), (0, 9));
    let fenced = storage.await_notices(&begun, &awaited, 10).await;
    assert!(matches!(fenced, Err(ApplyError::Fenced)), "{fenced:?}");
    assert_eq!(storage.begin_notifying(SHARD, &epoch(1)).await.unwrap(), moved);
    let hour = Duration::from_secs(3_600);
    assert_eq!(storage.overdue_notices(SHARD, hour, 10).await.unwrap(), []);

    let anew = storage.begin_notifying(SHARD, &epoch(2)).await.unwrap();
    assert_eq!(anew.log_seq, 0);
    // The place 7 was of the other life: an answer at place 1 of this one settles it.
    let dialogs = [(app(), it.dialog)];
    assert_eq!(storage.settle_notices(&dialogs, 1).await.unwrap(), []);
    let overdue = storage.overdue_notices(SHARD, Duration::ZERO, 10).await;
    assert_eq!(overdue.unwrap(), []);
}

#[tokio::test]
async fn many_are_told_page_by_page_and_a_dialog_that_is_gone_tells_nobody() {
    let names: Vec<String> = (0..30).map(|number| format!("user-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut it = Told::begin(&names).await;
    it.says("user-0", "one");
    let (claims, all) = it.asks().await;
    assert_eq!(all.len(), 29);
    let mut pages = Vec::new();
    loop {
        let page = it.storage().unnotified(&claims, 10).await.unwrap();
        if page.is_empty() {
            break;
        }
        it.storage().notified(&page).await.unwrap();
        pages.push(page.len());
    }
    assert_eq!(pages, [10, 10, 9]);

    it.history
        .host(&app(), it.dialog, Command::Delete { rules: Vec::new() });
    let dialogs = [(app(), it.dialog)];
    it.storage().settle_notices(&dialogs, it.end()).await.unwrap();
    let (claims, members) = it.asks().await;
    assert_eq!((claims.len(), members.len()), (0, 0));
}

#[tokio::test]
async fn dialogs_of_different_apps_are_answered_together_and_apart() {
    let mut it = Told::begin(&["alice", "bob"]).await;
    it.says("alice", "here");
    let other = AppId::new("other").unwrap();
    let there = it.history.create_with(&other, &["alice", "bob"], Vec::new());
    it.store().await;
    let dialogs = [(app(), it.dialog), (other.clone(), there)];
    let claims = it
        .storage()
        .claim_notices(SHARD, &dialogs, it.end())
        .await
        .unwrap();
    assert_eq!(claims.len(), 2);
    let members = it.storage().unnotified(&claims, 10).await.unwrap();
    assert_eq!(members.len(), 1);
    assert_eq!((&members[0].app, members[0].dialog), (&app(), it.dialog));
}
