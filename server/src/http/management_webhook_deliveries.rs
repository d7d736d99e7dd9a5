use axum::{Json, extract::State, http::StatusCode};
use mtchat_nats::{first_since, log_state};
use mtchat_protocol::{
    Data, DeadLetterView, DeliveryView, FactId, ReplayFrom, ReplayView, ReplayWebhook, RetriedView,
    RetryDeadLetters, ShardId, Timestamp, WebhookTestView, limits,
};
use mtchat_storage::{DeadLetterPlace, DeliveryRetry};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::management_webhooks::{SHARD, found, unknown};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, ApiQuery, HostCaller},
    openapi::{KeyedRefusals, ReadRefusals, WriteRefusals},
};

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    cursor: Option<String>,
    limit: Option<i64>,
}

/// Some tries, and where the next are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Deliveries {
    data: Vec<DeliveryView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Some events that were given up, and where the next are.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct DeadLetters {
    data: Vec<DeadLetterView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Send an event to try the endpoint out: within a second, and up to five times. Also to one that is paused or switched off.
#[utoipa::path(
    post, path = "/api/v1/management/webhooks/{endpoint}/test", operation_id = "testWebhook", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint")),
    responses((status = 202, description = "It is being sent", body = Data<WebhookTestView>), KeyedRefusals),
    security(("host" = []))
)]
pub(crate) async fn send_test(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
) -> Result<(StatusCode, Json<Data<WebhookTestView>>), ApiError> {
    found(&edge, &host, &endpoint).await?;
    let event_id = Uuid::now_v7();
    if !edge.storage.test_webhook(&host.app, &endpoint, event_id).await? {
        return Err(ApiError::WebhookRefused(
            "ten test events wait to be sent: try again later",
        ));
    }
    let data = WebhookTestView { event_id };
    Ok((StatusCode::ACCEPTED, Json(Data { data })))
}

