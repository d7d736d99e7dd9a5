//! A host's write under an idempotency key happens once, however often it is tried.

use futures_util::future::join_all;
use http::Method;
use mtchat_protocol::{DialogId, DialogView, ErrorCode, MessageView};
use mtchat_tests::System;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creation_that_is_repeated_finds_the_dialog_of_the_first_try() {
    let system = System::with().edges(2).start().await;
    let admins = [system.admin(0), system.admin(1)];
    let body = json!({ "object_type": "order", "object_id": "7", "title": "T", "participants": ["alice"] })
        .to_string();
    let tries = (0..20).map(|number| admins[number % 2].keyed("k1", Method::POST, "/dialogs", &body));
    let answers: Vec<DialogView> = join_all(tries)
        .await
        .iter()
        .map(mtchat_tests::Answer::data)
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let other: DialogView = admins[0]
        .keyed("k2", Method::POST, "/dialogs", &body)
        .await
        .data();
    assert_ne!(other.id, answers[0].id);
    let stored = system.database().await.dialog_count().await;
    assert_eq!(stored, 2);
}

#[tokio::test]
async fn the_same_key_with_another_request_is_a_conflict() {
    let system = System::start().await;
    let admin = system.admin(0);
    let [alice] = system.dialog().between(["alice"]).await;
    let path = format!("/dialogs/{}", alice.dialog());
    let title = json!({ "title": "one" }).to_string();
    admin.keyed("k", Method::PATCH, &path, &title).await.expect(200);
    admin.keyed("k", Method::PATCH, &path, &title).await.expect(200);
    let other = json!({ "title": "two" }).to_string();
    let refused = admin.keyed("k", Method::PATCH, &path, &other).await;
    assert_eq!(refused.code(), ErrorCode::Conflict);
    let elsewhere = admin.keyed("k", Method::DELETE, &path, "").await;
    assert_eq!(elsewhere.code(), ErrorCode::Conflict);
    assert_eq!(
        admin
            .dialog(alice.dialog())
            .await
            .unwrap()
            .dialog
            .title
            .unwrap()
            .as_str(),
        "one"
    );
}

#[tokio::test]
async fn a_repeat_has_the_first_answer_and_no_effect() {
    let system = System::start().await;
    let admin = system.admin(0);
    let [alice] = system.dialog().between(["alice"]).await;
    let messages = format!("/dialogs/{}/messages", alice.dialog());
    let said = json!({ "text": "hi" }).to_string();
    let first: MessageView = admin.keyed("m", Method::POST, &messages, &said).await.data();
    let again: MessageView = admin.keyed("m", Method::POST, &messages, &said).await.data();
    assert_eq!(first, again);

    let scopes = format!("/dialogs/{}/access-scopes", alice.dialog());
    let rules = json!({ "access_scopes": [{ "tenant_uid": "t" }] }).to_string();
    let first: Value = admin.keyed("s", Method::PUT, &scopes, &rules).await.data();
    let again: Value = admin.keyed("s", Method::PUT, &scopes, &rules).await.data();
    assert_eq!(first, again, "the rules have the ids that they were given first");

    // Somebody who was removed since is not added a second time.
    let participants = format!("/dialogs/{}/participants", alice.dialog());
    let bob = json!({ "user_id": "bob", "display_name": "Bob" }).to_string();
    admin
        .keyed("p", Method::POST, &participants, &bob)
        .await
        .expect(201);
    admin.remove(alice.dialog(), "bob").await;
    admin
        .keyed("p", Method::POST, &participants, &bob)
        .await
        .expect(201);
    assert_eq!(admin.dialog(alice.dialog()).await.unwrap().participants.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keyed_writes_stand_among_others_without_a_hole() {
    let system = System::with().edges(2).start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let admins = [system.admin(0), system.admin(1)];
    let path = format!("/dialogs/{}/messages", alice.dialog());
    let posts = (0..40).map(|number| {
        let (admin, path) = (&admins[number % 2], &path);
        let body = json!({ "text": format!("notice {}", number / 4) }).to_string();
        // Two edges, two tries each.
        async move {
            admin
                .keyed(&format!("k{}", number / 4), Method::POST, path, &body)
                .await
        }
    });
    let talk = async {
        for number in 0..20 {
            alice.send_accepted(&number.to_string()).await;
        }
        alice.send("end").await
    };
    let (answers, last) = tokio::join!(join_all(posts), talk);
    let mut posted: Vec<u64> = answers
        .iter()
        .map(|answer| answer.data::<MessageView>().seq)
        .collect();
    posted.sort_unstable();
    posted.dedup();
    assert_eq!(posted.len(), 10, "each notice once");
    bob.sees(
        &(0..20)
            .map(|number| number.to_string())
            .chain(["end".to_owned()])
            .collect::<Vec<_>>()[..],
    )
    .await;
    // One creation, ten notices, twenty-one messages: every number is taken.
    let most = last.seq.max(*posted.last().unwrap());
    assert_eq!(most, 32);
}

#[tokio::test]
async fn a_keyed_write_whose_ack_is_lost_happens_once() {
    let system = System::with().bad_network().start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    alice.send("warm").await;
    let path = format!("/dialogs/{}/messages", alice.dialog());
    let body = json!({ "text": "once" }).to_string();
    let admin = system.admin(0);
    system.network().swallow_acks(1);
    let first: MessageView = admin.keyed("k", Method::POST, &path, &body).await.data();
    assert_eq!(system.network().swallowed(), 1);
    let again: MessageView = admin.keyed("k", Method::POST, &path, &body).await.data();
    assert_eq!(first, again);
    assert_eq!(alice.send("next").await.seq, first.seq + 1);
}

#[tokio::test]
async fn a_key_is_one_short_value() {
    let system = System::start().await;
    let admin = system.admin(0);
    let body = json!({ "object_type": "order", "object_id": "7" }).to_string();
    for bad in [String::new(), "k".repeat(256), "ü".to_owned()] {
        let refused = admin.keyed(&bad, Method::POST, "/dialogs", &body).await;
        assert_eq!(refused.code(), ErrorCode::BadRequest, "{bad:?}");
    }
    admin
        .keyed(&"k".repeat(255), Method::POST, "/dialogs", &body)
        .await
        .expect(200);
    // What was refused takes no key.
    let unknown = format!("/dialogs/{}/messages", DialogId::fresh());
    let said = json!({ "text": "hi" }).to_string();
    let refused = admin.keyed("n", Method::POST, &unknown, &said).await;
    assert_eq!(refused.code(), ErrorCode::NotFound);
    admin
        .keyed("n", Method::POST, "/dialogs", &body)
        .await
        .expect(200);
}
