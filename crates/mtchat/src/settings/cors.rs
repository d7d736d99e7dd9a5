use std::time::Duration;

use mtchat_server::CorsOptions;
use serde::Deserialize;

use super::seconds;

/// `[cors]`: which web pages may call. `*` in a list means any.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorsSettings {
    /// `CORS_ALLOWED_ORIGINS`, such as `https://shop.example`.
    pub allowed_origins: Vec<String>,
    /// `CORS_ALLOWED_METHODS`.
    pub allowed_methods: Vec<String>,
    /// `CORS_ALLOWED_HEADERS`.
    pub allowed_headers: Vec<String>,
    /// `CORS_ALLOW_CREDENTIALS`. Never together with any origin.
    pub allow_credentials: bool,
    /// `CORS_MAX_AGE`. How long a browser may remember the answer.
    #[serde(rename = "max_age_secs", deserialize_with = "seconds::deserialize")]
    pub max_age: Duration,
}

impl Default for CorsSettings {
    fn default() -> Self {
        let options = CorsOptions::default();
        Self {
            allowed_origins: options.origins,
            allowed_methods: options.methods,
            allowed_headers: options.headers,
            allow_credentials: options.credentials,
            max_age: options.max_age,
        }
    }
}

impl CorsSettings {
    /// As the edge takes it.
    #[must_use]
    pub fn cors_options(&self) -> CorsOptions {
        CorsOptions {
            origins: self.allowed_origins.clone(),
            methods: self.allowed_methods.clone(),
            headers: self.allowed_headers.clone(),
            credentials: self.allow_credentials,
            max_age: self.max_age,
        }
    }

    pub(super) fn validate(&self, problems: &mut Vec<String>) {
        if self.allow_credentials && self.allowed_origins.iter().any(|origin| origin == "*") {
            problems.push(
                "CORS_ALLOW_CREDENTIALS is true while CORS_ALLOWED_ORIGINS allows any (`*`): name the origins".to_owned(),
            );
        }
    }
}
