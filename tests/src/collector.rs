//! A collector of traces on this machine. It reads what it is sent with the types that OpenTelemetry publishes.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{PATIENCE, within};

/// Takes spans, or answers with a status.
pub struct Collector {
    port: u16,
    status: Arc<AtomicU16>,
    seen: watch::Receiver<Vec<SeenSpan>>,
    serving: JoinHandle<()>,
}

/// A span that was sent.
#[derive(Debug, Clone)]
pub struct SeenSpan {
    /// The process that sent it, by its `service.name`.
    pub service: String,
    /// Its name.
    pub name: String,
    /// In hexadecimal digits.
    pub trace: String,
    /// The same.
    pub id: String,
    /// The same; empty: the first of its trace.
    pub parent: String,
    /// As OTLP counts them.
    pub kind: i32,
    /// What is known of it, as text.
    pub attributes: BTreeMap<String, String>,
    /// Whether it went wrong.
    pub failed: bool,
    /// The headers that it came with.
    pub headers: HeaderMap,
    /// Everything that was sent with it, as it was sent.
    pub bytes: Bytes,
}

impl Collector {
    /// One that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let (sender, seen) = watch::channel(Vec::new());
        let status = Arc::new(AtomicU16::new(200));
        let serving = tokio::spawn(serve(listener, Arc::new(sender), Arc::clone(&status)));
        Self {
            port,
            status,
            seen,
            serving,
        }
    }

    /// Where it takes traces, without the path.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on it answers with this status, and keeps nothing unless that is 200.
    pub fn answers(&self, status: u16) {
        self.status.store(status, Relaxed);
    }

    /// Waits until what was sent is as it should be.
    pub async fn until<T>(&self, what: &str, find: impl Fn(&[SeenSpan]) -> Option<T>) -> T {
        let mut seen = self.seen.clone();
        let waiting = async {
            loop {
                if let Some(found) = find(&seen.borrow_and_update()) {
                    return found;
                }
                seen.changed().await.expect("the collector serves");
            }
        };
        within(what, PATIENCE, waiting).await
    }

    /// All that was sent so far.
    pub fn spans(&self) -> Vec<SeenSpan> {
        self.seen.borrow().clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, seen: Arc<watch::Sender<Vec<SeenSpan>>>, status: Arc<AtomicU16>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (seen, status) = (Arc::clone(&seen), Arc::clone(&status));
        let service = service_fn(move |request| {
            let (seen, status) = (Arc::clone(&seen), status.load(Relaxed));
            async move { Ok::<_, Infallible>(answer(request, &seen, status).await) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(
    request: Request<Incoming>,
    seen: &watch::Sender<Vec<SeenSpan>>,
    status: u16,
) -> Response<Full<Bytes>> {
    assert_eq!(request.uri().path(), "/v1/traces");
    assert_eq!(request.headers()["content-type"], "application/x-protobuf");
    let headers = request.headers().clone();
    let bytes = request
        .into_body()
        .collect()
        .await
        .expect("a whole body")
        .to_bytes();
    if status == 200 {
        let sent = ExportTraceServiceRequest::decode(bytes.clone()).expect("what OTLP has");
        seen.send_modify(|seen| seen.extend(read(sent, &headers, &bytes)));
    }
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status.try_into().expect("a status");
    response
}

fn read(sent: ExportTraceServiceRequest, headers: &HeaderMap, bytes: &Bytes) -> Vec<SeenSpan> {
    let mut spans = Vec::new();
    for resource in sent.resource_spans {
        let of = attributes(resource.resource.expect("who it is of").attributes);
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            spans.push(seen(&of["service.name"], span, headers, bytes));
        }
    }
    spans
}

fn seen(service: &str, span: Span, headers: &HeaderMap, bytes: &Bytes) -> SeenSpan {
    assert!(span.start_time_unix_nano > 0 && span.start_time_unix_nano <= span.end_time_unix_nano);
    SeenSpan {
        service: service.to_owned(),
        name: span.name,
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        kind: span.kind,
        attributes: attributes(span.attributes),
        failed: span.status.is_some_and(|status| status.code == 2),
        headers: headers.clone(),
        bytes: bytes.clone(),
    }
}

fn attributes(of: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value| match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    let read = |pair: KeyValue| Some((pair.key, text(pair.value?.value?)));
    of.into_iter().filter_map(read).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
