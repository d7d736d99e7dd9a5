//! What hosts do with their endpoints: each change is noticed by whoever delivers, stands in the audit log, and concerns one app.

use mtchat_domain::CONFIGURED_ENDPOINT;
use mtchat_protocol::{
    AppId, AuditAction, CreateWebhook, PatchWebhook, Timestamp, WebhookSecret, WebhookState, WebhookSwitch,
    WebhookView, WebhookWithSecretView,
};
use mtchat_storage::{DeadLetterPlace, DeliveryRetry, MadeWebhook, NewWebhook, Storage};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::support::{Database, SHARD, epoch};

const URL: &str = "https://host.example/hook";
const END: u64 = 40;

fn app() -> AppId {
    AppId::default_app()
}

fn new(number: u128) -> NewWebhook {
    NewWebhook {
        id: Uuid::from_u128(number).to_string(),
        asked: CreateWebhook {
            url: URL.to_owned(),
            description: Some("Orders".to_owned()),
            events: Some(vec!["message.new".to_owned()]),
            object_types: None,
            with_data: None,
            secret: None,
        },
        secret: WebhookSecret(format!("whsec_{number}")),
        key: None,
        shard: SHARD,
        epoch: epoch(1),
        log_end: END,
    }
}

async fn made(storage: &Storage, new: &NewWebhook) -> WebhookWithSecretView {
    match storage.create_webhook(&app(), new).await.unwrap() {
        MadeWebhook::Made(made) => *made,
        other => panic!("{other:?}"),
    }
}

async fn shown(storage: &Storage, endpoint: &str) -> WebhookView {
    storage.webhook(&app(), endpoint, SHARD).await.unwrap().unwrap()
}

/// What whoever delivers reads of an endpoint.
async fn row(look: &mut PgConnection, endpoint: &str) -> sqlx::postgres::PgRow {
    let sql = "SELECT e.secrets, e.old_secrets_until, e.revision, e.deleted, e.failing_since, p.log_seq, p.rewind_to
        FROM webhook_endpoints e JOIN webhook_positions p USING (app, endpoint) WHERE endpoint = $1";
    let query = sqlx::query(sql).bind(endpoint);
    query.fetch_one(look).await.unwrap()
}

