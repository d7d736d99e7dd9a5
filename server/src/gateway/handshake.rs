use std::{borrow::Cow, net::IpAddr};

use axum::{
    Json,
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, Uri, header};
use mtchat_protocol::{ErrorBody, ErrorCode, limits};
use url::form_urlencoded;

use super::{
    Gateway,
    connection::Owner,
    hub::NotAdmitted,
    origin::origin_of,
    resume::ResumePoint,
    session::{Arrival, serve},
};
use crate::{
    auth::{AuthError, Authenticated},
    limit::{Excess, address},
    openapi::ReadRefusals,
};

/// Buffers of a socket. The small ones keep an idle socket small; a write is buffered so far that a batch of ordinary frames costs
/// few system calls.
const READ_BUFFER: usize = 1_024;
const WRITE_BUFFER: usize = 2_048;
/// Only a bound: one frame more than the write buffer must fit, and a frame is at most as large as a message of the broker.
const MOST_WRITE_BUFFER: usize = 4 << 20;
/// The longest a client that is refused is asked to wait, in seconds; the actual time is random, so that not all return at once.
const MOST_RETRY_AFTER: u32 = 5;

/// Open a socket.
///
/// What is said over it is described in the guide to the WebSocket.
#[utoipa::path(
    get, path = "/api/v1/ws", operation_id = "openSocket", tag = "WebSocket",
    params(
        ("ticket" = Option<String>, Query, description = "A ticket, made for this socket"),
        ("token" = Option<String>, Query, description = "A user's token, where the operator takes it from the query; else the first frame brings it"),
        ("epoch" = Option<String>, Query, description = "The epoch of `pos`"),
        ("pos" = Option<String>, Query, description = "Up to where the client has seen everything"),
    ),
    responses((status = 101, description = "The socket is open"), ReadRefusals),
    security((), ("user" = []))
)]
pub async fn websocket(
    State(gateway): State<Gateway>,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let accepted = async {
        let address = address(&headers, &extensions, gateway.trusted_proxies);
        within_limits(&gateway, address)?;
        let query = uri.query().unwrap_or_default();
        accept(&gateway, query, address, &headers, upgrade).await
    };
    match accepted.await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    }
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("this origin may not connect")]
    ForeignOrigin,
    #[error("{0}")]
    Limited(Excess),
    #[error("{0}")]
    NotAUpgrade(#[from] WebSocketUpgradeRejection),
    #[error("{0}")]
    NotAdmitted(#[from] NotAdmitted),
    #[error("tickets can not be looked for: try again")]
    NoBroker,
    #[error("{0}")]
    Nobody(#[from] AuthError),
    #[error("a token in the query is not accepted here")]
    QueryToken,
    #[error("too many connections are being opened")]
    TooFast,
}

impl Refusal {
    fn code(&self) -> ErrorCode {
        match self {
            Self::ForeignOrigin => ErrorCode::Forbidden,
            Self::NotAUpgrade(WebSocketUpgradeRejection::MethodNotGet(_)) => ErrorCode::MethodNotAllowed,
            Self::NotAUpgrade(_) => ErrorCode::BadRequest,
            Self::Limited(_) => ErrorCode::RateLimitExceeded,
            Self::NoBroker | Self::NotAdmitted(_) | Self::TooFast => ErrorCode::ServiceUnavailable,
            Self::Nobody(error) => error.code(),
            Self::QueryToken => ErrorCode::Unauthorized,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = self.code();
        metrics::counter!("mtchat_gateway_refused_total", "code" => code.as_str()).increment(1);
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(ErrorBody::new(code, self.to_string()))).into_response();
        if let Self::Limited(excess) = &self {
            excess.tell(response.headers_mut());
        }
        if code.may_retry() {
            let seconds = fastrand::u32(1..=MOST_RETRY_AFTER);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// First what one address may, so that it can not use up what all may. Then that: who is refused there comes back at a random
/// time, so that a herd spreads.
fn within_limits(gateway: &Gateway, address: Option<IpAddr>) -> Result<(), Refusal> {
    gateway.limits.handshake(address).map_err(Refusal::Limited)?;
    gateway.limits.admission().map_err(|_| Refusal::TooFast)
}

/// What the query says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Query<'a> {
    ticket: Option<Cow<'a, str>>,
    token: Option<Cow<'a, str>>,
    epoch: Option<Cow<'a, str>>,
    pos: Option<Cow<'a, str>>,
}

impl<'a> Query<'a> {
    /// The first of each counts.
    fn parse(query: &'a str) -> Self {
        let mut parsed = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match &*name {
                "ticket" => &mut parsed.ticket,
                "token" => &mut parsed.token,
                "epoch" => &mut parsed.epoch,
                "pos" => &mut parsed.pos,
                _ => continue,
            };
            field.get_or_insert(value);
        }
        parsed
    }
}

async fn accept(
    gateway: &Gateway,
    query: &str,
    address: Option<IpAddr>,
    headers: &HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let origin = origin_of(headers);
    // Who is on no list at all learns nothing of the token.
    if !gateway.admits_page(None, origin.as_ref()) {
        return Err(Refusal::ForeignOrigin);
    }
    let asked = Query::parse(query);
    let who = identify(gateway, query, &asked, address).await?;
    if let Some(who) = &who
        && !gateway.admits_page(Some(&who.caller.app), origin.as_ref())
    {
        return Err(Refusal::ForeignOrigin);
    }
    let upgrade = upgrade?;
    let owner = who.as_ref().map(|who| Owner {
        app: who.caller.app.clone(),
        user: who.caller.user.clone(),
    });
    let seat = gateway.hub.admit(owner.as_ref())?;
    let point = ResumePoint::parse(asked.epoch.as_deref(), asked.pos.as_deref());
    let (gateway, arrival) = (gateway.clone(), Box::new(Arrival { who, origin, point }));
    Ok(upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(MOST_WRITE_BUFFER)
        .max_message_size(limits::CLIENT_FRAME_BYTES)
        .max_frame_size(limits::CLIENT_FRAME_BYTES)
        .on_upgrade(move |socket| serve(socket, gateway, seat, arrival)))
}

/// Whose socket it will be; `None`: that comes in an `auth` frame.
async fn identify(
    gateway: &Gateway,
    query: &str,
    asked: &Query<'_>,
    address: Option<IpAddr>,
) -> Result<Option<Authenticated>, Refusal> {
    let authenticator = &gateway.authenticator;
    if let Some(ticket) = &asked.ticket {
        let tickets = gateway.tickets.as_ref().ok_or(AuthError::Ticket)?;
        let redeemed = tickets.redeem(ticket, address).await;
        let who = redeemed.map_err(|error| {
            tracing::warn!(%error, "a ticket was not looked for");
            Refusal::NoBroker
        })?;
        return Ok(Some(authenticator.still(who.ok_or(AuthError::Ticket)?)?));
    }
    if authenticator.insecure_app().is_some() {
        return Ok(Some(authenticator.query_user(Some(query), None)?));
    }
    match &asked.token {
        None => Ok(None),
        Some(_) if !gateway.hub.options().query_token => Err(Refusal::QueryToken),
        Some(token) => Ok(Some(authenticator.identify(token, None).await?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_decoded_and_the_first_of_each_counts() {
        let query = Query::parse("user_id=other&pos=7&x=1&token=&epoch=%D1%8F&pos=8");
        assert_eq!(query.pos.as_deref(), Some("7"));
        assert_eq!(query.token.as_deref(), Some(""));
        assert_eq!(query.epoch.as_deref(), Some("я"));
        assert_eq!(Query::parse(""), Query::default());
    }
}