/// Have an endpoint told again what happened since then, as far as the log reaches back. The events have the ids that they had.
#[utoipa::path(
    post, path = "/api/v1/management/webhooks/{endpoint}/replay", operation_id = "replayWebhook", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint")),
    request_body = ReplayWebhook,
    responses((status = 202, description = "From where", body = Data<ReplayView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn replay(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
    ApiJson(replay): ApiJson<ReplayWebhook>,
) -> Result<(StatusCode, Json<Data<ReplayView>>), ApiError> {
    let from = replay.check()?;
    found(&edge, &host, &endpoint).await?;
    let after = place_before(&edge, from).await?;
    let replayed = edge
        .storage
        .replay_webhook(&host.app, &endpoint, SHARD, after)
        .await?;
    let data = replayed.ok_or_else(unknown)?;
    Ok((StatusCode::ACCEPTED, Json(Data { data })))
}

/// The newest tries to deliver something to an endpoint, the newest first. A thousand are kept.
#[utoipa::path(
    get, path = "/api/v1/management/webhooks/{endpoint}/deliveries", operation_id = "listDeliveries", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint"), PageQuery),
    responses((status = 200, description = "Some tries", body = Deliveries), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn list(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Deliveries>, ApiError> {
    let limit = page_limit(query.limit);
    let before = query.cursor.as_deref().map_or(Ok(u64::MAX), number)?;
    found(&edge, &host, &endpoint).await?;
    // One more than is shown says whether there are more.
    let mut data = edge
        .storage
        .webhook_deliveries(&host.app, &endpoint, before, limit + 1)
        .await?;
    let more = data.len() > limit as usize;
    data.truncate(limit as usize);
    let next_cursor = data.last().filter(|_| more).map(|last| last.no.to_string());
    Ok(Json(Deliveries { data, next_cursor }))
}

/// Have an event of a try delivered again, whatever became of it. It may come after later ones of its dialog.
#[utoipa::path(
    post, path = "/api/v1/management/webhooks/{endpoint}/deliveries/{no}/retry", operation_id = "retryDelivery", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint"), ("no" = u64, Path, description = "The try's number")),
    responses((status = 202, description = "It waits to be delivered", body = Data<RetriedView>), KeyedRefusals),
    security(("host" = []))
)]
pub(crate) async fn retry(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath((endpoint, no)): ApiPath<(String, u64)>,
) -> Result<(StatusCode, Json<Data<RetriedView>>), ApiError> {
    found(&edge, &host, &endpoint).await?;
    match edge.storage.retry_delivery(&host.app, &endpoint, no).await? {
        DeliveryRetry::Asked => {
            let data = RetriedView { retried: 1 };
            Ok((StatusCode::ACCEPTED, Json(Data { data })))
        }
        DeliveryRetry::Impossible => Err(ApiError::WebhookRefused(
            "what was sent there stands in no log, so there is nothing to send again",
        )),
        DeliveryRetry::Unknown => Err(ApiError::WebhookNotFound("the delivery")),
    }
}

/// Events that were given up, the last in the log first.
#[utoipa::path(
    get, path = "/api/v1/management/webhooks/{endpoint}/dead-letters", operation_id = "listDeadLetters", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint"), PageQuery),
    responses((status = 200, description = "Some of them", body = DeadLetters), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn dead_letters(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<DeadLetters>, ApiError> {
    let limit = page_limit(query.limit);
    let cursor = query.cursor.as_deref();
    let behind = cursor.map_or(Ok(DeadLetterPlace::START), letter_place)?;
    found(&edge, &host, &endpoint).await?;
    let mut letters = edge
        .storage
        .webhook_dead_letters(&host.app, &endpoint, behind, limit + 1)
        .await?;
    let more = letters.len() > limit as usize;
    letters.truncate(limit as usize);
    let next_cursor = letters
        .last()
        .filter(|_| more)
        .map(|(place, _)| letter_cursor(*place));
    let data = letters.into_iter().map(|(_, letter)| letter).collect();
    Ok(Json(DeadLetters { data, next_cursor }))
}

/// Have events delivered that were given up, at most 500 at once. They may come after later ones of their dialogs.
#[utoipa::path(
    post, path = "/api/v1/management/webhooks/{endpoint}/dead-letters/retry", operation_id = "retryDeadLetters", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint")),
    request_body = RetryDeadLetters,
    responses((status = 202, description = "So many wait to be delivered", body = Data<RetriedView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn retry_dead_letters(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
    ApiJson(retry): ApiJson<RetryDeadLetters>,
) -> Result<(StatusCode, Json<Data<RetriedView>>), ApiError> {
    let log_seqs = retry.check()?;
    found(&edge, &host, &endpoint).await?;
    let retried = edge
        .storage
        .retry_dead_letters(&host.app, &endpoint, log_seqs.as_deref())
        .await?;
    let data = RetriedView {
        retried: retried.ok_or_else(unknown)?,
    };
    Ok((StatusCode::ACCEPTED, Json(Data { data })))
}

/// The place of the log behind which a replay begins: within what the log still holds.
async fn place_before(edge: &Edge, from: ReplayFrom) -> Result<u64, ApiError> {
    let log = log_state(&edge.broker, SHARD).await?;
    let after = match from {
        ReplayFrom::LogSeq(log_seq) => log_seq.saturating_sub(1),
        // Nothing has happened since, and waiting for it is no answer.
        ReplayFrom::Time(time) if time > Timestamp::now() => log.last_seq,
        ReplayFrom::Time(time) => {
            let time = time.max(Timestamp::from_micros(0));
            let first = first_since(&edge.broker, SHARD, time).await?;
            first.map_or(log.last_seq, |first| first.saturating_sub(1))
        }
    };
    Ok(after.max(log.first_seq.saturating_sub(1)))
}

fn page_limit(asked: Option<i64>) -> u32 {
    let (default, most) = limits::WEBHOOK_PAGE;
    asked.map_or(default, |limit| {
        u32::try_from(limit.clamp(1, i64::from(most))).unwrap_or(default)
    })
}

fn foreign_cursor() -> ApiError {
    ApiError::Parameter("cursor is not one that was given here".to_owned())
}

fn number(cursor: &str) -> Result<u64, ApiError> {
    cursor.parse().map_err(|_| foreign_cursor())
}

fn letter_cursor(place: DeadLetterPlace) -> String {
    format!("{}.{}.{}", place.shard, place.log_seq, place.fact_id.0)
}

fn letter_place(cursor: &str) -> Result<DeadLetterPlace, ApiError> {
    read_place(cursor).ok_or_else(foreign_cursor)
}

fn read_place(cursor: &str) -> Option<DeadLetterPlace> {
    let mut parts = cursor.splitn(3, '.');
    Some(DeadLetterPlace {
        shard: ShardId(parts.next()?.parse().ok()?),
        log_seq: parts.next()?.parse().ok()?,
        fact_id: FactId(Uuid::try_parse(parts.next()?).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cursors_are_read() {
        let place = DeadLetterPlace {
            shard: ShardId(0),
            log_seq: 7,
            fact_id: FactId(Uuid::from_u128(9)),
        };
        assert_eq!(letter_place(&letter_cursor(place)).unwrap(), place);
        for bad in [
            "",
            ".",
            "0.7",
            "0.7.x",
            "70000.7.0",
            &letter_cursor(place).replace("0.7", "x.7"),
        ] {
            assert!(letter_place(bad).is_err(), "{bad:?}");
        }
        assert_eq!(number("7").unwrap(), 7);
        assert!(number("-7").is_err() && number("").is_err());
    }

    #[test]
    fn a_page_has_a_limit() {
        assert_eq!(
            [None, Some(0), Some(7), Some(i64::MAX)].map(page_limit),
            [50, 1, 7, 200]
        );
    }
}
