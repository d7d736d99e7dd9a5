//! Who asks: tokens, the insecure mode for development, the scope header, and the host's own tokens.

mod admin;
mod app;
mod authenticator;
mod bearer;
mod claims;
mod error;
mod jwks;
mod key;
mod revocations;
mod scope_header;
mod signer;
mod ticket;
mod token;
mod unique_json;

pub use admin::AdminTokens;
pub use app::App;
pub use authenticator::{Authenticated, Authenticator};
pub use error::{AuthError, TokenError};
pub use jwks::{JwksUrl, NotAJwksUrl};
pub use revocations::Revocations;
pub use scope_header::scope_header;
pub use signer::Signer;
pub use ticket::{NoTicket, Tickets};

pub(crate) use app::follow_apps;
pub(crate) use bearer::bearer;
