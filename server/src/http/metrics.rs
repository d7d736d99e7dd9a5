use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

use crate::Edge;

/// The numbers of this process, for Prometheus.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "Operation",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain")),
    security(())
)]
pub(crate) async fn page(State(edge): State<Edge>) -> Response {
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        (edge.metrics)(),
    )
        .into_response()
}
