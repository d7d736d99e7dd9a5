//! What operators see and do: `mtchat lag`, `mtchat dead-letters` and `mtchat replay`.

use std::collections::BTreeMap;

use mtchat_protocol::MessageId;
use mtchat_tests::{PATIENCE, Receiver, Reply, System, eventually};
use serde_json::Value;

use crate::webhooks::{started, telling};

/// Runs a command once: whether it ended well, and what it printed.
async fn runs(system: &System, arguments: &[&str]) -> (bool, String) {
    let log = system.directory().join(format!("{}.log", MessageId::fresh()));
    let (status, printed) = system.program(arguments).into_file(log).run().await;
    (status.success(), printed)
}

fn json(printed: &str) -> Value {
    let line = printed.lines().find(|line| line.starts_with('{'));
    let line = line.unwrap_or_else(|| panic!("no JSON in {printed}"));
    serde_json::from_str(line).unwrap()
}

/// How many entries each reader is behind.
fn behind(report: &Value) -> BTreeMap<String, u64> {
    let readers = report["shards"][0]["readers"].as_array().unwrap();
    readers
        .iter()
        .map(|reader| {
            let name = reader["reader"].as_str().unwrap().to_owned();
            (name, reader["behind"].as_u64().unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lag_says_how_far_each_reader_is_and_fails_when_that_is_too_far() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice.send("one").await;
    // The fan-out says about once a second how far it is.
    let printed = eventually("nobody to be behind", PATIENCE, async || {
        let (well, printed) = runs(&system, &["lag", "--json", "--fail-behind", "0"]).await;
        well.then_some(printed)
    })
    .await;
    let names: Vec<String> = behind(&json(&printed)).into_keys().collect();
    let expected = [
        "fanout",
        "indexer",
        "notifier",
        "projector",
        "webhooks default/configured",
    ];
    assert_eq!(names, expected);

    system.worker(0).stop().await;
    for number in 0..3 {
        alice.send_accepted(&number.to_string()).await;
    }
    let (well, printed) = runs(&system, &["lag", "--json", "--fail-behind", "2"]).await;
    assert!(!well, "{printed}");
    let report = json(&printed);
    assert!(behind(&report).values().all(|behind| *behind == 3), "{report}");
    for reader in report["shards"][0]["readers"].as_array().unwrap() {
        let age = reader["age_secs"].as_f64();
        assert!(age.is_some_and(|age| (0.0..60.0).contains(&age)), "{reader}");
    }
    let log = &report["shards"][0]["log"];
    assert!(log["used_percent"].as_f64().unwrap() > 0.0, "{log}");

    let (well, printed) = runs(&system, &["lag", "--fail-behind", "3", "--fail-age", "1h"]).await;
    assert!(
        well && printed.contains("webhooks default/configured"),
        "{printed}"
    );
    assert!(
        !printed.contains('\u{1b}'),
        "no colours off a terminal: {printed}"
    );
}

/// F26: something is wrong, a fact is set aside, the dialog goes on; it is put right, and nobody can tell.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fact_that_was_set_aside_takes_its_place_once_whatever_was_wrong_is_put_right() {
    let system = System::start().await;
    let database = system.database().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("before").await;
    database
        .run("ALTER TABLE messages ADD CONSTRAINT wrong CHECK (content <> 'needle')")
        .await
        .unwrap();
    alice.send_accepted("needle").await;
    alice.send("after").await;
    database.has_everything(&system).await;
    // The live path does not wait for the database.
    bob.sees(["before", "needle", "after"]).await;
    assert_eq!(bob.reads().await, ["before", "after"]);

    let (well, printed) = runs(&system, &["dead-letters", "list", "--json"]).await;
    assert!(well, "{printed}");
    assert!(
        !printed.contains("needle"),
        "a list tells nothing of what was said"
    );
    let letter = json(&printed)["letter"].as_str().unwrap().to_owned();
    let (well, printed) = runs(&system, &["dead-letters", "show", &letter]).await;
    assert!(well && printed.contains("needle"), "{printed}");
    let (well, printed) = runs(&system, &["dead-letters", "retry", &letter]).await;
    assert!(!well && printed.contains("still can not be applied"), "{printed}");
    assert_eq!(database.dead_letters().await, 1);

    database
        .run("ALTER TABLE messages DROP CONSTRAINT wrong")
        .await
        .unwrap();
    let (well, printed) = runs(&system, &["dead-letters", "retry", &letter]).await;
    assert!(well, "{printed}");
    assert_eq!(database.dead_letters().await, 0);
    for user in [&alice, &bob] {
        assert_eq!(user.reads().await, ["before", "needle", "after"]);
    }
    let found: Value = bob
        .ask(http::Method::GET, "/api/v1/search?q=needle", "")
        .await
        .data();
    assert!(found.to_string().contains("needle"), "{found}");
    // Once is enough, and the dialog goes on.
    let (well, printed) = runs(&system, &["dead-letters", "retry", &letter]).await;
    assert!(!well && printed.contains("there is no dead letter"), "{printed}");
    alice.send("later").await;
    bob.sees("later").await;
    assert_eq!(bob.reads().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_was_given_up_is_delivered_when_it_is_retried() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let database = system.database().await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    receiver.answers(Reply::Status(422));
    alice.send("refused").await;
    database.endpoint_gave_up(1).await;
    receiver.answers(Reply::Status(200));

    let (well, printed) = runs(&system, &["dead-letters", "list", "--json", "--app", "default"]).await;
    assert!(well, "{printed}");
    let letter = json(&printed)["letter"].as_str().unwrap().to_owned();
    assert!(letter.starts_with("default/configured/0-"), "{letter}");
    let (well, printed) = runs(&system, &["dead-letters", "retry", &letter]).await;
    assert!(well, "{printed}");
    let taken = receiver.takes(1).await;
    assert_eq!(taken[0].content(), "refused");
    eventually("nothing to wait any more", PATIENCE, async || {
        (database.endpoint_backlog().await == (0, 0)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_is_told_again_from_wherever_it_is_wanted() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let [alice] = system.dialog().offline().between(["alice"]).await;
    for text in ["one", "two", "three"] {
        alice.send(text).await;
    }
    let first = receiver.takes(3).await;
    let replay = ["replay", "--endpoint", "configured", "--from-seq", "1"];
    let (well, printed) = runs(&system, &replay).await;
    assert!(well && printed.contains("is told again"), "{printed}");
    receiver
        .until("everything to come again", |deliveries| {
            (deliveries.len() >= 6).then_some(())
        })
        .await;
    let ids: Vec<String> = first.iter().map(|delivery| delivery.id().to_owned()).collect();
    let again: Vec<String> = receiver.deliveries()[3..]
        .iter()
        .map(|delivery| delivery.id().to_owned())
        .collect();
    assert_eq!(again, ids, "the same events, in the same order");

    let unknown = ["replay", "--endpoint", "nobody", "--from-seq", "1"];
    let (well, printed) = runs(&system, &unknown).await;
    assert!(!well && printed.contains("there is no endpoint"), "{printed}");
}
