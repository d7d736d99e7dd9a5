use std::sync::Arc;

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{delete, get, patch, post, put},
};

use crate::{
    ApiError, Edge,
    cors::{Cors, cors},
    gateway, http,
    observe::observe,
    openapi,
};

/// A path that this edge answers, with one method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    /// As on the wire, `GET`.
    pub method: &'static str,
    /// With its parameters in braces.
    pub path: &'static str,
}

/// The table of routes, once: the router is made of it, and whoever checks something about every route reads it.
macro_rules! routes {
    ($($method:ident $path:literal => $($handler:ident)::+;)*) => {
        /// Everything that this edge answers.
        pub const ROUTES: &[Route] = &[$(Route { method: method_name!($method), path: $path }),*];

        fn table() -> Router<Edge> {
            Router::new()$(.route($path, $method($($handler)::+)))*
        }

        /// What the handlers say of themselves.
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($handler)::+),*), components(schemas(mtchat_protocol::ErrorBody)))]
        pub(crate) struct Operations;
    };
}

macro_rules! method_name {
    (delete) => {
        "DELETE"
    };
    (get) => {
        "GET"
    };
    (patch) => {
        "PATCH"
    };
    (post) => {
        "POST"
    };
    (put) => {
        "PUT"
    };
}

routes! {
    get "/health" => http::health::live;
    get "/health/ready" => http::health::ready;
    get "/metrics" => http::metrics::page;
    get "/api/openapi.json" => openapi::describe;
    get "/api/docs" => openapi::page;

    post "/api/v1/management/dialogs" => http::management_dialogs::create;
    post "/api/v1/management/dialogs/search" => http::management_dialogs::search;
    get "/api/v1/management/dialogs" => http::management_list::list;
    post "/api/v1/management/dialogs/find-or-create" => http::management_find::find_or_create;
    patch "/api/v1/management/dialogs/{dialog}" => http::management_changes::update;
    get "/api/v1/management/dialogs/{dialog}/export" => http::management_export::export;
    post "/api/v1/management/dialogs/{dialog}/messages" => http::management_notices::post;
    put "/api/v1/management/dialogs/{dialog}/participants/{user}/role" => http::management_participants::change_role;
    get "/api/v1/management/dialogs/{dialog}" => http::management_dialogs::show;
    delete "/api/v1/management/dialogs/{dialog}" => http::management_dialogs::remove;
    post "/api/v1/management/dialogs/{dialog}/participants" => http::management_participants::add;
    delete "/api/v1/management/dialogs/{dialog}/participants/{user}" => http::management_participants::remove;
    put "/api/v1/management/dialogs/{dialog}/access-scopes" => http::management_scopes::replace;
    get "/api/v1/management/audit" => http::management_audit::list;
    post "/api/v1/management/users/{user}/revoke" => http::management_users::revoke;
    post "/api/v1/management/users/{user}/ban" => http::management_users::ban;
    delete "/api/v1/management/users/{user}/ban" => http::management_users::unban;
    post "/api/v1/management/users/{user}/erase" => http::management_erasure::request;
    get "/api/v1/management/users/{user}/erase" => http::management_erasure::show;

    post "/api/v1/management/webhooks" => http::management_webhooks::create;
    get "/api/v1/management/webhooks" => http::management_webhooks::list;
    get "/api/v1/management/webhooks/{endpoint}" => http::management_webhooks::show;
    patch "/api/v1/management/webhooks/{endpoint}" => http::management_webhooks::update;
    delete "/api/v1/management/webhooks/{endpoint}" => http::management_webhooks::remove;
    post "/api/v1/management/webhooks/{endpoint}/secret" => http::management_webhooks::rotate;
    post "/api/v1/management/webhooks/{endpoint}/test" => http::management_webhook_deliveries::send_test;
    post "/api/v1/management/webhooks/{endpoint}/replay" => http::management_webhook_deliveries::replay;
    get "/api/v1/management/webhooks/{endpoint}/deliveries" => http::management_webhook_deliveries::list;
    post "/api/v1/management/webhooks/{endpoint}/deliveries/{no}/retry" => http::management_webhook_deliveries::retry;
    get "/api/v1/management/webhooks/{endpoint}/dead-letters" => http::management_webhook_deliveries::dead_letters;
    post "/api/v1/management/webhooks/{endpoint}/dead-letters/retry" => http::management_webhook_deliveries::retry_dead_letters;

    get "/api/v1/dialogs" => http::dialog_list::list;
    get "/api/v1/dialogs/by-object/{object_type}/{object_id}" => http::dialog_list::newest_of_object;
    get "/api/v1/dialogs/by-object/{object_type}/{object_id}/list" => http::dialog_list::list_of_object;
    get "/api/v1/unread" => http::dialog_list::total_unread;
    get "/api/v1/dialogs/{dialog}" => http::dialogs::show;
    post "/api/v1/dialogs/{dialog}/join" => http::membership::join;
    post "/api/v1/dialogs/{dialog}/leave" => http::membership::leave;
    post "/api/v1/dialogs/{dialog}/archive" => http::own_state::archive;
    post "/api/v1/dialogs/{dialog}/unarchive" => http::own_state::unarchive;
    post "/api/v1/dialogs/{dialog}/pin" => http::own_state::pin;
    post "/api/v1/dialogs/{dialog}/unpin" => http::own_state::unpin;
    post "/api/v1/dialogs/{dialog}/notifications" => http::own_state::notifications;
    post "/api/v1/dialogs/{dialog}/read" => http::own_state::read;
    post "/api/v1/dialogs/{dialog}/unread" => http::own_state::unread;
    get "/api/v1/dialogs/{dialog}/participants" => http::participants::list;
    get "/api/v1/dialogs/{dialog}/participants/former" => http::participants::list_former;
    get "/api/v1/dialogs/{dialog}/messages" => http::messages::list;
    post "/api/v1/dialogs/{dialog}/messages" => http::send_message::send;
    get "/api/v1/dialogs/{dialog}/messages/{message}" => http::messages::show;
    get "/api/v1/dialogs/{dialog}/messages/{message}/history" => http::message_history::history;
    put "/api/v1/dialogs/{dialog}/messages/{message}" => http::change_message::edit;
    delete "/api/v1/dialogs/{dialog}/messages/{message}" => http::change_message::remove;

    put "/api/v1/dialogs/{dialog}/messages/{message}/reactions/{emoji}" => http::reactions::add;
    delete "/api/v1/dialogs/{dialog}/messages/{message}/reactions/{emoji}" => http::reactions::remove;
    get "/api/v1/search" => http::search::find;

    post "/api/v1/upload/presign" => http::upload::presign;
    post "/api/v1/upload/parts" => http::upload::parts;
    post "/api/v1/upload/complete" => http::upload::complete;
    get "/api/v1/attachments/{attachment}/url" => http::attachments::links;
    get "/api/v1/attachments/{attachment}/file" => http::attachments::file;
    get "/api/v1/attachments/{attachment}/thumbnail" => http::attachments::thumbnail;

    post "/api/v1/ws/ticket" => http::socket_ticket::make;
    get "/api/v1/ws" => gateway::websocket;
}

/// Everything this edge answers.
pub fn router(edge: Edge) -> Router {
    let pages = Arc::new(Cors::new(&edge.options.cors, edge.origins.clone()));
    table()
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .with_state(edge)
        .layer(from_fn(observe))
        .layer(from_fn_with_state(pages, cors))
}

async fn unknown_route() -> ApiError {
    ApiError::Route
}

async fn wrong_method() -> ApiError {
    ApiError::Method
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;
