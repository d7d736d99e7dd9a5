//! Sends what this process tells about itself to collectors: a `POST` to one address, with a deadline.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    HeaderMap, Method, Request, StatusCode, Uri,
    body::Bytes,
    header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use tokio::time::timeout;

/// What a collector answers is a few words.
const MOST_BODY: usize = 64 * 1_024;
const CONNECT: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(60);

/// Posts to one address. Follows no redirects and uses no proxy.
pub(crate) struct Poster {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    headers: HeaderMap,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Posted {
    pub(crate) status: StatusCode,
    /// For how long it wants to be left alone.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

impl Poster {
    pub(crate) fn new(uri: Uri, content_type: &'static str, more: Vec<(HeaderName, HeaderValue)>) -> Self {
        let builder = HttpsConnectorBuilder::new();
        let builder = builder.with_native_roots().unwrap_or_else(|error| {
            tracing::info!(%error, "this machine has no root certificates; Mozilla's are used");
            HttpsConnectorBuilder::new().with_webpki_roots()
        });
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT));
        let connector = builder.https_or_http().enable_http1().wrap_connector(connector);
        let mut headers = HeaderMap::new();
        let agent = HeaderValue::from_static(concat!("mtchat/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, agent);
        headers.extend(more);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(1)
                .build(connector),
            uri,
            headers,
        }
    }

    /// The answer, or in words why there is none.
    pub(crate) async fn post(&self, body: Bytes, within: Duration) -> Result<Posted, String> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        let asking = async {
            let response = self
                .client
                .request(request)
                .await
                .map_err(|error| error.to_string())?;
            let status = response.status();
            let retry_after = response.headers().get(RETRY_AFTER);
            let retry_after = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
            let body = Limited::new(response.into_body(), MOST_BODY).collect().await;
            Ok(Posted {
                status,
                retry_after: retry_after.map(Duration::from_secs),
                body: body.map(http_body_util::Collected::to_bytes).unwrap_or_default(),
            })
        };
        timeout(within, asking)
            .await
            .unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }
}
