//! Where endpoints stand: whoever began last writes, and nobody else.

use mtchat_protocol::{AppId, DialogId, FactId, Timestamp};
use mtchat_storage::{
    ApplyError, Storage, WaitingWebhook, WebhookChanges, WebhookEndpoint, WebhookFailing, WebhookNote,
    WebhookOff, WebhookPlace, WebhookTry,
};
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
        fact_id: FactId(Uuid::from_u128(u128::from(number))),
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

fn off() -> WebhookChanges {
    WebhookChanges {
        off: Some(WebhookOff {
            reason: "it answered 410".to_owned(),
            url_host: "host.example".to_owned(),
            since: Some(Timestamp::from_micros(1_000_000)),
        }),
        ..WebhookChanges::default()
    }
}

/// The only endpoint there is.
async fn only(storage: &Storage) -> WebhookEndpoint {
    let mut endpoints = storage.webhook_endpoints(9).await.unwrap();
    assert_eq!(endpoints.len(), 1);
    endpoints.remove(0)
}

/// An endpoint as edges make one, with its place at the beginning of the log.
async fn made(database: &Database, endpoint: &str) -> WebhookPlace {
    let mut look = database.look().await;
    for sql in [
        "INSERT INTO webhook_endpoints (app, endpoint, url, secrets) VALUES ('default', $1, 'https://host.example/', '{new,old}')",
        "INSERT INTO webhook_positions (app, endpoint, shard, epoch, log_seq) VALUES ('default', $1, 0, 'epoch-1', 40)",
    ] {
        sqlx::query(sql).bind(endpoint).execute(&mut look).await.unwrap();
    }
    WebhookPlace {
        endpoint: endpoint.to_owned(),
        ..place()
    }
}

