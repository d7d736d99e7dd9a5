use std::{error::Error, time::Duration};

use bytes::Bytes;
use http::{
    HeaderValue, Request, Response, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, USER_AGENT},
};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{sync::Semaphore, time::timeout};

use super::{
    JwksUrl,
    document::{self, PublishedKey},
    error::JwksError,
    freshness::max_age,
};

/// The largest document.
const MOST_BYTES: usize = 256 * 1_024;
/// How long a reading may take, from the name's resolution to the last byte.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many addresses are read at once: many apps must not make a burst of connections.
const AT_ONCE: usize = 16;

/// Reads documents of keys. Follows no redirects, sends nothing but the request, keeps no connections.
pub(super) struct JwksClient {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    at_once: Semaphore,
}

/// What an address gave.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) keys: Vec<PublishedKey>,
    pub(super) max_age: Option<Duration>,
}

impl JwksClient {
    /// A client that trusts the roots of this machine, or, where it has none, those of Mozilla that come along.
    pub(super) fn new() -> Self {
        let builder = HttpsConnectorBuilder::new();
        let builder = builder.with_native_roots().unwrap_or_else(|error| {
            tracing::info!(%error, "this machine has no root certificates; Mozilla's are used");
            HttpsConnectorBuilder::new().with_webpki_roots()
        });
        // Which addresses may do without TLS, a `JwksUrl` knows.
        let connector = builder.https_or_http().enable_http1().build();
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build(connector),
            at_once: Semaphore::new(AT_ONCE),
        }
    }

    /// Read what is published there now.
    pub(super) async fn read(&self, url: &JwksUrl) -> Result<Reading, JwksError> {
        // Never closed, so there always is a permit at some time.
        let _permit = self.at_once.acquire().await;
        timeout(PATIENCE, self.fetch(url))
            .await
            .unwrap_or(Err(JwksError::Timeout))
    }

    async fn fetch(&self, url: &JwksUrl) -> Result<Reading, JwksError> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = url.uri();
        let headers = request.headers_mut();
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("application/jwk-set+json, application/json"),
        );
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("mtchat/", env!("CARGO_PKG_VERSION"))),
        );
        let response = self.client.request(request).await;
        let response = response.map_err(|error| JwksError::Unreachable(in_full(&error)))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(JwksError::Redirect);
        }
        if status != StatusCode::OK {
            return Err(JwksError::Status(status));
        }
        let max_age = response
            .headers()
            .get(CACHE_CONTROL)
            .and_then(|value| value.to_str().ok())
            .and_then(max_age);
        let keys = document::read(url.host(), &whole(response).await?)?;
        Ok(Reading { keys, max_age })
    }
}

async fn whole(response: Response<Incoming>) -> Result<Bytes, JwksError> {
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() {
            JwksError::TooLarge
        } else {
            JwksError::Unreachable(in_full(error.as_ref()))
        }
    })?;
    Ok(body.to_bytes())
}

/// With its causes: the outermost error says only that there was one.
fn in_full(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