async fn actions(storage: &Storage) -> Vec<AuditAction> {
    let entries = storage.audit_log(&app(), 0, 100).await.unwrap();
    entries.into_iter().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn an_endpoint_stands_where_the_log_ended_and_its_secret_is_shown_once() {
    let database = Database::start().await;
    let storage = &database.storage;
    let made = made(storage, &new(1)).await;
    assert_eq!(made.secret, WebhookSecret("whsec_1".to_owned()));
    let shown = shown(storage, &made.webhook.id).await;
    assert_eq!(shown, made.webhook);
    assert_eq!(
        (shown.state, shown.pending, shown.dead_letters),
        (WebhookState::Active, 0, 0)
    );
    assert_eq!(shown.position.unwrap().log_seq, END);
    assert!(!shown.replaying && shown.old_secret_until.is_none());
    assert_eq!(storage.webhooks(&app(), SHARD).await.unwrap(), [shown]);
    assert_eq!(actions(storage).await, [AuditAction::WebhookCreated]);
    let row = row(&mut database.look().await, &made.webhook.id).await;
    assert_eq!(row.get::<Vec<String>, _>("secrets"), ["whsec_1"]);
}

#[tokio::test]
async fn a_key_makes_one_endpoint_and_an_app_has_as_many_as_it_may() {
    let database = Database::start().await;
    let storage = &database.storage;
    let keyed = |number, request: &str| NewWebhook {
        key: Some(("key".to_owned(), request.to_owned())),
        ..new(number)
    };
    let first = made(storage, &keyed(1, "a")).await;
    assert_eq!(
        made(storage, &keyed(2, "a")).await,
        first,
        "a repeat, secret and all"
    );
    let other = storage.create_webhook(&app(), &keyed(3, "b")).await.unwrap();
    assert_eq!(other, MadeWebhook::KeyReused);
    for number in 4..35 {
        made(storage, &new(number)).await;
    }
    let full = storage.create_webhook(&app(), &new(99)).await.unwrap();
    assert_eq!(full, MadeWebhook::Full);
    assert_eq!(
        made(storage, &keyed(99, "a")).await,
        first,
        "a repeat adds nothing"
    );
    assert!(storage.delete_webhook(&app(), &first.webhook.id).await.unwrap());
    made(storage, &keyed(99, "b")).await;
    let elsewhere = AppId::new("other").unwrap();
    let made = storage.create_webhook(&elsewhere, &new(100)).await.unwrap();
    assert!(matches!(made, MadeWebhook::Made(_)), "of each app its own");
    assert_eq!(actions(storage).await.len(), 32 + 2);
}

#[tokio::test]
async fn what_is_changed_is_noticed_and_the_rest_stays() {
    let database = Database::start().await;
    let (storage, mut look) = (&database.storage, database.look().await);
    let id = made(storage, &new(1)).await.webhook.id;
    let off = "UPDATE webhook_endpoints SET disabled = 'it answered 410', failing_since = now()";
    sqlx::raw_sql(off).execute(&mut look).await.unwrap();
    let patch = PatchWebhook {
        url: Some("https://host.example/other".to_owned()),
        events: Some(None),
        object_types: Some(Some(vec!["order".to_owned()])),
        with_data: Some(false),
        ..PatchWebhook::default()
    };
    assert!(storage.change_webhook(&app(), &id, &patch).await.unwrap());
    let changed = shown(storage, &id).await;
    assert_eq!(
        (changed.url.as_str(), changed.description.as_str()),
        ("https://host.example/other", "Orders")
    );
    assert_eq!(
        (changed.events, changed.object_types, changed.with_data),
        (None, Some(vec!["order".to_owned()]), false)
    );
    assert_eq!(changed.state, WebhookState::Disabled);
    assert_eq!(changed.disabled_reason.as_deref(), Some("it answered 410"));
    let switch = |state| PatchWebhook {
        state: Some(state),
        ..PatchWebhook::default()
    };
    let paused = switch(WebhookSwitch::Paused);
    storage.change_webhook(&app(), &id, &paused).await.unwrap();
    assert_eq!(shown(storage, &id).await.state, WebhookState::Disabled);
    let active = switch(WebhookSwitch::Active);
    storage.change_webhook(&app(), &id, &active).await.unwrap();
    let on = shown(storage, &id).await;
    assert_eq!((on.state, on.failing_since), (WebhookState::Active, None));
    storage.change_webhook(&app(), &id, &paused).await.unwrap();
    assert_eq!(shown(storage, &id).await.state, WebhookState::Paused);
    let row = row(&mut look, &id).await;
    assert_eq!(
        (row.get::<i64, _>("revision"), row.get::<i64, _>("log_seq")),
        (4, 40)
    );
    assert!(!storage.change_webhook(&app(), "nobody", &active).await.unwrap());
}

#[tokio::test]
async fn the_old_secret_goes_when_its_time_is_over() {
    let database = Database::start().await;
    let (storage, mut look) = (&database.storage, database.look().await);
    let id = made(storage, &new(1)).await.webhook.id;
    for (secret, overlap, secrets) in [
        ("b", 3_600, vec!["b", "whsec_1"]),
        ("c", 3_600, vec!["c", "b"]),
        ("d", 0, vec!["d"]),
    ] {
        let secret = WebhookSecret(secret.to_owned());
        let rotated = storage.rotate_webhook_secret(&app(), &id, &secret, overlap).await;
        assert!(rotated.unwrap());
        let row = row(&mut look, &id).await;
        assert_eq!(row.get::<Vec<String>, _>("secrets"), secrets);
        let until = shown(storage, &id).await.old_secret_until;
        assert_eq!(until.is_some_and(|until| until > Timestamp::now()), overlap > 0);
    }
    let told = format!("{:?}", storage.audit_log(&app(), 0, 100).await.unwrap());
    assert!(
        !told.contains("whsec_") && told.contains("WebhookSecretRotated"),
        "{told}"
    );
}

#[tokio::test]
async fn a_deleted_endpoint_is_found_by_nobody_but_whoever_takes_it_away() {
    let database = Database::start().await;
    let (storage, mut look) = (&database.storage, database.look().await);
    let id = made(storage, &new(1)).await.webhook.id;
    assert!(storage.delete_webhook(&app(), &id).await.unwrap());
    assert!(!storage.delete_webhook(&app(), &id).await.unwrap());
    assert_eq!(storage.webhook(&app(), &id, SHARD).await.unwrap(), None);
    assert_eq!(storage.webhooks(&app(), SHARD).await.unwrap(), []);
    let secret = WebhookSecret("b".to_owned());
    assert!(
        !storage
            .rotate_webhook_secret(&app(), &id, &secret, 0)
            .await
            .unwrap()
    );
    assert_eq!(storage.replay_webhook(&app(), &id, SHARD, 0).await.unwrap(), None);
    assert_eq!(storage.retry_dead_letters(&app(), &id, None).await.unwrap(), None);
    assert!(
        !storage
            .test_webhook(&app(), &id, Uuid::from_u128(1))
            .await
            .unwrap()
    );
    let row = row(&mut look, &id).await;
    assert!(row.get::<bool, _>("deleted") && row.get::<i64, _>("revision") == 1);
}

#[tokio::test]
async fn a_replay_goes_back_and_never_forward() {
    let database = Database::start().await;
    let (storage, mut look) = (&database.storage, database.look().await);
    let id = made(storage, &new(1)).await.webhook.id;
    for (after, from) in [(99, 41), (10, 11), (20, 11), (3, 4)] {
        let replay = storage.replay_webhook(&app(), &id, SHARD, after).await;
        let replay = replay.unwrap().unwrap();
        assert_eq!((replay.from_log_seq, replay.to_log_seq), (from, END));
    }
    assert!(shown(storage, &id).await.replaying);
    let row = row(&mut look, &id).await;
    assert_eq!(row.get::<Option<i64>, _>("rewind_to"), Some(3));
    assert_eq!(row.get::<i64, _>("revision"), 4);
    assert_eq!(
        storage.replay_webhook(&app(), "nobody", SHARD, 3).await.unwrap(),
        None
    );
}

/// An endpoint that has given up these events.
async fn gave_up(database: &Database, log_seqs: Vec<i64>) -> String {
    let id = made(&database.storage, &new(1)).await.webhook.id;
    let sql = "INSERT INTO webhook_dead_letters (app, endpoint, shard, log_seq, dialog, fact_id, event, failures, last_status)
        SELECT 'default', $1, 0, x, gen_random_uuid(), gen_random_uuid(), 'message.new', 4, 400 FROM unnest($2::bigint[]) x";
    let query = sqlx::query(sql).bind(&id).bind(log_seqs);
    query.execute(&mut database.look().await).await.unwrap();
    id
}

/// What waits: where it stands in the log, how often it failed, and whether it is to be tried at once.
async fn waits(database: &Database, endpoint: &str) -> Vec<(i64, i64, bool)> {
    let sql =
        "SELECT log_seq, failures, due IS NULL FROM webhook_pending WHERE endpoint = $1 ORDER BY log_seq";
    let query = sqlx::query_as(sql).bind(endpoint);
    query.fetch_all(&mut database.look().await).await.unwrap()
}

#[tokio::test]
async fn what_was_given_up_is_listed_and_tried_again_when_somebody_says_so() {
    let database = Database::start().await;
    let storage = &database.storage;
    let id = gave_up(&database, vec![41, 42, 43, 44, 45]).await;
    let (mut seen, mut behind) = (Vec::new(), DeadLetterPlace::START);
    loop {
        let page = storage
            .webhook_dead_letters(&app(), &id, behind, 2)
            .await
            .unwrap();
        let Some((last, _)) = page.last() else { break };
        behind = *last;
        seen.extend(page.iter().map(|(_, letter)| letter.log_seq));
    }
    assert_eq!(seen, [45, 44, 43, 42, 41]);
    let some = storage.retry_dead_letters(&app(), &id, Some(&[42, 44, 99])).await;
    assert_eq!(some.unwrap(), Some(2));
    assert_eq!(waits(&database, &id).await, [(42, 0, true), (44, 0, true)]);
    let view = shown(storage, &id).await;
    assert_eq!((view.pending, view.dead_letters), (2, 3));
    assert_eq!(
        storage.retry_dead_letters(&app(), &id, None).await.unwrap(),
        Some(3)
    );
    assert_eq!(
        storage.retry_dead_letters(&app(), &id, None).await.unwrap(),
        Some(0)
    );
    let view = shown(storage, &id).await;
    assert_eq!((view.pending, view.dead_letters), (5, 0));
}

#[tokio::test]
async fn tests_wait_to_be_sent_and_not_without_end() {
    let database = Database::start().await;
    let (storage, mut look) = (&database.storage, database.look().await);
    let id = made(storage, &new(1)).await.webhook.id;
    for number in 0..10 {
        assert!(
            storage
                .test_webhook(&app(), &id, Uuid::from_u128(number))
                .await
                .unwrap()
        );
    }
    assert!(!storage.test_webhook(&app(), &id, Uuid::max()).await.unwrap());
    let sql = "SELECT count(*) AS notes FROM webhook_notes WHERE event = 'webhook.test' AND payload->>'endpoint' = $1";
    let notes = sqlx::query(sql).bind(&id).fetch_one(&mut look).await.unwrap();
    assert_eq!(notes.get::<i64, _>("notes"), 10);
}

#[tokio::test]
async fn deliveries_are_listed_and_repeated_but_not_those_of_no_log() {
    let database = Database::start().await;
    let (storage, mut look) = (&database.storage, database.look().await);
    let id = gave_up(&database, Vec::new()).await;
    let insert = "INSERT INTO webhook_deliveries (app, endpoint, event_id, event, dialog, shard, log_seq, attempt, outcome, status,
            latency_ms, body_sha256, at, fact_id)
        SELECT 'default', $1, gen_random_uuid(), 'message.new', $2, 0, x.log_seq, 1, 'delivered', 200, 3, '\\xabcd', now(), x.fact
        FROM unnest($3::bigint[], $4::uuid[]) x (log_seq, fact)";
    let facts = [Uuid::from_u128(41), Uuid::nil(), Uuid::from_u128(43)];
    let query = sqlx::query(insert).bind(&id).bind(Uuid::from_u128(7));
    let query = query.bind(vec![41_i64, 42, 0]).bind(facts.to_vec());
    query.execute(&mut look).await.unwrap();
    let all = storage
        .webhook_deliveries(&app(), &id, u64::MAX, 10)
        .await
        .unwrap();
    let position = |index: usize| all[index].position.as_deref();
    assert_eq!(
        [position(0), position(1), position(2)],
        [None, Some("0-42"), Some("0-41")]
    );
    assert_eq!(
        (all[2].body_sha256.as_str(), all[2].status, all[2].latency_ms),
        ("abcd", Some(200), 3)
    );
    let older = storage.webhook_deliveries(&app(), &id, all[0].no, 1).await;
    assert_eq!(older.unwrap(), all[1..2]);
    for (no, expected) in [
        (all[0].no, DeliveryRetry::Impossible),
        (all[1].no, DeliveryRetry::Impossible),
        (all[2].no, DeliveryRetry::Asked),
        (u64::MAX, DeliveryRetry::Unknown),
    ] {
        let retried = storage.retry_delivery(&app(), &id, no).await;
        assert_eq!(retried.unwrap(), expected);
    }
    assert_eq!(waits(&database, &id).await, [(41, 0, true)]);
}

#[tokio::test]
async fn the_configured_endpoint_is_one_of_them() {
    let database = Database::start().await;
    let storage = &database.storage;
    let made = "INSERT INTO webhook_endpoints (app, endpoint, url) VALUES ('default', 'configured', 'https://host.example/hook');
        INSERT INTO webhook_positions (app, endpoint, shard, epoch, log_seq) VALUES ('default', 'configured', 0, 'epoch-1', 7)";
    let look = &mut database.look().await;
    sqlx::raw_sql(made).execute(look).await.unwrap();
    let view = shown(storage, CONFIGURED_ENDPOINT).await;
    assert_eq!((view.url.as_str(), view.position.unwrap().log_seq), (URL, 7));
    let elsewhere = AppId::new("other").unwrap();
    let other = storage.webhook(&elsewhere, CONFIGURED_ENDPOINT, SHARD).await;
    assert_eq!(other.unwrap(), None);
}
