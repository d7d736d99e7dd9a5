use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{Edge, readiness::Report};

#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Health {
    status: &'static str,
    version: &'static str,
}

/// Whether this process lives.
#[utoipa::path(
    get, path = "/health", operation_id = "live", tag = "Operation",
    responses((status = 200, description = "It lives", body = Health)),
    security(())
)]
pub(crate) async fn live() -> Json<Health> {
    Json(Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Whether this process can take work.
#[utoipa::path(
    get, path = "/health/ready", operation_id = "ready", tag = "Operation",
    responses(
        (status = 200, description = "It can take work", body = Report),
        (status = 503, description = "It can not take work now", body = Report)
    ),
    security(())
)]
pub(crate) async fn ready(State(edge): State<Edge>) -> Response {
    let report = edge.readiness.report();
    let status = if report.takes_work() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report)).into_response()
}
