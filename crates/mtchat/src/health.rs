use std::{convert::Infallible, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{ALLOW, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use mtchat_worker::WorkerStatus;
use serde_json::json;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tokio_util::sync::CancellationToken;

use crate::telemetry::RenderMetrics;

/// Those who ask are probes and scrapers; nobody else has business here.
const MOST_CONNECTIONS: usize = 64;
const HEADERS_WITHIN: Duration = Duration::from_secs(5);
/// A connection that lasts longer is closed; probes and scrapers come again.
const LONGEST_CONNECTION: Duration = Duration::from_secs(300);
const PAUSE_WHEN_FULL: Duration = Duration::from_millis(100);

/// What a worker's health is made of.
#[derive(Clone)]
pub(crate) struct Health {
    /// Whether the broker is connected.
    pub(crate) connected: watch::Receiver<bool>,
    pub(crate) metrics: RenderMetrics,
    pub(crate) roles: watch::Receiver<WorkerStatus>,
    pub(crate) stopping: CancellationToken,
}

/// Answers probes and scrapers for as long as it is polled.
pub(crate) async fn answer(listener: TcpListener, health: Health) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Mostly too many open files: the next try would fail the same way at once.
                tracing::warn!(%error, "a probe's connection can not be taken");
                tokio::time::sleep(PAUSE_WHEN_FULL).await;
                continue;
            }
        };
        let health = health.clone();
        tokio::spawn(async move {
            let service =
                service_fn(|request| std::future::ready(Ok::<_, Infallible>(health.response(&request))));
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS_WITHIN)
                .serve_connection(TokioIo::new(stream), service);
            let _ = tokio::time::timeout(LONGEST_CONNECTION, served).await;
            drop(place);
        });
    }
}

impl Health {
    fn response(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = problem(
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                "Only GET is answered here",
            );
            response
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match request.uri().path() {
            "/health" => json_response(
                StatusCode::OK,
                &json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }),
            ),
            "/health/ready" => self.readiness(),
            "/metrics" => response(
                StatusCode::OK,
                "text/plain; version=0.0.4; charset=utf-8",
                (self.metrics)(),
            ),
            _ => problem(
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                "There is nothing at this address",
            ),
        }
    }

    fn readiness(&self) -> Response<Full<Bytes>> {
        let roles = self.roles.borrow().clone();
        let connected = *self.connected.borrow();
        let ready = is_ready(&roles, connected, self.stopping.is_cancelled());
        let (status, word) = if ready {
            (StatusCode::OK, "ready")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
        };
        json_response(
            status,
            &json!({ "status": word, "broker": connected, "roles": roles.roles }),
        )
    }
}

/// Standing by is ready: another worker is at work, and this one would take over.
fn is_ready(roles: &WorkerStatus, connected: bool, stopping: bool) -> bool {
    connected && !stopping && roles.failing().next().is_none()
}

fn problem(status: StatusCode, code: &str, message: &str) -> Response<Full<Bytes>> {
    json_response(status, &json!({ "error": { "code": code, "message": message } }))
}

fn json_response(status: StatusCode, body: &serde_json::Value) -> Response<Full<Bytes>> {
    response(status, "application/json", body.to_string())
}

fn response(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{ShardId, Timestamp};
    use mtchat_worker::{Role, RoleState, RoleStatus};

    use super::*;

    fn worker(state: RoleState) -> WorkerStatus {
        let role = |role, state| RoleStatus {
            role,
            shard: ShardId(0),
            state,
            position: 0,
            lag: None,
            oldest: None,
            last_progress: None,
        };
        WorkerStatus {
            roles: vec![
                role(Role::Fanout, RoleState::Active),
                role(Role::Projector, state),
            ],
        }
    }

    #[test]
    fn one_failing_role_is_enough_to_be_not_ready() {
        let failing = RoleState::Failing {
            since: Timestamp::from_micros(0),
            reason: "no database".to_owned(),
        };
        assert!(is_ready(&worker(RoleState::Active), true, false));
        assert!(is_ready(&worker(RoleState::Standby), true, false));
        assert!(!is_ready(&worker(failing), true, false));
        assert!(!is_ready(&worker(RoleState::Active), false, false));
        assert!(!is_ready(&worker(RoleState::Active), true, true));
    }

    #[tokio::test]
    async fn probes_and_scrapers_are_answered() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let (_roles, roles) = watch::channel(worker(RoleState::Active));
        let (_broker, connected) = watch::channel(true);
        let metrics: RenderMetrics = Arc::new(|| "mtchat_test 1\n".to_owned());
        let health = Health {
            connected,
            metrics,
            roles,
            stopping: CancellationToken::new(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answering = tokio::spawn(answer(listener, health));
        for (request, status, holds) in [
            ("GET /health", "200", "\"version\""),
            ("GET /health/ready", "200", "\"status\":\"ready\""),
            ("GET /metrics", "200", "mtchat_test 1"),
            ("GET /else", "404", "NOT_FOUND"),
            ("POST /health", "405", "METHOD_NOT_ALLOWED"),
        ] {
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            let text = format!("{request} HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n\r\n");
            stream.write_all(text.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{request}: {answer}"
            );
            assert!(answer.contains(holds), "{request}: {answer}");
        }
        answering.abort();
    }
}
