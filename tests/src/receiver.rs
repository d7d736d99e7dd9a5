//! A host's web server that is told what happens.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    fmt, io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha2::Sha256;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot, watch},
    task::{JoinHandle, JoinSet},
    time::Instant,
};

use crate::{PATIENCE, eventually, within};

/// How long everything may take that is told again after failures.
const RETRIES: Duration = Duration::from_secs(90);
/// How old a signature may be, and how far the sender's clock may be ahead, in seconds.
const TOLERANCE: i64 = 300;

/// A real endpoint on this machine. It keeps what it was told, and answers as it is told to.
pub struct Receiver {
    port: u16,
    shared: Arc<Shared>,
    held: tokio::sync::Mutex<mpsc::UnboundedReceiver<Held>>,
    accepting: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    answers: Mutex<Script>,
    deliveries: watch::Sender<Vec<Delivery>>,
    held: mpsc::UnboundedSender<Held>,
}

type Script = Arc<dyn Fn(&Delivery) -> Reply + Send + Sync>;

/// How a request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The connection breaks.
    Break,
    /// The test decides: it gets a [`Held`].
    Held,
    /// With nothing, ever.
    Never,
    /// With a status.
    Status(u16),
    /// With a status and a header.
    With(u16, &'static str, String),
}

/// One request.
#[derive(Clone)]
pub struct Delivery {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, byte by byte.
    pub body: Bytes,
    /// When it came.
    pub at: Instant,
    /// The how many-th of all it was.
    pub number: usize,
    /// The status that it was answered with; 0 as long as it was not.
    pub answered: u16,
}

/// A request that waits for its answer.
#[derive(Debug)]
pub struct Held {
    /// The request.
    pub delivery: Delivery,
    answer: oneshot::Sender<Reply>,
}

impl Receiver {
    /// A server that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let (held, holds) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            answers: Mutex::new(Arc::new(|_| Reply::Status(200))),
            deliveries: watch::Sender::default(),
            held,
        });
        Self {
            port,
            held: tokio::sync::Mutex::new(holds),
            accepting: Mutex::new(Some(tokio::spawn(accept(listener, shared.clone())))),
            shared,
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhooks", self.port)
    }

    /// It answers everything like this from now on.
    pub fn answers(&self, reply: Reply) {
        self.answers_by(move |_| reply.clone());
    }

    /// It answers each request as this says from now on.
    pub fn answers_by(&self, script: impl Fn(&Delivery) -> Reply + Send + Sync + 'static) {
        let mut answers = self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers = Arc::new(script);
    }

    /// The next request that waits for its answer.
    pub async fn held(&self) -> Held {
        let mut held = self.held.lock().await;
        let next = within("a request", PATIENCE, held.recv()).await;
        next.expect("the server lives")
    }

    /// Nobody can connect any more, and whoever was connected is cut off.
    pub async fn goes_down(&self) {
        let accepting = self.accepting().take().expect("it is up");
        accepting.abort();
        // Its end closes the port.
        let _ = accepting.await;
    }

    /// It is back, at the same address.
    pub async fn comes_back(&self) {
        let listener = eventually("the port to be free again", PATIENCE, async || {
            TcpListener::bind(("127.0.0.1", self.port)).await.ok()
        })
        .await;
        let accepting = tokio::spawn(accept(listener, self.shared.clone()));
        *self.accepting() = Some(accepting);
    }

    /// Everything that came, in order.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.deliveries.borrow().clone()
    }

    /// Wait for something among what came.
    pub async fn until<T>(&self, what: &str, find: impl Fn(&[Delivery]) -> Option<T>) -> T {
        let mut deliveries = self.shared.deliveries.subscribe();
        let looking = async {
            loop {
                if let Some(found) = find(&deliveries.borrow_and_update()) {
                    return found;
                }
                deliveries.changed().await.expect("the server lives");
            }
        };
        within(what, RETRIES, looking).await
    }

    /// Wait until so many different events were taken; they come back in the order in which they were.
    pub async fn takes(&self, events: usize) -> Vec<Delivery> {
        let what = format!("{events} events to be delivered");
        self.until(&what, |deliveries| {
            let taken = taken(deliveries);
            (taken.len() >= events).then_some(taken)
        })
        .await
    }

    fn accepting(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.accepting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(accepting) = self.accepting().take() {
            accepting.abort();
        }
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("port", &self.port)
            .field("deliveries", &self.shared.deliveries.borrow().len())
            .finish_non_exhaustive()
    }
}

