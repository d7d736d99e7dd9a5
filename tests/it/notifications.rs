//! Hosts are told of what users have not read: each user once a quiet period, and nobody who has read it.

use http::Method;
use mtchat_nats::log_state;
use mtchat_protocol::{DialogId, Fact, FactData, MessageId, NotificationPending, ShardId};
use mtchat_tests::{PATIENCE, System, User, eventually, read_all};
use serde_json::{Value, json};

pub(crate) const DELAY: &str = "NOTIFICATION_DELAY_SECS";

/// The notices that stand in the log.
pub(crate) async fn notices(system: &System) -> Vec<Fact> {
    let broker = system.broker().await;
    let state = log_state(&broker, ShardId(0)).await.unwrap();
    let facts = read_all(&broker, state.last_seq).await;
    facts
        .into_iter()
        .filter(|fact| matches!(fact.data, FactData::NotificationPending(_)))
        .collect()
}

/// What is told in a dialog, once all timers are answered: to whom and of how many messages, in the order of the log.
pub(crate) async fn told(system: &System, dialog: DialogId) -> Vec<(String, u64)> {
    let told = pending(system, dialog).await.into_iter();
    told.map(|pending| (pending.user.as_str().to_owned(), pending.unread_count))
        .collect()
}

pub(crate) async fn pending(system: &System, dialog: DialogId) -> Vec<NotificationPending> {
    system.database().await.has_told_everything(system).await;
    let notices = notices(system).await.into_iter();
    let here = notices.filter(|fact| fact.dialog == dialog);
    here.filter_map(|fact| match fact.data {
        FactData::NotificationPending(pending) => Some(pending),
        _ => None,
    })
    .collect()
}

