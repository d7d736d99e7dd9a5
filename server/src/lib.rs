//! The edge: HTTP and WebSocket in front of the log. It holds no truth; what it says it read from the log or from
//! Postgres, and what it was told is in the log before it says yes.

pub mod auth;
pub mod content;
mod cors;
mod edge;
mod error;
pub mod extract;
mod files;
pub mod gateway;
mod host_services;
mod http;
pub mod limit;
mod observe;
mod openapi;
mod options;
mod origins;
mod readiness;
mod revoking;
mod router;
mod secret;
mod serve;
mod shelf;
mod watermark;

pub use edge::{Edge, EdgeParts};
pub use error::ApiError;
pub use files::FilesOptions;
pub use openapi::openapi_json;
pub use options::{
    AdminToken, AuthOptions, CorsOptions, DrainOptions, JwksAddress, JwtKey, JwtOptions, KeyMaterial,
    MetricsPage, OptionsError, ServerOptions,
};
pub use readiness::{Readiness, Verdict};
pub use revoking::Revoking;
pub use router::{ROUTES, Route, router};
pub use secret::Secret;
pub use serve::{listen, serve};
pub use watermark::Watermark;
