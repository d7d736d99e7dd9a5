//! A host's endpoint: it reads a request, notes which message it tells of, and answers as it is meant to.
//!
//! It is not the tests' receiver: that keeps all it was told for whoever looks later, and here it is to cost as little as possible.

use std::{
    collections::HashSet,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::sleep,
};

use crate::ledger::Ledger;

const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const BROKEN: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";

/// How an endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It takes everything, after so long.
    After(Duration),
    /// It never does.
    Never,
    /// Always with 500.
    Refuses,
}

pub(crate) struct Endpoint {
    port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    manner: Manner,
    requests: AtomicU64,
    heard: Mutex<Heard>,
}

/// Of which messages it was told.
#[derive(Default)]
struct Heard {
    ledger: Option<Arc<Ledger>>,
    messages: HashSet<u32>,
}

impl Endpoint {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let shared = Arc::new(Shared {
            manner,
            requests: AtomicU64::default(),
            heard: Mutex::default(),
        });
        Self {
            port,
            accepting: tokio::spawn(accept(listener, shared.clone())),
            shared,
        }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/webhooks", self.port)
    }

    /// From now on messages of this ledger are told of: each is delivered when it is heard of for the first time.
    pub(crate) fn notes_in(&self, ledger: &Arc<Ledger>) {
        *self.shared.heard() = Heard {
            ledger: Some(ledger.clone()),
            messages: HashSet::new(),
        };
    }

    /// How many requests have come, whatever became of them.
    pub(crate) fn requests(&self) -> u64 {
        self.shared.requests.load(Relaxed)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hears(&self, body: &[u8]) {
        self.requests.fetch_add(1, Relaxed);
        let Some(message) = message_number(body) else {
            return;
        };
        let mut heard = self.heard();
        if let Some(ledger) = heard.ledger.clone()
            && heard.messages.insert(message)
        {
            ledger.is_delivered(message, false);
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    // They end with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        connections.spawn(async move {
            // A client that breaks off has its reasons.
            let _ = serve(stream, &shared).await;
        });
    }
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer: Vec<u8> = Vec::with_capacity(8_192);
    loop {
        let (body, end) = loop {
            if let Some((body, end)) = complete(&buffer)
                && buffer.len() >= end
            {
                break (body, end);
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        shared.hears(&buffer[body..end]);
        buffer.drain(..end);
        match shared.manner {
            Manner::After(delay) => {
                if !delay.is_zero() {
                    sleep(delay).await;
                }
                stream.write_all(TAKEN).await?;
            }
            Manner::Never => {
                // Until whoever asked has lost their patience.
                while stream.read_buf(&mut buffer).await? > 0 {}
                return Ok(());
            }
            Manner::Refuses => stream.write_all(BROKEN).await?,
        }
    }
}

/// Where the body of a request begins and ends, once its head is there.
fn complete(request: &[u8]) -> Option<(usize, usize)> {
    let head = request.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&request[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let body = head + 4;
    Some((body, body + length.unwrap_or(0)))
}

/// The number of the message that an event tells of: the end of its id.
fn message_number(body: &[u8]) -> Option<u32> {
    let event: Value = serde_json::from_slice(body).ok()?;
    let id = event.pointer("/payload/message/id")?.as_str()?;
    u32::from_str_radix(id.get(28..)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_complete_with_its_body() {
        let request = b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(complete(request), Some((38, 40)));
        assert_eq!(complete(&request[..37]), None);
        assert_eq!(complete(&request[..39]), Some((38, 40)));
    }

    #[test]
    fn an_event_names_its_message() {
        let body = br#"{"payload":{"message":{"id":"019ab000-0000-7000-8000-0000000000ff"}}}"#;
        assert_eq!(message_number(body), Some(255));
        assert_eq!(message_number(b"{}"), None);
    }
}
