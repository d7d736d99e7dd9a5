//! What was set aside and is applied later leaves nothing that tells of it.

use mtchat_protocol::{Fact, FactClass, FactData};
use mtchat_storage::{Again, Entry, Followed, NotAgain, Projection, Storage, Undecodable};
use proptest::prelude::*;
use sqlx::PgConnection;

use crate::{
    splits::{Act, Try, apply, clear, compare, dump, played, tries},
    support::{Database, SHARD, epoch, history::History},
};

fn fact(entry: &Entry) -> &Fact {
    entry.fact.as_ref().unwrap()
}

/// The log as it was, with something in this place that nobody can read.
fn poisoned(entries: &[Entry], place: usize) -> Vec<Entry> {
    let mut poisoned = entries.to_vec();
    poisoned[place].fact = Err(Undecodable {
        subject: "mtchat.log.0".to_owned(),
        reason: "not yet".to_owned(),
        payload: fact(&entries[place]).encode().unwrap(),
    });
    poisoned
}

/// A letter, with what the log holds of its dialog.
fn again(entries: &[Entry], log_seq: u64) -> Again {
    let place = entries.iter().position(|entry| entry.log_seq == log_seq).unwrap();
    let aside = fact(&entries[place]);
    let here = entries[place + 1..]
        .iter()
        .filter(|entry| fact(entry).dialog == aside.dialog && fact(entry).app == aside.app);
    Again {
        shard: SHARD,
        epoch: epoch(1),
        log_seq,
        fact: aside.clone(),
        followed: here
            .map(|entry| Followed {
                log_seq: entry.log_seq,
                ordered: fact(entry).data.class() == FactClass::Ordered,
                fact: Some(fact(entry).clone()),
            })
            .collect(),
        log_first: 1,
        log_last: entries.last().unwrap().log_seq,
    }
}

async fn begin(storage: &Storage) -> Projection {
    storage.begin_projection(SHARD, &epoch(1)).await.unwrap()
}

/// Until nothing is set aside any more. What was refused for want of its dialog is applied once that is there.
async fn retry_all(storage: &Storage, entries: &[Entry]) {
    let letters = storage.dead_letters(1_000).await.unwrap();
    let mut places: Vec<u64> = letters.iter().map(|letter| letter.log_seq).collect();
    places.sort_unstable();
    for log_seq in places {
        storage.apply_again(&again(entries, log_seq)).await.unwrap();
    }
    assert!(storage.dead_letters(1).await.unwrap().is_empty());
}

/// The tables when one fact was set aside and applied later, those when it was not, and what kind of fact it was.
async fn as_if_never_aside(
    storage: &Storage,
    look: &mut PgConnection,
    tries: &[Try],
    which: impl Fn(&[Entry]) -> usize,
) -> (String, String, String) {
    let history = played(tries);
    let entries = &history.entries;
    clear(look).await;
    apply(storage, begin(storage).await, entries, &[1]).await;
    let expected = dump(look).await;

    clear(look).await;
    let place = which(entries);
    let end = apply(storage, begin(storage).await, &poisoned(entries, place), &[7]).await;
    retry_all(storage, entries).await;
    let found = dump(look).await;
    if found == expected {
        compare(storage, &history).await;
        assert_eq!(storage.projection(SHARD).await.unwrap(), Some(end));
    }
    (found, expected, fact(&entries[place]).data.kind_str().to_owned())
}

/// F26: whichever fact it is, and whatever came after it.
#[test]
fn a_fact_that_is_applied_later_leaves_the_tables_as_if_it_never_was_aside() {
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
        cases: 64,
        max_shrink_iters: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let look = std::cell::RefCell::new(&mut look);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let cases = (tries(), any::<prop::sample::Index>());
    let outcome = runner.run(&cases, |(mut tries, which)| {
        // Of a deleted dialog nothing is left to be right or wrong.
        tries.retain(|Try { act, .. }| !matches!(act, Act::Delete));
        let mut look = look.borrow_mut();
        let kept = runtime.block_on(as_if_never_aside(storage, &mut look, &tries, |entries| {
            which.index(entries.len())
        }));
        let (found, expected, kind) = kept;
        prop_assert_eq!(&found, &expected, "{}", kind);
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn a_deleted_message_still_tells_that_it_was_edited() {
    let database = Database::start().await;
    let mut look = database.look().await;
    let by_bob = |act| Try {
        dialog: 2,
        who: 1,
        act,
    };
    let tries = [Act::Send, Act::Edit(0), Act::DeleteMessage(0)].map(by_bob);
    let edit = |entries: &[Entry]| {
        let is_edit = |entry: &Entry| matches!(fact(entry).data, FactData::MessageEdited(_));
        entries.iter().position(is_edit).unwrap()
    };
    let (found, expected, _) = as_if_never_aside(&database.storage, &mut look, &tries, edit).await;
    assert_eq!(found, expected);
}

#[tokio::test]
async fn what_can_not_be_put_in_its_place_stays_aside() {
    let database = Database::start().await;
    let storage = &database.storage;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    let one = history.send("alice", dialog, "one");
    history.edit("alice", dialog, one, "one, edited");
    history.send("bob", dialog, "two");
    let entries = &history.entries;
    apply(storage, database.start.clone(), &poisoned(entries, 1), &[10]).await;
    let letter = again(entries, 2);

    let mut purged = letter.clone();
    purged.followed.remove(0);
    let mut elsewhere = letter.clone();
    elsewhere.epoch = epoch(2);
    let mut late = letter.clone();
    late.log_last = 3;
    late.followed.truncate(1);
    assert!(matches!(
        storage.apply_again(&purged).await,
        Err(NotAgain::Incomplete)
    ));
    assert!(matches!(
        storage.apply_again(&elsewhere).await,
        Err(NotAgain::Elsewhere)
    ));
    assert!(matches!(storage.apply_again(&late).await, Err(NotAgain::Moved)));
    assert_eq!(storage.dead_letters(10).await.unwrap().len(), 1);

    assert_eq!(storage.apply_again(&letter).await.unwrap(), 3);
    assert!(matches!(storage.apply_again(&letter).await, Err(NotAgain::Gone)));
}

#[tokio::test]
async fn what_a_dialog_begins_with_comes_first() {
    let database = Database::start().await;
    let storage = &database.storage;
    let mut history = History::default();
    let dialog = history.create(&["alice", "bob"]);
    history.send("alice", dialog, "one");
    let entries = &history.entries;
    apply(storage, database.start.clone(), &poisoned(entries, 0), &[10]).await;
    let first = storage.apply_again(&again(entries, 2)).await;
    assert!(matches!(first, Err(NotAgain::Unknown)), "{first:?}");
    retry_all(storage, entries).await;
    assert!(matches!(fact(&entries[0]).data, FactData::DialogCreated(_)));
    compare(storage, &history).await;
}
