use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header::RETRY_AFTER},
    middleware::from_fn,
    routing::{delete, get, post, put},
};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::{ApiError, CorsOptions, Edge, gateway, http, observe::observe};

/// Everything this edge answers.
pub fn router(edge: Edge) -> Router {
    let cors = cors(&edge.options.cors);
    Router::new()
        .route("/health", get(http::health::live))
        .route("/health/ready", get(http::health::ready))
        .route("/metrics", get(http::metrics::page))
        .nest("/api/v1/management", management())
        .nest("/api/v1", chat())
        .route(
            "/api/v1/ws",
            get(gateway::websocket).with_state(edge.gateway.clone()),
        )
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(edge)
        .layer(from_fn(observe))
        .layer(cors)
}

fn management() -> Router<Edge> {
    use http::{
        management_changes, management_dialogs, management_export, management_find, management_list,
        management_notices, management_participants, management_scopes,
    };
    Router::new()
        .route(
            "/dialogs",
            get(management_list::list).post(management_dialogs::create),
        )
        .route("/dialogs/search", post(management_dialogs::search))
        .route("/dialogs/find-or-create", post(management_find::find_or_create))
        .route(
            "/dialogs/{dialog}",
            get(management_dialogs::show)
                .patch(management_changes::update)
                .delete(management_dialogs::remove),
        )
        .route("/dialogs/{dialog}/export", get(management_export::export))
        .route("/dialogs/{dialog}/messages", post(management_notices::post))
        .route(
            "/dialogs/{dialog}/participants",
            post(management_participants::add),
        )
        .route(
            "/dialogs/{dialog}/participants/{user}",
            delete(management_participants::remove),
        )
        .route(
            "/dialogs/{dialog}/participants/{user}/role",
            put(management_participants::change_role),
        )
        .route("/dialogs/{dialog}/access-scopes", put(management_scopes::replace))
}

fn chat() -> Router<Edge> {
    use http::{change_message, dialogs, membership, message_history, messages, participants, send_message};
    Router::new()
        .route("/dialogs/{dialog}", get(dialogs::show))
        .route("/dialogs/{dialog}/join", post(membership::join))
        .route("/dialogs/{dialog}/leave", post(membership::leave))
        .route("/dialogs/{dialog}/participants", get(participants::list))
        .route(
            "/dialogs/{dialog}/messages",
            get(messages::list).post(send_message::send),
        )
        .route(
            "/dialogs/{dialog}/messages/{message}",
            get(messages::show)
                .put(change_message::edit)
                .delete(change_message::remove),
        )
        .route(
            "/dialogs/{dialog}/messages/{message}/history",
            get(message_history::history),
        )
}

async fn unknown_route() -> ApiError {
    ApiError::Route
}

async fn wrong_method() -> ApiError {
    ApiError::Method
}

/// Any origin and credentials never go together, whatever the options say: it would hand every page the visitor's session.
fn cors(options: &CorsOptions) -> CorsLayer {
    let any = |list: &[String]| list.iter().any(|entry| entry == "*");
    let any_origin = any(&options.origins);
    let credentials = options.credentials && !any_origin;
    let origins = if any_origin {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(
            options
                .origins
                .iter()
                .filter_map(|origin| HeaderValue::from_str(origin).ok()),
        )
    };
    // With credentials a star is no star any more, so what the browser asks for is said back.
    let methods = match (any(&options.methods), credentials) {
        (true, false) => AllowMethods::any(),
        (true, true) => AllowMethods::mirror_request(),
        (false, _) => options
            .methods
            .iter()
            .filter_map(|method| method.parse::<Method>().ok())
            .collect::<Vec<_>>()
            .into(),
    };
    let headers = match (any(&options.headers), credentials) {
        (true, false) => AllowHeaders::any(),
        (true, true) => AllowHeaders::mirror_request(),
        (false, _) => options
            .headers
            .iter()
            .filter_map(|name| name.parse::<HeaderName>().ok())
            .collect::<Vec<_>>()
            .into(),
    };
    let exposed = [
        HeaderName::from_static("mtchat-position"),
        HeaderName::from_static("preference-applied"),
        RETRY_AFTER,
    ];
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods(methods)
        .allow_headers(headers)
        .allow_credentials(credentials)
        .expose_headers(exposed)
        .max_age(options.max_age)
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;
