//! Endpoints that fail, and workers that die: everything is told in the end, in order, and repeats are known by their id.

use std::time::Duration;

use http::Method;
use mtchat_protocol::ErasureView;
use mtchat_tests::{Database, Delivery, PATIENCE, Receiver, Reply, System, User, eventually};

use crate::webhooks::{by_dialog, repeats_are_the_same_and_order_holds, started, telling};

/// Stands in everything that a person wrote who is to be forgotten.
const CANARY: &str = "canary5d1c";

async fn alone(system: &System) -> User {
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice
}

/// Three dialogs: fewer than make an endpoint count as down.
async fn three(system: &System) -> [User; 3] {
    [alone(system).await, alone(system).await, alone(system).await]
}

async fn say(users: &[User], texts: &[&str]) {
    for text in texts {
        for user in users {
            user.send(text).await;
        }
    }
}

async fn nothing_waits(database: &Database) {
    eventually("nothing to wait any more", PATIENCE, async || {
        (database.endpoint_backlog().await == (0, 0)).then_some(())
    })
    .await;
}

async fn all_is_written_down(system: &System) {
    let database = system.database().await;
    database.has_everything(system).await;
    eventually("it to be written down what was told", PATIENCE, async || {
        let stands = database.endpoint_position().await?;
        (stands == database.position().await).then_some(())
    })
    .await;
}

fn every_dialog_has(taken: &[Delivery], users: &[User], texts: &[String]) {
    let contents = by_dialog(taken);
    for user in users {
        assert_eq!(contents[&user.dialog().to_string()], texts, "{contents:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_fails_gets_everything_when_it_is_well_again() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let users = three(&system).await;
    let mut texts = Vec::new();
    for (name, trouble) in [
        ("error", Reply::Status(500)),
        ("break", Reply::Break),
        ("silence", Reply::Never),
        ("busy", Reply::Status(429)),
    ] {
        let before = receiver.deliveries().len();
        receiver.answers(trouble);
        let said = [format!("{name} 1"), format!("{name} 2")];
        say(&users, &[&said[0], &said[1]]).await;
        receiver
            .until("all three to fail", |deliveries| {
                (deliveries.len() >= before + 3).then_some(())
            })
            .await;
        receiver.answers(Reply::Status(200));
        texts.extend(said);
        let taken = receiver.takes(texts.len() * users.len()).await;
        every_dialog_has(&taken, &users, &texts);
    }
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
    nothing_waits(&system.database().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_is_gone_holds_its_place_until_it_is_back() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let users = three(&system).await;
    receiver.goes_down().await;
    say(&users, &["one", "two"]).await;
    let refused = async || {
        let tries = system.worker(0).metric("mtchat_webhook_deliveries_total").await;
        (tries >= 1.0).then_some(())
    };
    eventually("a connection to be refused", PATIENCE, refused).await;
    // Others do not notice: the worker is well, and messages come and go.
    system.worker(0).is_ready().await;
    say(&users, &["three"]).await;
    receiver.comes_back().await;
    let taken = receiver.takes(9).await;
    every_dialog_has(&taken, &users, &["one", "two", "three"].map(str::to_owned));
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
    nothing_waits(&system.database().await).await;
}

/// A58: wherever it leads.
#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() {
    let elsewhere = Receiver::start().await;
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let users = [three(&system).await.to_vec(), vec![alone(&system).await]].concat();
    let target = elsewhere.url();
    receiver.answers_by(move |delivery| match [301, 302, 307, 308].get(delivery.number) {
        Some(status) => Reply::With(*status, "location", target.clone()),
        None => Reply::Status(200),
    });
    say(&users, &["hi"]).await;
    let taken = receiver.takes(users.len()).await;
    every_dialog_has(&taken, &users, &["hi".to_owned()]);
    assert!(elsewhere.deliveries().is_empty());
    assert_eq!(receiver.deliveries().len(), 8);
}

#[tokio::test]
async fn a_dialog_whose_events_fail_does_not_hold_up_the_others() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let users = [alone(&system).await, alone(&system).await];
    let (stuck, free) = users.split_at(1);
    let which = stuck[0].dialog().to_string();
    receiver.answers_by(move |delivery| {
        if delivery.dialog() == which {
            Reply::Status(500)
        } else {
            Reply::Status(200)
        }
    });
    let texts = ["one", "two", "three"].map(str::to_owned);
    say(&users, &["one", "two", "three"]).await;
    every_dialog_has(&receiver.takes(3).await, free, &texts);
    // What is stuck is put aside, so that the endpoint's place in the log moves on.
    let database = system.database().await;
    eventually("the events to be put aside", PATIENCE, async || {
        (database.endpoint_backlog().await == (3, 0)).then_some(())
    })
    .await;
    for tried in receiver
        .deliveries()
        .iter()
        .filter(|delivery| !delivery.was_taken())
    {
        assert_eq!(tried.content(), "one", "the others wait behind it");
    }
    receiver.answers(Reply::Status(200));
    every_dialog_has(&receiver.takes(6).await, stuck, &texts);
    nothing_waits(&database).await;
}

/// F5, and the moments around it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_killed_at_any_moment_loses_nothing() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let worker = system.worker(0);
    let users = [alone(&system).await];
    let [alice] = &users;

    // Before anything is sent.
    worker.kill().await;
    alice.send_accepted("before").await;
    worker.restart().await;
    receiver.takes(1).await;
    all_is_written_down(&system).await;

    // While the endpoint has the event and has not answered.
    receiver.answers(Reply::Held);
    alice.send("during").await;
    let first = receiver.held().await;
    worker.kill().await;
    let id = first.delivery.id().to_owned();
    first.is_answered(Reply::Status(200));
    worker.restart().await;
    let again = receiver.held().await;
    assert_eq!(again.delivery.id(), id, "the same event has the same id");

    // After its answer, and before anybody could have written that down.
    again.is_answered(Reply::Status(200));
    worker.kill().await;
    receiver.answers(Reply::Status(200));
    worker.restart().await;
    alice.send("after").await;
    let taken = receiver.takes(3).await;
    every_dialog_has(&taken, &users, &["before", "during", "after"].map(str::to_owned));
    repeats_are_the_same_and_order_holds(&receiver.deliveries());

    // After it was written down: nothing is repeated.
    all_is_written_down(&system).await;
    let before = receiver.deliveries().len();
    worker.kill().await;
    worker.restart().await;
    alice.send("last").await;
    receiver.takes(4).await;
    assert_eq!(receiver.deliveries().len(), before + 1);
}

