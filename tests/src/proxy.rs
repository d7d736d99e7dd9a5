//! A bad network between a client and a server: it swallows, holds still or cuts, on demand.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mtchat::embedded::Port;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// A proxy in front of one address. Connections through it end when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    port: Port,
    controls: Arc<Controls>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Controls {
    network: watch::Sender<Network>,
    /// How many acks of the log are still to be swallowed.
    to_swallow: AtomicUsize,
    swallowed: watch::Sender<usize>,
    replies: watch::Sender<Duration>,
}

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Network {
    /// Connections break, and nobody answers.
    Cut,
    /// Nothing comes through, and nobody is told.
    Frozen,
    #[default]
    Working,
}

impl Proxy {
    /// Stand in front of this port of the loopback.
    pub async fn before(upstream: u16) -> Self {
        let port = Port::free().expect("there is a free port");
        let listener = TcpListener::bind(("127.0.0.1", port.number())).await;
        let listener = listener.expect("the free port can be listened to");
        let controls = Arc::new(Controls {
            network: watch::Sender::default(),
            to_swallow: AtomicUsize::default(),
            swallowed: watch::Sender::default(),
            replies: watch::Sender::default(),
        });
        let upstream = SocketAddr::from(([127, 0, 0, 1], upstream));
        let accepting = tokio::spawn(accept(listener, upstream, controls.clone()));
        Self {
            port,
            controls,
            accepting,
        }
    }

    /// Where clients connect.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The next so many acknowledgements of appends to the log never arrive.
    pub fn swallow_acks(&self, count: usize) {
        self.controls.to_swallow.store(count, Ordering::SeqCst);
    }

    /// How many acknowledgements have been swallowed so far.
    pub fn swallowed(&self) -> usize {
        *self.controls.swallowed.borrow()
    }

    /// From now on what the server says takes this long.
    pub fn delay_answers(&self, by: Duration) {
        self.controls.replies.send_replace(by);
    }

    /// Break all connections and refuse new ones.
    pub fn cut(&self) {
        self.controls.network.send_replace(Network::Cut);
    }

    /// Let nothing through any more, and say nothing.
    pub fn freeze(&self) {
        self.controls.network.send_replace(Network::Frozen);
    }

    /// Work again.
    pub fn mend(&self) {
        self.controls.network.send_replace(Network::Working);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, upstream: SocketAddr, controls: Arc<Controls>) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        if *controls.network.borrow() == Network::Cut {
            continue;
        }
        connections.spawn(relay(client, upstream, controls.clone()));
    }
}

async fn relay(client: TcpStream, upstream: SocketAddr, controls: Arc<Controls>) {
    let Ok(server) = TcpStream::connect(upstream).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut network = controls.network.subscribe();
    tokio::select! {
        () = forward(from_client, to_server, &controls) => {}
        () = answer(from_server, to_client, &controls) => {}
        _ = network.wait_for(|network| *network == Network::Cut) => {}
    }
}

/// From the client to the server, as it is.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, controls: &Controls) {
    let mut network = controls.network.subscribe();
    let mut buffer = vec![0; 64 * 1_024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        let working = network
            .wait_for(|network| *network == Network::Working)
            .await
            .is_ok();
        if !working || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// From the server to the client, without what is to be swallowed.
async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, controls: &Controls) {
    let mut network = controls.network.subscribe();
    let mut buffer = Vec::new();
    let mut chunk = vec![0; 64 * 1_024];
    while let Ok(count @ 1..) = from.read(&mut chunk).await {
        let working = network
            .wait_for(|network| *network == Network::Working)
            .await
            .is_ok();
        if !working {
            return;
        }
        let delay = *controls.replies.borrow();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        buffer.extend_from_slice(&chunk[..count]);
        let mut passed = Vec::with_capacity(buffer.len());
        while let Some(length) = operation(&buffer) {
            let operation: Vec<u8> = buffer.drain(..length).collect();
            if is_ack(&operation) && take_one(&controls.to_swallow) {
                controls.swallowed.send_modify(|count| *count += 1);
            } else {
                passed.extend(operation);
            }
        }
        if to.write_all(&passed).await.is_err() {
            return;
        }
    }
}

/// The length of the first operation of the broker's protocol, payload and all, once it is complete.
fn operation(buffer: &[u8]) -> Option<usize> {
    let line = buffer.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let text = std::str::from_utf8(&buffer[..line]).ok()?;
    let payload = if text.starts_with("MSG ") || text.starts_with("HMSG ") {
        text.split_whitespace().last()?.parse::<usize>().ok()? + 2
    } else {
        0
    };
    (buffer.len() >= line + payload).then_some(line + payload)
}

/// Whether this is the broker's word that a fact stands in the log.
fn is_ack(operation: &[u8]) -> bool {
    if !operation.starts_with(b"MSG ") {
        return false;
    }
    let text = String::from_utf8_lossy(operation);
    let payload = text.split_once("\r\n").map_or("", |(_, payload)| payload);
    payload.starts_with("{\"stream\":\"MTCHAT_LOG_") && payload.contains("\"seq\":")
}

fn take_one(count: &AtomicUsize) -> bool {
    let taken = count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |count| count.checked_sub(1));
    taken.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_cut_apart_and_acks_recognised() {
        let ack = b"MSG _INBOX.a.b 3 31\r\n{\"stream\":\"MTCHAT_LOG_0\",\"seq\":7}\r\n";
        let ack = String::from_utf8_lossy(ack).replace(" 31\r", " 33\r");
        let stream = format!("PING\r\n{ack}+OK\r\n");
        assert_eq!(operation(stream.as_bytes()), Some(6));
        let rest = &stream.as_bytes()[6..];
        assert_eq!(operation(rest), Some(ack.len()));
        assert!(is_ack(&rest[..ack.len()]));
        assert_eq!(operation(&rest[..20]), None);
        assert!(!is_ack(b"MSG mtchat.ctl.stored.0 1 1\r\n7\r\n"));
    }
}
