//! Pages of the timeline.

use mtchat_domain::Command;
use mtchat_protocol::{AppId, DialogId, MessageId, MessagesPage, PageQuery};
use mtchat_storage::PageAnswer;
use uuid::Uuid;

use crate::support::{
    Database,
    history::{History, user},
};

fn app() -> AppId {
    AppId::default_app()
}

/// `alice` and `bob`; seq 1 is the system message, then the messages `2`, `3`, ... of alice, each with its own number.
struct Timeline {
    database: Database,
    dialog: DialogId,
    history: History,
    ids: Vec<MessageId>,
}

impl Timeline {
    async fn of(messages: usize, deleted: &[u64]) -> Self {
        let mut history = History::default();
        let dialog = history.create(&["alice", "bob"]);
        let mut ids = vec![MessageId(Uuid::nil()), history.last_message()];
        for seq in 2..messages + 2 {
            ids.push(history.send("alice", dialog, &seq.to_string()));
        }
        for seq in deleted {
            history.delete_message("alice", dialog, ids[usize::try_from(*seq).unwrap()]);
        }
        let database = Database::start().await;
        database
            .storage
            .apply(&database.start, &history.entries)
            .await
            .unwrap();
        Self {
            database,
            dialog,
            history,
            ids,
        }
    }

    async fn ask(&self, name: &str, query: PageQuery, limit: u32) -> PageAnswer {
        self.database
            .storage
            .messages_page(&app(), self.dialog, &user(name), query, limit)
            .await
            .unwrap()
    }

    async fn page(&self, query: PageQuery, limit: u32) -> MessagesPage {
        match self.ask("bob", query, limit).await {
            PageAnswer::Page(page) => page.value,
            other => panic!("no page but {other:?}"),
        }
    }

    /// The numbers on a page, and whether there are more before and after.
    async fn sees(&self, query: PageQuery, limit: u32) -> (Vec<u64>, bool, bool) {
        let page = self.page(query, limit).await;
        let seqs = page.messages.iter().map(|message| message.seq).collect();
        (seqs, page.has_more_before, page.has_more_after)
    }

    fn id(&self, seq: usize) -> MessageId {
        self.ids[seq]
    }
}

#[tokio::test]
async fn every_kind_of_page_is_exact_at_its_edges() {
    let timeline = Timeline::of(9, &[]).await;
    let (before, after, around) = (PageQuery::Before, PageQuery::After, PageQuery::Around);
    let id = |seq| timeline.id(seq);
    for (query, limit, expected) in [
        (PageQuery::Latest, 3, (vec![8, 9, 10], true, false)),
        (PageQuery::Latest, 10, ((1..=10).collect(), false, false)),
        (PageQuery::Latest, 200, ((1..=10).collect(), false, false)),
        (before(id(4)), 2, (vec![2, 3], true, true)),
        (before(id(4)), 3, (vec![1, 2, 3], false, true)),
        (before(id(1)), 3, (vec![], false, true)),
        (after(id(7)), 2, (vec![8, 9], true, true)),
        (after(id(7)), 3, (vec![8, 9, 10], true, false)),
        (after(id(10)), 3, (vec![], true, false)),
        (around(id(5)), 4, (vec![3, 4, 5, 6], true, true)),
        (around(id(5)), 5, (vec![3, 4, 5, 6, 7], true, true)),
        (around(id(5)), 1, (vec![5], true, true)),
        (around(id(1)), 4, (vec![1, 2], false, true)),
        (around(id(10)), 4, (vec![8, 9, 10], true, false)),
    ] {
        assert_eq!(timeline.sees(query, limit).await, expected, "{query:?}, {limit}");
    }
}

