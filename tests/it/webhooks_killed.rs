//! A worker dies at exactly the moments that matter to an endpoint, and an endpoint is away for long.

use mtchat_tests::{Database, PATIENCE, Receiver, Reply, System, User, eventually};

use crate::webhooks::{by_dialog, repeats_are_the_same_and_order_holds, started, telling};

async fn alone(system: &System) -> User {
    let [alice] = system.dialog().offline().between(["alice"]).await;
    alice
}

/// What was told stands in the database, and nothing waits.
async fn all_is_written_down(system: &System, database: &Database) {
    database.has_everything(system).await;
    eventually("it to be written down what was told", PATIENCE, async || {
        let stands = database.endpoint_position().await?;
        let nothing_waits = database.endpoint_backlog().await == (0, 0);
        (stands == database.position().await && nothing_waits).then_some(())
    })
    .await;
}

fn contents(receiver: &Receiver) -> Vec<String> {
    let deliveries = receiver.deliveries();
    deliveries.iter().map(mtchat_tests::Delivery::content).collect()
}

/// Before it is sent: the one before it in its dialog is not answered, so it can not have been.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_was_not_sent_when_the_worker_died_is_sent_once() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let alice = alone(&system).await;
    receiver.answers(Reply::Held);
    alice.send("one").await;
    let first = receiver.held().await;
    alice.send("two").await;
    system.database().await.has_everything(&system).await;
    assert_eq!(contents(&receiver), ["one"]);
    system.worker(0).kill().await;
    drop(first);
    receiver.answers(Reply::Status(200));
    system.worker(0).restart().await;
    receiver.takes(2).await;
    assert_eq!(contents(&receiver), ["one", "one", "two"]);
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
}

/// After it is sent and answered, and before anybody could write that down: the database holds the place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_whose_answer_was_not_written_down_comes_again_with_its_id() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let database = system.database().await;
    let alice = alone(&system).await;
    alice.send("before").await;
    receiver.takes(1).await;
    all_is_written_down(&system, &database).await;

    receiver.answers(Reply::Held);
    alice.send("one").await;
    let held = receiver.held().await;
    let id = held.delivery.id().to_owned();
    let place = database.holds_endpoints().await;
    held.is_answered(Reply::Status(200));
    database.somebody_wants_to_record().await;
    system.worker(0).kill().await;
    place.release().await;

    receiver.answers(Reply::Status(200));
    system.worker(0).restart().await;
    let again = async || {
        let deliveries = receiver.deliveries();
        let same = deliveries.iter().filter(|delivery| delivery.id() == id);
        (same.count() == 2).then_some(())
    };
    eventually("it to come again", PATIENCE, again).await;
    alice.send("two").await;
    receiver.takes(3).await;
    all_is_written_down(&system, &database).await;
    assert_eq!(contents(&receiver), ["before", "one", "one", "two"]);
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
}

/// After it is written down: nothing of it is left to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_was_written_down_does_not_come_again() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver)).await;
    let database = system.database().await;
    let alice = alone(&system).await;
    alice.send("one").await;
    receiver.takes(1).await;
    all_is_written_down(&system, &database).await;
    system.worker(0).kill().await;
    system.worker(0).restart().await;
    alice.send("two").await;
    receiver.takes(2).await;
    all_is_written_down(&system, &database).await;
    assert_eq!(contents(&receiver), ["one", "two"]);
}

/// A day in a few seconds: whoever delivers dies again and again meanwhile, and knows nothing of the last time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_is_away_for_a_day_of_restarts_gets_everything_in_order() {
    let receiver = Receiver::start().await;
    let system = started(telling(&receiver).workers(2)).await;
    let users = [
        alone(&system).await,
        alone(&system).await,
        alone(&system).await,
        alone(&system).await,
        alone(&system).await,
        alone(&system).await,
    ];
    let mut texts = Vec::new();
    receiver.goes_down().await;
    for hour in 0..6 {
        let text = format!("at {hour}:00");
        for user in &users {
            user.send(&text).await;
        }
        texts.push(text);
        // The other one takes over and finds it away as well.
        let worker = system.worker(hour % 2);
        worker.kill().await;
        is_tried_in_vain(&system, 1 - hour % 2).await;
        worker.restart().await;
    }
    receiver.comes_back().await;
    // Nobody has to wait for the next of the long pauses.
    for worker in system.workers() {
        worker.kill().await;
        worker.restart().await;
    }
    let taken = receiver.takes(texts.len() * users.len()).await;
    let contents = by_dialog(&taken);
    for user in &users {
        assert_eq!(contents[&user.dialog().to_string()], texts);
    }
    repeats_are_the_same_and_order_holds(&receiver.deliveries());
    all_is_written_down(&system, &system.database().await).await;
}

async fn is_tried_in_vain(system: &System, worker: usize) {
    eventually("a connection to be refused", PATIENCE, async || {
        let tries = system
            .worker(worker)
            .metric("mtchat_webhook_deliveries_total")
            .await;
        (tries >= 1.0).then_some(())
    })
    .await;
}
