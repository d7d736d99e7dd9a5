//! Reports of errors for Sentry: where something went wrong, in which version, and nothing of what was said there. Off unless an address
//! is set.
//!
//! What a panic says, what a line of the log says and its fields may hold what users wrote, so none of it is looked at: a report is made
//! of the place in the source alone.

use std::{
    borrow::Cow,
    collections::HashMap,
    panic,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use hyper::{
    Uri,
    body::Bytes,
    header::{HeaderName, HeaderValue},
};
use metrics::counter;
use sentry_core::{
    Client, ClientOptions, Envelope, Transport, TransportFactory, TransportOptions,
    protocol::{Event, Exception, Frame, Stacktrace},
    types::Dsn,
};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::LevelFilter, layer::Context, registry::LookupSpan};

use crate::poster::Poster;

/// Most reports that wait.
const QUEUE: usize = 64;
/// The same place is reported once in this time.
const AGAIN_AFTER: Duration = Duration::from_secs(60);
const WITHIN: Duration = Duration::from_secs(10);
/// How long what still waits may take when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long Sentry is left alone when it says only that it has enough.
const ENOUGH: Duration = Duration::from_secs(60);
const AUTH: HeaderName = HeaderName::from_static("x-sentry-auth");

static REPORTER: OnceLock<Reporter> = OnceLock::new();

/// Where reports go, and as whose.
pub(crate) struct ReportOptions {
    pub(crate) dsn: Dsn,
    pub(crate) service: &'static str,
    pub(crate) environment: &'static str,
}

/// The way to Sentry; ends with [`Reports::stop`].
#[derive(Default)]
pub(crate) struct Reports(Option<(CancellationToken, JoinHandle<()>)>);

struct Reporter {
    client: Client,
    service: &'static str,
    /// When each place was reported last. As many as there are places in the source that report.
    told: Mutex<HashMap<(String, u32), Instant>>,
}

impl Reports {
    /// Starts reporting panics, and errors in the logs, inside a runtime; nothing without options. The second call in one process changes nothing.
    pub(crate) fn start(options: Option<ReportOptions>) -> Self {
        let Some(options) = options else {
            return Self::default();
        };
        let (sender, waiting) = mpsc::channel(QUEUE);
        let Some(poster) = poster(&options.dsn) else {
            return Self::default();
        };
        let mut of_client = ClientOptions::new();
        of_client.dsn = Some(options.dsn);
        of_client.release = Some(Cow::Borrowed(concat!("mtchat@", env!("CARGO_PKG_VERSION"))));
        of_client.environment = Some(Cow::Borrowed(options.environment));
        of_client.default_integrations = false;
        of_client.transport = Some(Arc::new(Queue(sender)));
        let reporter = Reporter {
            client: Client::with_options(of_client),
            service: options.service,
            told: Mutex::default(),
        };
        if REPORTER.set(reporter).is_err() {
            return Self::default();
        }
        let printed = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            printed(info);
            if let Some(place) = info.location() {
                report("panic", place.file(), place.line(), "panic");
            }
        }));
        let stop = CancellationToken::new();
        Self(Some((stop.clone(), tokio::spawn(send(poster, waiting, stop)))))
    }

    /// Sends what still waits, if that goes quickly.
    pub(crate) async fn stop(self) {
        if let Some((stop, running)) = self.0 {
            stop.cancel();
            let _ = tokio::time::timeout(LAST_WORDS, running).await;
        }
    }
}

/// Reports what the logs tell as an error. Costs nothing for everything else.
pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    ErrorLayer.with_filter(LevelFilter::ERROR)
}

struct ErrorLayer;

impl<S: Subscriber> Layer<S> for ErrorLayer {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if *metadata.level() == Level::ERROR
            && let (Some(file), Some(line)) = (metadata.file(), metadata.line())
        {
            report("error", file, line, metadata.target());
        }
    }
}

fn report(what: &str, file: &str, line: u32, target: &str) {
    let Some(reporter) = REPORTER.get() else { return };
    if reporter.is_new(file, line) {
        reporter
            .client
            .capture_event(reporter.event(what, file, line, target), None);
    }
}

impl Reporter {
    fn is_new(&self, file: &str, line: u32) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let last = told.insert((file.to_owned(), line), now);
        let is_new = last.is_none_or(|last| now.duration_since(last) >= AGAIN_AFTER);
        if let (false, Some(last)) = (is_new, last) {
            told.insert((file.to_owned(), line), last);
        }
        is_new
    }

    fn event(&self, what: &str, file: &str, line: u32, target: &str) -> Event<'static> {
        let file = shortened(file);
        let place = format!("{file}:{line}");
        let frame = Frame {
            filename: Some(file.to_owned()),
            lineno: Some(line.into()),
            module: Some(target.to_owned()),
            in_app: Some(true),
            ..Frame::default()
        };
        let exception = Exception {
            ty: what.to_owned(),
            value: Some(place.clone()),
            module: Some(target.to_owned()),
            stacktrace: Some(Stacktrace {
                frames: vec![frame],
                ..Stacktrace::default()
            }),
            ..Exception::default()
        };
        Event {
            culprit: Some(place.clone()),
            fingerprint: Cow::Owned(vec![Cow::Owned(what.to_owned()), Cow::Owned(place)]),
            logger: Some(target.to_owned()),
            exception: vec![exception].into(),
            tags: [("service".to_owned(), self.service.to_owned())].into(),
            ..Event::default()
        }
    }
}

