//! One dialog for an object and key, however many ask for it at once.

use futures_util::future::join_all;
use mtchat_protocol::DialogId;
use mtchat_tests::System;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_at_once_on_two_edges_make_one_dialog() {
    let system = System::with().edges(2).start().await;
    let request =
        json!({ "object_type": "order", "object_id": "7", "title": "Order 7", "participants": ["alice"] });
    let admins = [system.admin(0), system.admin(1)];
    let calls = (0..100).map(|number| admins[number % 2].find_or_create(&request));
    let answers = join_all(calls).await;
    let first: DialogId = answers[0].0.id;
    assert!(
        answers.iter().all(|(dialog, _)| dialog.id == first),
        "{answers:?}"
    );
    assert_eq!(answers.iter().filter(|(_, created)| *created).count(), 1);
    let detail = admins[0].dialog(first).await.unwrap();
    assert_eq!(detail.participants.len(), 1);
    let stored = system.database().await.dialog_count().await;
    assert_eq!(stored, 1);
}

#[tokio::test]
async fn another_key_or_object_is_another_dialog() {
    let system = System::start().await;
    let admin = system.admin(0);
    let order = json!({ "object_type": "order", "object_id": "7" });
    let (plain, created) = admin.find_or_create(&order).await;
    assert!(created);
    let ids = [
        json!({ "object_type": "order", "object_id": "7", "key": "support" }),
        json!({ "object_type": "order", "object_id": "8" }),
        json!({ "object_type": "orde", "object_id": "r7" }),
    ];
    for other in &ids {
        let (dialog, created) = admin.find_or_create(other).await;
        assert!(created, "{other}");
        assert_ne!(dialog.id, plain.id);
        assert_eq!(admin.find_or_create(other).await, (dialog, false));
    }
    assert_eq!(admin.find_or_create(&order).await, (plain, false));
}

#[tokio::test]
async fn a_found_dialog_is_as_it_is_now() {
    let system = System::start().await;
    let admin = system.admin(0);
    let order = json!({ "object_type": "order", "object_id": "7", "title": "before" });
    let (made, _) = admin.find_or_create(&order).await;
    let renamed = admin.patch(made.id, &json!({ "title": "after" })).await;
    assert_eq!(admin.find_or_create(&order).await, (renamed, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_dialog_is_deleted_its_key_is_free_again_once() {
    let system = System::with().edges(2).start().await;
    let admins = [system.admin(0), system.admin(1)];
    let order = json!({ "object_type": "order", "object_id": "7" });
    let (first, _) = admins[0].find_or_create(&order).await;
    assert_eq!(admins[1].find_or_create(&order).await.0.id, first.id);
    admins[0].delete(first.id).await;
    let calls = (0..20).map(|number| admins[number % 2].find_or_create(&order));
    let answers = join_all(calls).await;
    let second = answers[0].0.id;
    assert_ne!(second, first.id);
    assert!(
        answers.iter().all(|(dialog, _)| dialog.id == second),
        "{answers:?}"
    );
    assert_eq!(answers.iter().filter(|(_, created)| *created).count(), 1);
}
