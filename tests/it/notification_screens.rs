//! Whoever has a dialog on the screen is not told of what is said in it, until they look away without having read it.

use mtchat_tests::{PATIENCE, System, User, eventually};
use serde_json::{Value, json};

use crate::notifications::{DELAY, notices, reads_to, told};

/// Say which dialog is on the screen now.
async fn views(user: &User, dialog: &Value) {
    let frame = json!({ "type": "viewing", "dialog_id": dialog });
    user.device().say(&frame.to_string()).await;
}

/// A worker answers timers, and hears of screens: of the first message everybody else is told. Answers how many notices there are.
async fn at_work(system: &System, user: &User) -> usize {
    user.send("the first").await;
    told(system, user.dialog()).await.len()
}

/// The next answer was given: to whom else it was.
async fn somebody_is_told(system: &System, before: usize) {
    let some = async || (notices(system).await.len() > before).then_some(());
    eventually("somebody is told", PATIENCE, some).await;
}

/// Who is told after the first so many notices.
async fn told_since(system: &System, user: &User, before: usize) -> Vec<String> {
    let told = told(system, user.dialog()).await;
    let mut names: Vec<String> = told[before..].iter().map(|told| told.0.clone()).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn whoever_reads_on_the_screen_is_not_told() {
    let system = System::with().variable(DELAY, "2").start().await;
    let [alice, bob, _carol] = system.dialog().between(["alice", "bob", "carol"]).await;
    let before = at_work(&system, &alice).await;
    views(&bob, &json!(bob.dialog())).await;
    let said = alice.send("one").await;
    somebody_is_told(&system, before).await;
    reads_to(&bob, said.id).await;
    assert_eq!(told_since(&system, &alice, before).await, ["carol"]);
}

#[tokio::test]
async fn whoever_looks_away_without_reading_is_told_once() {
    let system = System::with().variable(DELAY, "2").start().await;
    let [alice, bob, carol] = system.dialog().between(["alice", "bob", "carol"]).await;
    let before = at_work(&system, &alice).await;
    views(&bob, &json!(bob.dialog())).await;
    // Another dialog is none of this one's business.
    views(&carol, &json!(mtchat_protocol::DialogId::fresh())).await;
    alice.send("one").await;
    somebody_is_told(&system, before).await;
    assert_eq!(notices(&system).await.len(), before + 1, "carol alone");
    views(&bob, &Value::Null).await;
    assert_eq!(told_since(&system, &alice, before).await, ["bob", "carol"]);

    // A connection that is gone shows nothing.
    views(&bob, &json!(bob.dialog())).await;
    bob.drop_connection().await;
    alice.send("two").await;
    assert_eq!(told_since(&system, &alice, before + 2).await, ["bob", "carol"]);
}

#[tokio::test]
async fn a_screen_that_nobody_looks_at_puts_off_for_a_while_only() {
    let system = System::with().variable(DELAY, "1").start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let before = at_work(&system, &alice).await;
    views(&bob, &json!(bob.dialog())).await;
    alice.send("one").await;
    assert_eq!(told_since(&system, &alice, before).await, ["bob"]);
}
