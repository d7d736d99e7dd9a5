use axum::{Json, extract::State, http::StatusCode};
use mtchat_domain::{CONFIGURED_ENDPOINT, WebhookUrl, unknown_webhook_events};
use mtchat_nats::log_state;
use mtchat_protocol::{
    CreateWebhook, Data, PatchWebhook, RotateWebhookSecret, ShardId, WebhookView, WebhookWithSecretView,
};
use mtchat_storage::{MadeWebhook, NewWebhook};
use uuid::Uuid;

use super::{
    host_write::{fingerprint, key_name},
    webhook_secret::named_or_fresh,
};
use crate::{
    ApiError, Edge,
    extract::{ApiJson, ApiPath, HostCaller, IdempotencyKey},
    openapi::{KeyHeader, KeyedRefusals, ReadRefusals, WriteRefusals},
};

/// The log that endpoints are told of. A deployment has one until it is split.
pub(super) const SHARD: ShardId = ShardId(0);
/// The endpoint of the configuration is changed there.
const MANAGED: &str = "this endpoint is managed by configuration: it can be switched on here, and no more";
/// How many names that do not exist are repeated, and how much of each.
const NAMED: (usize, usize) = (8, 64);

/// Make an endpoint. It is told of everything that happens after this answer, and of nothing before.
#[utoipa::path(
    post, path = "/api/v1/management/webhooks", operation_id = "createWebhook", tag = "Management: webhooks",
    params(KeyHeader),
    request_body = CreateWebhook,
    responses((status = 201, description = "The endpoint, with its secret", body = Data<WebhookWithSecretView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn create(
    State(edge): State<Edge>,
    host: HostCaller,
    key: IdempotencyKey,
    ApiJson(mut asked): ApiJson<CreateWebhook>,
) -> Result<(StatusCode, Json<Data<WebhookWithSecretView>>), ApiError> {
    let request = fingerprint("POST webhooks", &asked)?;
    let key = key.0.map(|key| (key_name(&key), request));
    asked.check()?;
    check_events(asked.events.as_deref())?;
    asked.url = address(&edge, &asked.url)?;
    let secret = named_or_fresh(asked.secret.take())?;
    let log = log_state(&edge.broker, SHARD).await?;
    let new = NewWebhook {
        id: Uuid::now_v7().to_string(),
        asked,
        secret,
        key,
        shard: SHARD,
        epoch: log.epoch,
        log_end: log.last_seq,
    };
    match edge.storage.create_webhook(&host.app, &new).await? {
        MadeWebhook::Full => Err(ApiError::WebhooksFull),
        MadeWebhook::KeyReused => Err(ApiError::KeyReused),
        MadeWebhook::Made(made) => {
            let WebhookWithSecretView { webhook, secret } = *made;
            let webhook = with_distance(webhook, Some(log.last_seq));
            let data = WebhookWithSecretView { webhook, secret };
            Ok((StatusCode::CREATED, Json(Data { data })))
        }
    }
}

/// The app's endpoints, the oldest first.
#[utoipa::path(
    get, path = "/api/v1/management/webhooks", operation_id = "listWebhooks", tag = "Management: webhooks",
    responses((status = 200, description = "All of them", body = Data<Vec<WebhookView>>), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn list(
    State(edge): State<Edge>,
    host: HostCaller,
) -> Result<Json<Data<Vec<WebhookView>>>, ApiError> {
    let found = edge.storage.webhooks(&host.app, SHARD).await?;
    let end = log_end(&edge).await;
    let data = found.into_iter().map(|webhook| with_distance(webhook, end));
    Ok(Json(Data { data: data.collect() }))
}

/// An endpoint.
#[utoipa::path(
    get, path = "/api/v1/management/webhooks/{endpoint}", operation_id = "getWebhook", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint")),
    responses((status = 200, description = "The endpoint", body = Data<WebhookView>), ReadRefusals),
    security(("host" = []))
)]
pub(crate) async fn show(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
) -> Result<Json<Data<WebhookView>>, ApiError> {
    let data = found(&edge, &host, &endpoint).await?;
    Ok(Json(Data { data }))
}

/// Change an endpoint, pause it, or switch it on. Its place in the log stays.
#[utoipa::path(
    patch, path = "/api/v1/management/webhooks/{endpoint}", operation_id = "updateWebhook", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint")),
    request_body = PatchWebhook,
    responses((status = 200, description = "The endpoint as it is now", body = Data<WebhookView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn update(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
    ApiJson(mut patch): ApiJson<PatchWebhook>,
) -> Result<Json<Data<WebhookView>>, ApiError> {
    patch.check()?;
    check_events(patch.events.as_ref().and_then(Option::as_deref))?;
    patch.url = patch.url.map(|url| address(&edge, &url)).transpose()?;
    let before = found(&edge, &host, &endpoint).await?;
    if patch.changed().is_empty() {
        return Ok(Json(Data { data: before }));
    }
    if endpoint == CONFIGURED_ENDPOINT && !patch.only_switches_on() {
        return Err(ApiError::WebhookRefused(MANAGED));
    }
    if !edge.storage.change_webhook(&host.app, &endpoint, &patch).await? {
        return Err(unknown());
    }
    let data = found(&edge, &host, &endpoint).await?;
    Ok(Json(Data { data }))
}

/// Delete an endpoint: it is told nothing any more, and what waited for it is forgotten.
#[utoipa::path(
    delete, path = "/api/v1/management/webhooks/{endpoint}", operation_id = "deleteWebhook", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint")),
    responses((status = 204, description = "It is gone"), KeyedRefusals),
    security(("host" = []))
)]
pub(crate) async fn remove(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
) -> Result<StatusCode, ApiError> {
    own(&edge, &host, &endpoint).await?;
    if !edge.storage.delete_webhook(&host.app, &endpoint).await? {
        return Err(unknown());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Give an endpoint another secret. The old one signs as well for a while, so that nothing is refused while the receiver changes.
#[utoipa::path(
    post, path = "/api/v1/management/webhooks/{endpoint}/secret", operation_id = "rotateWebhookSecret", tag = "Management: webhooks",
    params(("endpoint" = String, Path, description = "The endpoint")),
    request_body = RotateWebhookSecret,
    responses((status = 200, description = "The endpoint, with its new secret", body = Data<WebhookWithSecretView>), WriteRefusals),
    security(("host" = []))
)]
pub(crate) async fn rotate(
    State(edge): State<Edge>,
    host: HostCaller,
    ApiPath(endpoint): ApiPath<String>,
    ApiJson(rotate): ApiJson<RotateWebhookSecret>,
) -> Result<Json<Data<WebhookWithSecretView>>, ApiError> {
    let overlap = rotate.overlap()?;
    let secret = named_or_fresh(rotate.secret)?;
    own(&edge, &host, &endpoint).await?;
    let rotated = edge
        .storage
        .rotate_webhook_secret(&host.app, &endpoint, &secret, overlap)
        .await?;
    if !rotated {
        return Err(unknown());
    }
    let webhook = found(&edge, &host, &endpoint).await?;
    Ok(Json(Data {
        data: WebhookWithSecretView { webhook, secret },
    }))
}

/// The endpoint is not there, or is another app's.
pub(super) fn unknown() -> ApiError {
    ApiError::WebhookNotFound("the endpoint")
}

/// An endpoint of the app. Whatever is no id is none: nothing else is looked up.
pub(super) async fn found(edge: &Edge, host: &HostCaller, endpoint: &str) -> Result<WebhookView, ApiError> {
    let is_id = || Uuid::try_parse(endpoint).is_ok_and(|id| id.to_string() == endpoint);
    if endpoint != CONFIGURED_ENDPOINT && !is_id() {
        return Err(unknown());
    }
    let found = edge.storage.webhook(&host.app, endpoint, SHARD).await?;
    let found = found.ok_or_else(unknown)?;
    Ok(with_distance(found, log_end(edge).await))
}

/// An endpoint that the host has made.
async fn own(edge: &Edge, host: &HostCaller, endpoint: &str) -> Result<WebhookView, ApiError> {
    let webhook = found(edge, host, endpoint).await?;
    if endpoint == CONFIGURED_ENDPOINT {
        return Err(ApiError::WebhookRefused(MANAGED));
    }
    Ok(webhook)
}

/// Where the log ends, if it says so.
async fn log_end(edge: &Edge) -> Option<u64> {
    Some(log_state(&edge.broker, SHARD).await.ok()?.last_seq)
}

fn with_distance(mut webhook: WebhookView, log_end: Option<u64>) -> WebhookView {
    if let Some(position) = &mut webhook.position {
        position.behind = log_end.map(|end| end.saturating_sub(position.log_seq));
    }
    webhook
}

/// The address as it is called, if it may be. Where its name leads to is judged at each connection.
fn address(edge: &Edge, url: &str) -> Result<String, ApiError> {
    let url = WebhookUrl::new(url, edge.options.webhook_reach)?;
    Ok(url.as_str().to_owned())
}

fn check_events(names: Option<&[String]>) -> Result<(), ApiError> {
    let unknown = unknown_webhook_events(names.unwrap_or_default());
    if unknown.is_empty() {
        return Ok(());
    }
    let (most, longest) = NAMED;
    let named = unknown.into_iter().take(most);
    let named = named.map(|name| format!("{:?}", name.chars().take(longest).collect::<String>()));
    Err(ApiError::UnknownEvents(named.collect::<Vec<_>>().join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_do_not_exist_are_named() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert!(check_events(None).is_ok());
        assert!(check_events(Some(&names(&["message.new", "webhook.disabled"]))).is_ok());
        let long = "x".repeat(1_000);
        let wrong = check_events(Some(&names(&["message.new", "message_new", &long])));
        let told = wrong.unwrap_err().to_string();
        assert!(
            told.starts_with(r#"there is no event "message_new", "xxx"#) && told.len() < 200,
            "{told}"
        );
    }
}