/// Where dependencies were kept when this was built says nothing about them.
fn shortened(file: &str) -> &str {
    match file.split_once("/registry/src/") {
        Some((_, rest)) => rest.split_once('/').map_or(rest, |(_, rest)| rest),
        None => file,
    }
}

/// Where the client puts what it has to send.
struct Queue(mpsc::Sender<Envelope>);

impl TransportFactory for Queue {
    fn create_transport_with_options(&self, _: TransportOptions) -> Arc<dyn Transport> {
        Arc::new(Self(self.0.clone()))
    }
}

impl Transport for Queue {
    fn send_envelope(&self, envelope: Envelope) {
        if self.0.try_send(envelope).is_err() {
            counter!("mtchat_error_reports_total", "outcome" => "dropped").increment(1);
        }
    }
}

fn poster(dsn: &Dsn) -> Option<Poster> {
    let uri: Uri = dsn.envelope_api_url().as_str().parse().ok()?;
    let agent = concat!("mtchat/", env!("CARGO_PKG_VERSION"));
    let mut auth = HeaderValue::try_from(dsn.to_auth(Some(agent)).to_string()).ok()?;
    auth.set_sensitive(true);
    Some(Poster::new(
        uri,
        "application/x-sentry-envelope",
        vec![(AUTH, auth)],
    ))
}

/// One after another, for errors that come in crowds say little more than the first.
async fn send(poster: Poster, mut waiting: mpsc::Receiver<Envelope>, stop: CancellationToken) {
    let mut alone_until = Instant::now();
    loop {
        let next = tokio::select! {
            biased;
            next = waiting.recv() => next,
            () = stop.cancelled() => return,
        };
        let Some(envelope) = next else { return };
        let mut body = Vec::new();
        if Instant::now() < alone_until || envelope.to_writer(&mut body).is_err() {
            counter!("mtchat_error_reports_total", "outcome" => "dropped").increment(1);
            continue;
        }
        let outcome = match poster.post(Bytes::from(body), WITHIN).await {
            Ok(posted) if posted.status.is_success() => "sent",
            Ok(posted) if posted.status.as_u16() == 429 => {
                alone_until = Instant::now() + posted.retry_after.unwrap_or(ENOUGH);
                "dropped"
            }
            Ok(_) | Err(_) => "failed",
        };
        counter!("mtchat_error_reports_total", "outcome" => outcome).increment(1);
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Full};
    use hyper::{Response, server::conn::http1, service::service_fn};
    use hyper_util::rt::TokioIo;
    use tokio::net::TcpListener;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// A Sentry that gives on what it is sent: the headers and the body.
    async fn sentry() -> (u16, mpsc::UnboundedReceiver<(String, String)>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, sent) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sender = sender.clone();
                let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                    let sender = sender.clone();
                    async move {
                        let head = format!("{} {:?}", request.uri(), request.headers()["x-sentry-auth"]);
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        let _ = sender.send((head, String::from_utf8(body.to_vec()).unwrap()));
                        Ok::<_, std::convert::Infallible>(Response::new(Full::new(Bytes::new())))
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        (port, sent)
    }

    /// One test, because a process reports to one Sentry.
    #[tokio::test]
    async fn errors_and_panics_are_reported_by_their_place_and_nothing_they_say_is() {
        let (port, mut sent) = sentry().await;
        let reports = Reports::start(Some(ReportOptions {
            dsn: format!("http://public@127.0.0.1:{port}/7").parse().unwrap(),
            service: "mtchat-edge",
            environment: "production",
        }));
        let subscriber = tracing_subscriber::registry().with(layer());
        let mut lines = Vec::new();
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..3 {
                lines.push(line!() + 1);
                tracing::error!(token = "hunter2", said = %"needle", "hush {}", "needle");
            }
            tracing::warn!("a warning is no error: needle");
        });
        let _ = std::thread::spawn(|| panic!("needle {}", "hunter2")).join();
        let (error, panic) = (sent.recv().await.unwrap(), sent.recv().await.unwrap());
        for (head, body) in [&error, &panic] {
            assert!(
                head.starts_with("/api/7/envelope/") && head.contains("sentry_key=public"),
                "{head}"
            );
            for secret in ["needle", "hunter2", "hush", "server_name"] {
                assert!(!body.contains(secret), "{secret} is told: {body}");
            }
            assert!(
                body.contains(concat!("mtchat@", env!("CARGO_PKG_VERSION"))),
                "{body}"
            );
            assert!(body.contains("\"service\":\"mtchat-edge\""), "{body}");
        }
        assert!(
            error.1.contains(&format!("reports.rs:{}", lines[0])),
            "{}",
            error.1
        );
        assert!(
            panic.1.contains("\"type\":\"panic\"") && panic.1.contains("reports.rs:"),
            "{}",
            panic.1
        );
        reports.stop().await;
        assert!(sent.try_recv().is_err(), "the same place is told once");
    }

    #[test]
    fn places_in_dependencies_name_no_directory_of_a_builder() {
        let file = "/builder/.cargo/registry/src/index-1949cf8c6b5b557f/hyper-1.7.0/src/lib.rs";
        assert_eq!(shortened(file), "hyper-1.7.0/src/lib.rs");
        assert_eq!(shortened("server/src/lib.rs"), "server/src/lib.rs");
    }
}