#[tokio::test]
async fn deleted_messages_are_left_out_and_still_are_places() {
    let timeline = Timeline::of(7, &[2, 5, 8]).await;
    let id = |seq| timeline.id(seq);
    for (query, limit, expected) in [
        (PageQuery::Latest, 2, (vec![6, 7], true, false)),
        (PageQuery::Before(id(5)), 2, (vec![3, 4], true, true)),
        (PageQuery::Before(id(8)), 9, (vec![1, 3, 4, 6, 7], false, false)),
        (PageQuery::After(id(5)), 9, (vec![6, 7], true, false)),
        (PageQuery::After(id(7)), 9, (vec![], true, false)),
        (PageQuery::Before(id(3)), 9, (vec![1], false, true)),
        (PageQuery::Around(id(5)), 4, (vec![3, 4, 6, 7], true, false)),
    ] {
        assert_eq!(timeline.sees(query, limit).await, expected, "{query:?}, {limit}");
    }
}

#[tokio::test]
async fn the_first_unread_message_is_the_first_of_the_page_that_is_neither_own_nor_system() {
    let mut timeline = Timeline::of(2, &[2]).await;
    assert_eq!(
        timeline.page(PageQuery::Latest, 50).await.first_unread_message_id,
        Some(timeline.id(3))
    );
    assert_eq!(
        timeline
            .page(PageQuery::Around(timeline.id(3)), 50)
            .await
            .first_unread_message_id,
        None
    );
    let PageAnswer::Page(own) = timeline.ask("alice", PageQuery::Latest, 50).await else {
        panic!("no page")
    };
    assert_eq!(own.first_unread_message_id, None);

    let (history, dialog) = (&mut timeline.history, timeline.dialog);
    history.send("bob", dialog, "read so far");
    let next = history.send("alice", dialog, "unread");
    let at = timeline
        .database
        .storage
        .projection(crate::support::SHARD)
        .await
        .unwrap()
        .unwrap();
    timeline
        .database
        .storage
        .apply(&at, &timeline.history.entries)
        .await
        .unwrap();
    assert_eq!(
        timeline.page(PageQuery::Latest, 50).await.first_unread_message_id,
        Some(next)
    );
    assert_eq!(
        timeline
            .page(PageQuery::Before(next), 50)
            .await
            .first_unread_message_id,
        None
    );
}

#[tokio::test]
async fn only_members_get_pages_and_only_of_messages_of_the_dialog() {
    let mut timeline = Timeline::of(2, &[]).await;
    assert_eq!(
        timeline.ask("carol", PageQuery::Latest, 5).await,
        PageAnswer::NotParticipant
    );
    let unknown = PageQuery::Around(MessageId(Uuid::from_u128(9)));
    assert_eq!(
        timeline.ask("carol", unknown, 5).await,
        PageAnswer::NotParticipant
    );
    for query in [PageQuery::Before, PageQuery::After, PageQuery::Around] {
        let answer = timeline.ask("bob", query(MessageId(Uuid::from_u128(9))), 5).await;
        assert_eq!(answer, PageAnswer::NoSuchMessage);
    }
    let other = timeline.history.create(&["bob"]);
    let foreign = timeline.history.send("bob", other, "elsewhere");
    let dialog = timeline.dialog;
    timeline.history.by("bob", dialog, Command::Leave);
    let at = timeline
        .database
        .storage
        .projection(crate::support::SHARD)
        .await
        .unwrap()
        .unwrap();
    let storage = &timeline.database.storage;
    let entries = &timeline.history.entries;
    let at = storage.apply(&at, &entries[..entries.len() - 1]).await.unwrap();
    assert_eq!(
        timeline.ask("bob", PageQuery::Around(foreign), 5).await,
        PageAnswer::NoSuchMessage
    );
    storage.apply(&at, entries).await.unwrap();
    assert_eq!(
        timeline.ask("bob", PageQuery::Latest, 5).await,
        PageAnswer::NotParticipant
    );
    let elsewhere = AppId::new("elsewhere").unwrap();
    let alice = user("alice");
    let answer = storage
        .messages_page(&elsewhere, timeline.dialog, &alice, PageQuery::Latest, 5)
        .await;
    assert_eq!(answer.unwrap(), PageAnswer::NotParticipant);
}
