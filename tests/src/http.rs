//! A plain HTTP client, one request at a time or many.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use mtchat_protocol::{Data, ErrorBody, ErrorCode};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// No request may take longer: the server's own deadlines are shorter.
const DEADLINE: Duration = Duration::from_secs(12);

/// A client with connections that are kept.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
}

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// There was no answer.
#[derive(Debug)]
pub enum HttpError {
    /// The connection could not be made or broke.
    Connection(String),
    /// Nothing came in time.
    Silent,
}

impl Default for Http {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(2)));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { client }
    }
}

impl Http {
    /// Ask and read the whole answer.
    pub async fn ask(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Answer, HttpError> {
        let mut request = Request::new(Full::new(body.into()));
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().expect("the harness builds valid addresses");
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header's name");
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header's value");
            request.headers_mut().append(name, value);
        }
        self.send(request).await
    }

    /// Send a request that is ready.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, HttpError> {
        let whole = async {
            let response = self.client.request(request).await;
            let (head, body) = response.map_err(|error| broken(&error))?.into_parts();
            let body = body.collect().await.map_err(|error| broken(&error))?.to_bytes();
            Ok(Answer {
                status: head.status,
                headers: head.headers,
                body,
            })
        };
        timeout(DEADLINE, whole).await.unwrap_or(Err(HttpError::Silent))
    }
}

fn broken(error: &dyn std::error::Error) -> HttpError {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    HttpError::Connection(text)
}

impl Answer {
    /// The body as this type.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error} in {self}"),
        }
    }

    /// The `data` of a success.
    pub fn data<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{self}");
        self.json::<Data<T>>().data
    }

    /// The code of an error.
    pub fn code(&self) -> ErrorCode {
        assert!(!self.status.is_success(), "{self}");
        self.json::<ErrorBody>().error.code
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Fails unless it has this status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(
            f,
            "the answer {} {}",
            self.status,
            body.chars().take(600).collect::<String>()
        )
    }
}