#[tokio::test]
async fn who_says_that_it_is_gone_is_switched_off() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let users = [alone(&system).await];
    let [alice] = &users;
    receiver.answers(Reply::Status(410));
    alice.send("one").await;
    let database = system.database().await;
    eventually("the endpoint to be switched off", PATIENCE, async || {
        database.endpoint_disabled().await
    })
    .await;
    receiver.answers(Reply::Status(200));
    let worker = system.worker(0);
    worker.kill().await;
    worker.restart().await;
    alice.send("two").await;
    database.has_everything(&system).await;
    assert_eq!(receiver.deliveries().len(), 1);

    // Somebody who knows that it is back.
    database
        .run("UPDATE webhook_endpoints SET disabled = NULL")
        .await
        .unwrap();
    let taken = receiver.takes(2).await;
    every_dialog_has(&taken, &users, &["one", "two"].map(str::to_owned));
}

#[tokio::test]
async fn what_is_rejected_is_given_up_after_four_tries_and_the_rest_goes_on() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let users = [alone(&system).await];
    receiver.answers_by(|delivery| {
        if delivery.content() == "bad" {
            Reply::Status(422)
        } else {
            Reply::Status(200)
        }
    });
    say(&users, &["bad", "good"]).await;
    let taken = receiver.takes(1).await;
    every_dialog_has(&taken, &users, &["good".to_owned()]);
    system.database().await.endpoint_gave_up(1).await;
    let tries = receiver.deliveries();
    let bad: Vec<&Delivery> = tries
        .iter()
        .filter(|delivery| delivery.content() == "bad")
        .collect();
    assert_eq!(bad.len(), 4);
    assert!(bad.iter().all(|delivery| delivery.id() == bad[0].id()));
    assert!(
        tries.last().is_some_and(|delivery| delivery.content() == "good"),
        "what follows waits until then"
    );
}

#[tokio::test]
async fn an_endpoint_is_left_alone_as_long_as_it_asks() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let users = three(&system).await;
    receiver.answers_by(|delivery| match delivery.number {
        0 => Reply::With(429, "retry-after", "3".to_owned()),
        _ => Reply::Status(200),
    });
    say(&users[..1], &["first"]).await;
    // The worker knows the answer, not only the endpoint.
    eventually("the first try", PATIENCE, async || {
        let tries = system.worker(0).metric("mtchat_webhook_deliveries_total").await;
        (tries >= 1.0).then_some(())
    })
    .await;
    say(&users[1..], &["others"]).await;
    receiver.takes(3).await;
    let deliveries = receiver.deliveries();
    let pause = deliveries[1].at - deliveries[0].at;
    assert!(pause >= Duration::from_millis(2_500), "{pause:?}");
}

/// G17: what waits for an endpoint stands in the log only, so what is erased there is told to nobody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_comes_back_hears_nothing_of_whoever_was_forgotten() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    receiver.goes_down().await;
    for number in 0..3 {
        alice.send(&format!("{number} {CANARY}")).await;
    }
    let admin = system.admin(0);
    let path = "/users/alice/erase";
    admin.ask(Method::POST, path, "").await.expect(202);
    eventually("she is forgotten", PATIENCE * 3, async || {
        let view: ErasureView = admin.ask(Method::GET, path, "").await.data();
        view.finished_at
    })
    .await;
    bob.send("still here").await;
    receiver.comes_back().await;
    let said = receiver
        .until("what was said last", |deliveries| {
            let taken = deliveries.iter().filter(|delivery| delivery.was_taken());
            taken
                .clone()
                .any(|one| one.content() == "still here")
                .then(|| taken.cloned().collect::<Vec<_>>())
        })
        .await;
    for delivery in said {
        let told = String::from_utf8_lossy(&delivery.body).into_owned();
        assert!(!told.contains(CANARY), "{told}");
    }
    let tables = system.database().await.tables_with(CANARY).await;
    assert!(tables.is_empty(), "tables hold the canary: {tables:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_tell_an_endpoint_as_one_does() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver).workers(2)).await;
    let users = three(&system).await;
    let mut texts = Vec::new();
    for worker in system.workers() {
        let said = format!("while {} hangs", worker.name());
        worker.pause();
        say(&users, &[&said]).await;
        texts.push(said);
        receiver.takes(texts.len() * users.len()).await;
        worker.unpause();
    }
    say(&users, &["last"]).await;
    texts.push("last".to_owned());
    let taken = receiver.takes(texts.len() * users.len()).await;
    every_dialog_has(&taken, &users, &texts);
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
}