async fn run(database: &Database, sql: &'static str) {
    sqlx::raw_sql(sql)
        .execute(&mut database.look().await)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_endpoint_begins_where_the_log_ends_and_goes_on_where_it_stood() {
    let database = Database::start().await;
    let storage = &database.storage;
    let first = storage
        .begin_webhooks(&place(), Some(URL), &epoch(1), 40)
        .await
        .unwrap();
    assert_eq!((first.log_seq, &first.disabled), (40, &None));
    storage
        .record_webhooks(&first, 45, &WebhookChanges::default())
        .await
        .unwrap();
    let again = storage
        .begin_webhooks(&place(), Some(URL), &epoch(1), 90)
        .await
        .unwrap();
    assert_eq!(again.log_seq, 45);
    let shorter = storage
        .begin_webhooks(&place(), Some(URL), &epoch(2), 30)
        .await
        .unwrap();
    assert_eq!(shorter.log_seq, 30, "the log lost its tail");
    let longer = storage
        .begin_webhooks(&place(), Some(URL), &epoch(3), 99)
        .await
        .unwrap();
    assert_eq!(longer.log_seq, 30);
}

#[tokio::test]
async fn whoever_began_before_writes_nothing_any_more() {
    let database = Database::start().await;
    let storage = &database.storage;
    let elder = storage
        .begin_webhooks(&place(), Some(URL), &epoch(1), 0)
        .await
        .unwrap();
    let younger = storage
        .begin_webhooks(&place(), Some(URL), &epoch(1), 0)
        .await
        .unwrap();
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
    let on = storage
        .begin_webhooks(&place(), Some(URL), &epoch(1), 3)
        .await
        .unwrap();
    storage.record_webhooks(&on, 3, &off()).await.unwrap();
    let why = only(storage).await.disabled;
    assert_eq!(why.as_deref(), Some("it answered 410"));
    let still = storage
        .begin_webhooks(&place(), Some(URL), &epoch(1), 9)
        .await
        .unwrap();
    assert_eq!(still.disabled, why);
    let elsewhere = "https://host.example/other";
    let moved = storage
        .begin_webhooks(&place(), Some(elsewhere), &epoch(1), 9)
        .await
        .unwrap();
    assert_eq!((moved.log_seq, moved.disabled), (3, None));
}

#[tokio::test]
async fn the_newest_thousand_tries_are_kept() {
    let database = Database::start().await;
    let storage = &database.storage;
    let mut standing = storage
        .begin_webhooks(&place(), Some(URL), &epoch(1), 0)
        .await
        .unwrap();
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

#[tokio::test]
async fn a_replay_goes_back_once_and_what_was_passed_is_known() {
    let database = Database::start().await;
    let storage = &database.storage;
    let place = made(&database, "one").await;
    let begin = async || storage.begin_webhooks(&place, None, &epoch(1), 90).await.unwrap();
    let first = begin().await;
    assert_eq!((first.log_seq, first.replayed_to), (40, 0));
    let waits = waits(vec![waiting(7), waiting(35)]);
    storage.record_webhooks(&first, 50, &waits).await.unwrap();
    run(&database, "UPDATE webhook_positions SET rewind_to = 10").await;
    let back = begin().await;
    assert_eq!((back.log_seq, back.replayed_to), (10, 50));
    // What is read again does not wait, too.
    assert_eq!(storage.waiting_webhooks(&place).await.unwrap(), [waiting(7)]);
    storage
        .record_webhooks(&back, 20, &WebhookChanges::default())
        .await
        .unwrap();
    let again = begin().await;
    assert_eq!(
        (again.log_seq, again.replayed_to),
        (20, 50),
        "it is asked for once"
    );
    run(&database, "UPDATE webhook_positions SET rewind_to = 70").await;
    let ahead = begin().await;
    assert_eq!(
        (ahead.log_seq, ahead.replayed_to),
        (20, 50),
        "nothing is passed over"
    );
    let shorter = storage.begin_webhooks(&place, None, &epoch(2), 15).await.unwrap();
    assert_eq!((shorter.log_seq, shorter.replayed_to), (15, 15));
}

#[tokio::test]
async fn who_is_switched_off_is_so_once_and_the_others_are_told_once() {
    let database = Database::start().await;
    let storage = &database.storage;
    let place = made(&database, "dead").await;
    for endpoint in ["all", "named", "other", "paused", "off"] {
        made(&database, endpoint).await;
    }
    run(
        &database,
        "UPDATE webhook_endpoints SET events = '{webhook.disabled}' WHERE endpoint = 'named';
        UPDATE webhook_endpoints SET events = '{message.new}' WHERE endpoint = 'other';
        UPDATE webhook_endpoints SET paused = true WHERE endpoint = 'paused';
        UPDATE webhook_endpoints SET disabled = 'before' WHERE endpoint = 'off'",
    )
    .await;
    let standing = storage.begin_webhooks(&place, None, &epoch(1), 90).await.unwrap();
    let since = Timestamp::from_micros(1_000_000);
    let fails = WebhookChanges {
        failing: Some(WebhookFailing::Since(since)),
        ..WebhookChanges::default()
    };
    let standing = storage.record_webhooks(&standing, 41, &fails).await.unwrap();
    assert_eq!(standing.failing_since, Some(since));
    let standing = storage.record_webhooks(&standing, 41, &off()).await.unwrap();
    storage.record_webhooks(&standing, 41, &off()).await.unwrap();
    let again = storage.begin_webhooks(&place, None, &epoch(1), 90).await.unwrap();
    assert_eq!(
        (again.disabled.as_deref(), again.failing_since),
        (Some("it answered 410"), Some(since))
    );
    let notes = storage.due_webhook_notes(9).await.unwrap();
    let told: Vec<&str> = notes.iter().map(|note| note.endpoint.as_str()).collect();
    assert_eq!(told, ["all", "named"]);
    assert_eq!(notes[0].event, "webhook.disabled");
    assert_eq!(notes[0].payload["endpoint"], "dead");
    assert_eq!(notes[0].payload["since"], serde_json::json!(since));
}

#[tokio::test]
async fn a_note_is_tried_again_and_then_goes() {
    let database = Database::start().await;
    let storage = &database.storage;
    made(&database, "one").await;
    run(
        &database,
        "INSERT INTO webhook_notes (app, endpoint, id, event, payload)
        SELECT 'default', 'one', gen_random_uuid(), 'webhook.test', '{}' FROM generate_series(1, 2)",
    )
    .await;
    let due = async || storage.due_webhook_notes(9).await.unwrap();
    let first: Vec<WebhookNote> = due().await;
    assert_eq!(first.len(), 1, "of an endpoint one at a time");
    let later = Timestamp::from_micros(Timestamp::now().micros() + 3_600_000_000);
    storage
        .webhook_note_tried(&first[0], &tried(0), Some(later))
        .await
        .unwrap();
    let second = due().await;
    assert_ne!(second[0].id, first[0].id);
    storage
        .webhook_note_tried(&second[0], &tried(0), None)
        .await
        .unwrap();
    assert_eq!(due().await, []);
    storage.drop_webhook_note(&first[0]).await.unwrap();
    let counts = "SELECT (SELECT count(*) FROM webhook_notes) AS notes, (SELECT count(*) FROM webhook_deliveries) AS tries";
    let row = sqlx::query(counts)
        .fetch_one(&mut database.look().await)
        .await
        .unwrap();
    assert_eq!((row.get::<i64, _>("notes"), row.get::<i64, _>("tries")), (0, 2));
}

#[tokio::test]
async fn of_an_endpoint_that_is_removed_nothing_is_left_and_it_does_not_come_back() {
    let database = Database::start().await;
    let storage = &database.storage;
    let place = made(&database, "one").await;
    let standing = storage.begin_webhooks(&place, None, &epoch(1), 90).await.unwrap();
    let changes = WebhookChanges {
        dead: vec![waiting(41)],
        tries: vec![tried(41)],
        ..waits(vec![waiting(42)])
    };
    let standing = storage.record_webhooks(&standing, 42, &changes).await.unwrap();
    storage.remove_webhook_endpoint(&place.app, "one").await.unwrap();
    assert!(!only(storage).await.deleted, "nobody has asked for it");
    run(&database, "UPDATE webhook_endpoints SET deleted = true").await;
    storage.remove_webhook_endpoint(&place.app, "one").await.unwrap();
    assert_eq!(storage.webhook_endpoints(9).await.unwrap(), []);
    let left = "SELECT (SELECT count(*) FROM webhook_positions) + (SELECT count(*) FROM webhook_pending)
        + (SELECT count(*) FROM webhook_dead_letters) + (SELECT count(*) FROM webhook_deliveries) AS rows";
    let row = sqlx::query(left)
        .fetch_one(&mut database.look().await)
        .await
        .unwrap();
    assert_eq!(row.get::<i64, _>("rows"), 0);
    let late = storage.record_webhooks(&standing, 43, &changes).await;
    assert!(matches!(late, Err(ApplyError::Fenced)), "{late:?}");
    let again = storage.begin_webhooks(&place, None, &epoch(1), 90).await;
    assert!(matches!(again, Err(ApplyError::Fenced)), "{again:?}");
}
