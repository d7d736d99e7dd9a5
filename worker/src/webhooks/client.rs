use std::{
    error::Error,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri, header::RETRY_AFTER};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tower::Service;

use super::{
    WebhookUrl,
    address::is_public,
    outcome::{Outcome, judge},
};

/// How long an endpoint may take, from the name's resolution to the head of its answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long one of its addresses may take to connect.
const CONNECT: Duration = Duration::from_secs(5);
/// The rest of an answer is read so far and so long, so that the connection can be used again.
const MOST_BODY: usize = 64 * 1_024;
const BODY_WITHIN: Duration = Duration::from_secs(2);
/// How long a connection without use is kept.
const IDLE: Duration = Duration::from_secs(20);
/// Longest description of what went wrong, in characters.
const MOST_WORDS: usize = 300;

/// Sends to endpoints; clones share their connections. Follows no redirects, uses no proxy, and connects to nothing but an address that was looked at.
#[derive(Clone)]
pub(super) struct WebhookClient {
    client: Client<HttpsConnector<Connector>, Full<Bytes>>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    /// In our own words: what an endpoint writes is not kept.
    pub(super) error: Option<String>,
}

impl WebhookClient {
    /// A client that trusts the roots of this machine, or, where it has none, those of Mozilla that come along. With `private` it connects
    /// to private addresses, too.
    pub(super) fn new(private: bool, at_once: usize) -> Self {
        let builder = HttpsConnectorBuilder::new();
        let builder = builder.with_native_roots().unwrap_or_else(|error| {
            tracing::info!(%error, "this machine has no root certificates; Mozilla's are used");
            HttpsConnectorBuilder::new().with_webpki_roots()
        });
        // Which addresses may do without TLS, a `WebhookUrl` knows.
        let connector = builder
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector { private });
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .pool_max_idle_per_host(at_once)
                .build(connector),
        }
    }

    /// Send a body, and wait for the head of the answer.
    pub(super) async fn post(&self, url: &WebhookUrl, headers: HeaderMap, body: Bytes) -> Answer {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.uri();
        *request.headers_mut() = headers;
        let asked = timeout(PATIENCE, self.client.request(request)).await;
        match asked {
            Ok(Ok(response)) => answered(response).await,
            Ok(Err(error)) if error.is_connect() => Answer {
                outcome: Outcome::Unreachable,
                status: None,
                error: Some(in_words(&error)),
            },
            Ok(Err(error)) => silent(in_words(&error)),
            Err(_) => silent(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }
}

async fn answered(response: Response<Incoming>) -> Answer {
    let status = response.status();
    let outcome = judge(
        status.as_u16(),
        retry_after(response.headers(), SystemTime::now()),
    );
    // Nothing depends on how this ends.
    let rest = Limited::new(response.into_body(), MOST_BODY).collect();
    let _ = timeout(BODY_WITHIN, rest).await;
    let error = match outcome {
        Outcome::Delivered => None,
        _ if status.is_redirection() => Some(format!("it answered {status}, which is not followed")),
        _ => Some(format!("it answered {status}")),
    };
    Answer {
        outcome,
        status: Some(status.as_u16()),
        error,
    }
}

fn silent(error: String) -> Answer {
    Answer {
        outcome: Outcome::Silent,
        status: None,
        error: Some(error),
    }
}

/// How long an endpoint wants to be left alone: in seconds, or until a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

/// With its causes: the outermost error says only that there was one.
fn in_words(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text.chars()
        .filter(|character| !character.is_control())
        .take(MOST_WORDS)
        .collect()
}

/// Connects to an address that it has looked at: between the look and the connection no name is resolved again.
#[derive(Debug, Clone, Copy)]
struct Connector {
    private: bool,
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<TokioIo<TcpStream>>> + Send>>;

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        let private = self.private;
        Box::pin(async move { connect(&uri, private).await })
    }
}

async fn connect(uri: &Uri, private: bool) -> io::Result<TokioIo<TcpStream>> {
    let host = uri
        .host()
        .ok_or_else(|| io::Error::other("the address has no host"))?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let found: Vec<SocketAddr> = match host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => lookup_host((host, port)).await?.collect(),
    };
    let allowed = found
        .into_iter()
        .filter(|address| private || is_public(address.ip()));
    let mut trouble = io::Error::new(
        io::ErrorKind::PermissionDenied,
        "it has no address but of this machine or of private networks, which are not allowed",
    );
    for address in allowed {
        match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(TokioIo::new(stream));
            }
            Ok(Err(error)) => trouble = error,
            Err(_) => trouble = io::Error::new(io::ErrorKind::TimedOut, "no connection in time"),
        }
    }
    Err(trouble)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use tokio::net::TcpListener;

    use super::*;
    use crate::webhooks::WebhookReach;

    const OPEN: WebhookReach = WebhookReach {
        private: true,
        plain: true,
    };

    fn headers(retry_after: &str) -> HeaderMap {
        let value = HeaderValue::from_str(retry_after).unwrap();
        [(RETRY_AFTER, value)].into_iter().collect()
    }

    #[test]
    fn an_endpoint_says_in_two_ways_when_to_come_back() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_445_412_480);
        for (value, seconds) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("Wed, 21 Oct 2015 07:29:00 GMT", Some(60)),
            ("Wed, 21 Oct 2015 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let found = retry_after(&headers(value), now);
            assert_eq!(found, seconds.map(Duration::from_secs), "{value}");
        }
    }

    /// A name is judged by where it leads to, at the connection itself.
    #[tokio::test]
    async fn a_private_address_is_not_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let url = WebhookUrl::new(&format!("http://{host}:{port}/"), OPEN).unwrap();
            let client = WebhookClient::new(false, 1);
            let answer = client.post(&url, HeaderMap::new(), Bytes::new()).await;
            assert_eq!(answer.outcome, Outcome::Unreachable, "{host}: {answer:?}");
            assert!(answer.error.unwrap().contains("not allowed"), "{host}");
        }
        let connected = timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(connected.is_err(), "somebody connected");
    }

    #[tokio::test]
    async fn where_nobody_listens_nobody_is_reached() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let url = WebhookUrl::new(&format!("http://127.0.0.1:{port}/"), OPEN).unwrap();
        let answer = WebhookClient::new(true, 1)
            .post(&url, HeaderMap::new(), Bytes::new())
            .await;
        assert_eq!((answer.outcome, answer.status), (Outcome::Unreachable, None));
    }
}
