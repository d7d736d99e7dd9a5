//! Where endpoints stand: whoever began last writes, and nobody else.

use mtchat_protocol::{AppId, DialogId, FactId, Timestamp};
use mtchat_storage::{ApplyError, WaitingWebhook, WebhookChanges, WebhookPlace, WebhookTry};
use sqlx::Row;
use uuid::Uuid;

use crate::support::{Database, SHARD, epoch};

const URL: &str = "https://host.example/hook";

fn place() -> WebhookPlace {
    WebhookPlace {
        app: AppId::default_app(),
        endpoint: "configured".to_owned(),
        shard: SHARD,
    }
}

fn waiting(log_seq: u64) -> WaitingWebhook {
    WaitingWebhook {
        log_seq,
        dialog: DialogId(Uuid::from_u128(7)),
        fact_id: FactId(Uuid::from_u128(u128::from(log_seq))),
        event: "message.new".to_owned(),
        failures: 2,
        failing_since: Some(Timestamp::from_micros(1_000_000)),
        due: Some(Timestamp::from_micros(9_000_000)),
        status: Some(500),
        error: None,
    }
}

fn tried(number: u64) -> WebhookTry {
    WebhookTry {
        event_id: Uuid::from_u128(u128::from(number)),
        event: "message.new".to_owned(),
        dialog: DialogId(Uuid::from_u128(7)),
        log_seq: number,
        attempt: 1,
        outcome: "delivered",
        status: Some(200),
        error: None,
        latency_ms: 3,
        body_sha256: [7; 32],
        at: Timestamp::from_micros(1_000_000),
    }
}

fn waits(rows: Vec<WaitingWebhook>) -> WebhookChanges {
    WebhookChanges {
        waiting: rows.into_iter().map(|row| (row.log_seq, row)).collect(),
        ..WebhookChanges::default()
    }
}

#[tokio::test]
async fn an_endpoint_begins_where_the_log_ends_and_goes_on_where_it_stood() {
    let database = Database::start().await;
    let storage = &database.storage;
    let first = storage
        .begin_webhooks(&place(), URL, &epoch(1), 40)
        .await
        .unwrap();
    assert_eq!((first.log_seq, &first.disabled), (40, &None));
    storage
        .record_webhooks(&first, 45, &WebhookChanges::default())
        .await
        .unwrap();
    let again = storage
        .begin_webhooks(&place(), URL, &epoch(1), 90)
        .await
        .unwrap();
    assert_eq!(again.log_seq, 45);
    let shorter = storage
        .begin_webhooks(&place(), URL, &epoch(2), 30)
        .await
        .unwrap();
    assert_eq!(shorter.log_seq, 30, "the log lost its tail");
    let longer = storage
        .begin_webhooks(&place(), URL, &epoch(3), 99)
        .await
        .unwrap();
    assert_eq!(longer.log_seq, 30);
}

#[tokio::test]
async fn whoever_began_before_writes_nothing_any_more() {
    let database = Database::start().await;
    let storage = &database.storage;
    let elder = storage.begin_webhooks(&place(), URL, &epoch(1), 0).await.unwrap();
    let younger = storage.begin_webhooks(&place(), URL, &epoch(1), 0).await.unwrap();
    let refused = storage.record_webhooks(&elder, 5, &waits(vec![waiting(5)])).await;
    assert!(matches!(refused, Err(ApplyError::Fenced)), "{refused:?}");
    assert_eq!(storage.waiting_webhooks(&place()).await.unwrap(), []);
    let moved = storage
        .record_webhooks(&younger, 5, &waits(vec![waiting(4), waiting(5)]))
        .await
        .unwrap();
    let repeated = storage
        .record_webhooks(&younger, 6, &WebhookChanges::default())
        .await;
    assert!(
        matches!(repeated, Err(ApplyError::Fenced)),
        "each write has its turn"
    );
    assert_eq!(
        storage.waiting_webhooks(&place()).await.unwrap(),
        [waiting(4), waiting(5)]
    );
    let changes = WebhookChanges {
        settled: [4].into(),
        dead: vec![waiting(4)],
        tries: vec![tried(4)],
        ..WebhookChanges::default()
    };
    storage.record_webhooks(&moved, 5, &changes).await.unwrap();
    assert_eq!(storage.waiting_webhooks(&place()).await.unwrap(), [waiting(5)]);
    storage.forget_webhooks_after(&place(), 4).await.unwrap();
    assert_eq!(storage.waiting_webhooks(&place()).await.unwrap(), []);
}

#[tokio::test]
async fn an_endpoint_that_is_switched_off_is_on_again_at_another_address() {
    let database = Database::start().await;
    let storage = &database.storage;
    let on = storage.begin_webhooks(&place(), URL, &epoch(1), 3).await.unwrap();
    let off = WebhookChanges {
        disabled: Some("it answered 410".to_owned()),
        ..WebhookChanges::default()
    };
    storage.record_webhooks(&on, 3, &off).await.unwrap();
    let why = storage.webhook_disabled(&place()).await.unwrap();
    assert_eq!(why.as_deref(), Some("it answered 410"));
    let still = storage.begin_webhooks(&place(), URL, &epoch(1), 9).await.unwrap();
    assert_eq!(still.disabled, why);
    let elsewhere = "https://host.example/other";
    let moved = storage
        .begin_webhooks(&place(), elsewhere, &epoch(1), 9)
        .await
        .unwrap();
    assert_eq!((moved.log_seq, moved.disabled), (3, None));
}

#[tokio::test]
async fn the_newest_thousand_tries_are_kept() {
    let database = Database::start().await;
    let storage = &database.storage;
    let mut standing = storage.begin_webhooks(&place(), URL, &epoch(1), 0).await.unwrap();
    for part in 0..3 {
        let changes = WebhookChanges {
            tries: (0..500).map(|number| tried(part * 500 + number)).collect(),
            ..WebhookChanges::default()
        };
        standing = storage.record_webhooks(&standing, 1, &changes).await.unwrap();
    }
    storage.trim_webhook_tries(&place()).await.unwrap();
    let row = sqlx::query("SELECT count(*) AS kept, min(log_seq) AS oldest FROM webhook_deliveries")
        .fetch_one(&mut database.look().await)
        .await
        .unwrap();
    assert_eq!(
        (row.get::<i64, _>("kept"), row.get::<i64, _>("oldest")),
        (1_000, 500)
    );
}
