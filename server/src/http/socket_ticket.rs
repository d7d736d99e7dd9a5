use axum::{
    Json,
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, header::CACHE_CONTROL},
    response::AppendHeaders,
};
use mtchat_nats::TICKET_LIFE;
use mtchat_protocol::Data;
use serde::Serialize;

use crate::{
    ApiError, Edge,
    extract::Caller,
    limit::address,
    openapi::{ReadHeaders, ReadRefusals},
};

/// A ticket for one socket.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SocketTicket {
    /// For `?ticket=` of the socket, once, from the same address.
    ticket: String,
    /// For how many seconds it is good.
    expires_in: u64,
}

/// Make a ticket that opens one socket.
///
/// It is good once, for 30 seconds, from the address that asked for it. Whoever reads it later in the log of a proxy has nothing.
#[utoipa::path(
    post, path = "/api/v1/ws/ticket", operation_id = "makeSocketTicket", tag = "WebSocket",
    params(ReadHeaders),
    responses((status = 201, description = "A ticket", body = Data<SocketTicket>), ReadRefusals),
    security(("user" = []))
)]
pub(crate) async fn make(
    State(edge): State<Edge>,
    caller: Caller,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<
    (
        StatusCode,
        AppendHeaders<[(http::HeaderName, &'static str); 1]>,
        Json<Data<SocketTicket>>,
    ),
    ApiError,
> {
    let address = address(&headers, &extensions, edge.options.limits.trusted_proxies);
    let ticket = edge.tickets.issue(caller.authenticated(), address).await?;
    let data = SocketTicket {
        ticket,
        expires_in: TICKET_LIFE.as_secs(),
    };
    Ok((
        StatusCode::CREATED,
        AppendHeaders([(CACHE_CONTROL, "no-store")]),
        Json(Data { data }),
    ))
}