impl Held {
    /// Answer it now.
    pub fn is_answered(self, reply: Reply) {
        // Whoever asked may be gone, which is what some tests are about.
        let _ = self.answer.send(reply);
    }
}

impl Delivery {
    /// A header; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(HeaderValue::to_str);
        value.map_or("", |text| text.expect("a header of ours is text"))
    }

    /// The event's id, the same on every try.
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// The body.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    /// The event's name.
    pub fn event(&self) -> String {
        self.text("/event")
    }

    /// The event's dialog.
    pub fn dialog(&self) -> String {
        self.text("/payload/dialog_id")
    }

    /// What a message says.
    pub fn content(&self) -> String {
        self.text("/payload/message/content")
    }

    /// The event's number in its dialog.
    pub fn seq(&self) -> u64 {
        self.json()["payload"]["seq"].as_u64().unwrap_or_default()
    }

    /// Whether it was taken.
    pub fn was_taken(&self) -> bool {
        (200..300).contains(&self.answered)
    }

    /// Whether a consumer of older deployments takes it for genuine.
    pub fn is_genuine(&self, secret: &str) -> bool {
        let signature: String = mac(secret.as_bytes(), &[&self.body[..]])
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.header("x-webhook-signature") == format!("sha256={signature}")
    }

    /// Whether a consumer that follows Standard Webhooks takes it for genuine at this moment, in seconds since 1970.
    pub fn is_standard(&self, secret: &str, now: i64) -> bool {
        let Ok(timestamp) = self.header("webhook-timestamp").parse::<i64>() else {
            return false;
        };
        let key = secret.strip_prefix("whsec_").map_or_else(
            || secret.as_bytes().to_vec(),
            |encoded| STANDARD.decode(encoded).expect("base64"),
        );
        let time = timestamp.to_string();
        let parts: [&[u8]; 5] = [self.id().as_bytes(), b".", time.as_bytes(), b".", &self.body];
        let expected = format!("v1,{}", STANDARD.encode(mac(&key, &parts)));
        let signatures = self.header("webhook-signature");
        (now - timestamp).abs() <= TOLERANCE && signatures.split(' ').any(|one| one == expected)
    }

    fn text(&self, pointer: &str) -> String {
        let json = self.json();
        let text = json.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "Delivery({}, answered {}: {body})", self.number, self.answered)
    }
}

/// Of each event the first time that it was taken.
fn taken(deliveries: &[Delivery]) -> Vec<Delivery> {
    let mut first: BTreeMap<&str, &Delivery> = BTreeMap::new();
    for delivery in deliveries.iter().filter(|delivery| delivery.was_taken()) {
        first.entry(delivery.id()).or_insert(delivery);
    }
    let mut taken: Vec<Delivery> = first.into_values().cloned().collect();
    taken.sort_by_key(|delivery| delivery.number);
    taken
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key).expect("a key may have any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // They end with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        let answer = service_fn(move |request| {
            let shared = shared.clone();
            async move { shared.answer(request).await }
        });
        connections.spawn(async move {
            // A client that breaks off has its reasons.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let delivery = self.note(head.headers, body);
        let script = self
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let reply = match script(&delivery) {
            Reply::Held => self.hold(delivery.clone()).await,
            reply => reply,
        };
        let (status, header) = match reply {
            Reply::Break | Reply::Held => return Err(io::Error::other("the connection breaks")),
            Reply::Never => match std::future::pending::<Infallible>().await {},
            Reply::Status(status) => (status, None),
            Reply::With(status, name, value) => (status, Some((name, value))),
        };
        // Noted before it is sent: whoever sees it counted knows at least that it is on its way.
        self.deliveries
            .send_modify(|deliveries| deliveries[delivery.number].answered = status);
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        if let Some((name, value)) = header {
            let value = HeaderValue::from_str(&value).expect("a header's value");
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
        Ok(response)
    }

    fn note(&self, headers: HeaderMap, body: Bytes) -> Delivery {
        let mut delivery = Delivery {
            headers,
            body,
            at: Instant::now(),
            number: 0,
            answered: 0,
        };
        self.deliveries.send_modify(|deliveries| {
            delivery.number = deliveries.len();
            deliveries.push(delivery.clone());
        });
        delivery
    }

    async fn hold(&self, delivery: Delivery) -> Reply {
        let (answer, answered) = oneshot::channel();
        let held = Held { delivery, answer };
        if self.held.send(held).is_err() {
            return Reply::Break;
        }
        // Whoever drops it does not answer.
        answered.await.unwrap_or(Reply::Break)
    }
}