fn expected(told: &[(&str, u64)]) -> Vec<(String, u64)> {
    told.iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

pub(crate) async fn post(user: &User, verb: &str, body: &Value) {
    let path = format!("/api/v1/dialogs/{}/{verb}", user.dialog());
    user.ask(Method::POST, &path, &body.to_string()).await.expect(200);
}

pub(crate) async fn reads_to(user: &User, message: MessageId) {
    post(user, "read", &json!({ "last_read_message_id": message })).await;
}

async fn a_timer_is_set(system: &System) {
    let set = async || {
        let timers = system.worker(0).metric("mtchat_notifier_timers_total").await;
        (timers >= 1.0).then_some(())
    };
    eventually("a timer is set", PATIENCE, set).await;
}

#[tokio::test]
async fn a_burst_is_one_notification_for_each_who_has_not_read_it() {
    let system = System::with().variable(DELAY, "5").start().await;
    let [alice, bob, carol] = system
        .dialog()
        .with("title", json!("Order 7"))
        .offline()
        .between(["alice", "bob", "carol"])
        .await;
    let first = alice.send_accepted("one of many").await;
    for _ in 0..98 {
        alice.send_accepted("one of many").await;
    }
    let last = alice.send_accepted("the last").await;
    let mut all = pending(&system, alice.dialog()).await;
    all.sort_unstable_by(|one, other| one.user.cmp(&other.user));
    let [to_bob, to_carol] = &all[..] else {
        panic!("two are told: {all:?}")
    };
    assert_eq!(
        (to_bob.user.as_str(), to_carol.user.as_str()),
        (bob.id(), carol.id())
    );
    for pending in &all {
        assert_eq!(pending.unread_count, 100);
        assert_eq!(pending.first_unread_message_id, first.id);
        let message = &pending.message;
        assert_eq!((message.id, message.seq), (last.id, last.seq));
        assert_eq!(message.content.as_str(), "the last");
        assert_eq!(message.sender.user_id.as_str(), "alice");
        assert_eq!(message.sender.company.as_ref().unwrap().as_str(), "Acme");
    }
    let notices = notices(&system).await;
    let title = notices[0].head.title.as_ref().unwrap();
    assert_eq!(title.as_str(), "Order 7");
    assert!(notices[0].head.members.is_none(), "nobody is named beside");
}

#[tokio::test]
async fn whoever_reads_in_time_or_does_not_want_to_be_told_is_not_told() {
    let system = System::with().variable(DELAY, "3").start().await;
    let names = ["alice", "bob", "carol", "dan", "erin"];
    let [alice, bob, carol, dan, erin] = system.dialog().offline().between(names).await;
    let [fay, gus] = system.dialog().offline().between(["fay", "gus"]).await;
    post(&carol, "notifications", &json!({ "enabled": false })).await;
    let one = alice.send("one").await;
    let gone = fay.send("gone").await;
    reads_to(&bob, one.id).await;
    erin.leave().await;
    fay.delete(gone.id).await;
    assert_eq!(told(&system, alice.dialog()).await, expected(&[(dan.id(), 1)]));
    assert_eq!(told(&system, gus.dialog()).await, []);

    // What came while she did not want to be told is no news when she does.
    post(&carol, "notifications", &json!({ "enabled": true })).await;
    let two = alice.send("two").await;
    for user in [&bob, &carol, &dan] {
        reads_to(user, two.id).await;
    }
    // Marked as unread by themselves: nobody need tell them.
    post(&bob, "unread", &json!({ "message_id": one.id })).await;
    assert_eq!(told(&system, alice.dialog()).await.len(), 1);
}

#[tokio::test]
async fn what_comes_after_a_notification_is_told_once_more_with_all_that_is_unread() {
    let system = System::with().variable(DELAY, "1").start().await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let first = alice.send("one").await;
    assert_eq!(told(&system, alice.dialog()).await, expected(&[("bob", 1)]));
    assert_eq!(
        told(&system, alice.dialog()).await,
        expected(&[("bob", 1)]),
        "nothing new came"
    );
    alice.send("two").await;
    let all = pending(&system, alice.dialog()).await;
    assert_eq!((all.len(), all[1].unread_count), (2, 2));
    assert_eq!(all[1].first_unread_message_id, first.id);
    assert_eq!(all[1].message.content.as_str(), "two");

    bob.send("an answer").await;
    assert_eq!(
        told(&system, alice.dialog()).await[2..],
        expected(&[("alice", 1)])
    );
    alice.send("three").await;
    assert_eq!(told(&system, alice.dialog()).await[3..], expected(&[("bob", 1)]));
}

#[tokio::test]
async fn without_a_delay_everybody_is_told_at_once() {
    let system = System::with().variable(DELAY, "0").start().await;
    let [alice, _bob] = system.dialog().offline().between(["alice", "bob"]).await;
    for number in 1..=3 {
        alice.send("one more").await;
        let all = async || (notices(&system).await.len() == number).then_some(());
        eventually("the notification", PATIENCE, all).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_killed_while_timers_are_set_tells_each_once() {
    let system = System::with().variable(DELAY, "2").start().await;
    let [alice, _] = system.dialog().offline().between(["alice", "bob"]).await;
    let [carol, _, _] = system.dialog().offline().between(["carol", "dan", "erin"]).await;
    alice.send("one").await;
    a_timer_is_set(&system).await;
    system.worker(0).kill().await;
    // Nobody sees this one before the timer has gone off.
    carol.send_accepted("meanwhile").await;
    system.worker(0).restart().await;
    assert_eq!(told(&system, alice.dialog()).await, expected(&[("bob", 1)]));
    let mut two = told(&system, carol.dialog()).await;
    two.sort_unstable();
    assert_eq!(two, expected(&[("dan", 1), ("erin", 1)]));
    system.worker(0).kill().await;
    system.worker(0).restart().await;
    alice.send("two").await;
    assert_eq!(
        told(&system, alice.dialog()).await,
        expected(&[("bob", 1), ("bob", 2)])
    );
    assert_eq!(told(&system, carol.dialog()).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_killed_while_timers_are_set_tells_each_once() {
    let mut system = System::with().variable(DELAY, "2").start().await;
    let [alice, _] = system.dialog().offline().between(["alice", "bob"]).await;
    alice.send("one").await;
    a_timer_is_set(&system).await;
    system.nats().kill().await;
    system.nats().restart().await.unwrap();
    system.edge(0).is_ready().await;
    assert_eq!(told(&system, alice.dialog()).await, expected(&[("bob", 1)]));
    alice.send("two").await;
    assert_eq!(
        told(&system, alice.dialog()).await,
        expected(&[("bob", 1), ("bob", 2)])
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notifications_of_a_forgotten_person_are_forgotten() {
    let system = System::with().variable(DELAY, "1").start().await;
    let admin = system.admin(0);
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    alice.send("from her").await;
    assert_eq!(told(&system, alice.dialog()).await, expected(&[("bob", 1)]));
    bob.send("to her").await;
    assert_eq!(told(&system, alice.dialog()).await.len(), 2);
    admin
        .ask(Method::POST, "/users/alice/erase", "")
        .await
        .expect(202);
    eventually("she is forgotten", PATIENCE * 3, async || {
        let view: Value = admin.ask(Method::GET, "/users/alice/erase", "").await.data();
        view["finished_at"].is_string().then_some(())
    })
    .await;
    let left = notices(&system).await;
    assert!(left.is_empty(), "{left:?}");
}
