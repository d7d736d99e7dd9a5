use std::ops::Deref;

use axum::{extract::FromRequestParts, http::request::Parts};
use mtchat_protocol::Actor;

use super::stranger;
use crate::{ApiError, Edge, auth::Authenticated, cors::Whose};

/// The verified user who asks, within their limits. There is no other way to get one.
#[derive(Debug, Clone)]
pub struct Caller(Authenticated);

impl Caller {
    /// As the actor of a fact.
    pub fn actor(&self) -> Actor {
        Actor::User {
            id: self.0.caller.user.clone(),
        }
    }

    /// What is known of the identity beside the caller.
    pub fn authenticated(&self) -> &Authenticated {
        &self.0
    }
}

impl Deref for Caller {
    type Target = mtchat_domain::Caller;

    fn deref(&self) -> &mtchat_domain::Caller {
        &self.0.caller
    }
}

impl FromRequestParts<Edge> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, ApiError> {
        let who = edge.auth.request(&parts.headers, parts.uri.query()).await;
        let who = who.map_err(|error| stranger(parts, edge, error))?;
        Whose::tell(&parts.extensions, &who.caller.app);
        edge.limits.user(&who.caller.app, &who.caller.user)?;
        Ok(Self(who))
    }
}
