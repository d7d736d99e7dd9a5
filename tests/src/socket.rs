//! A bare WebSocket: what a client sends and hears, without a client's cleverness.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::{PATIENCE, within};

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
const BUFFER: usize = 4 * 1_024;

/// An open WebSocket to an edge.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
}

/// What came over a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The server closed, with this code where it gave one.
    Closed(Option<u16>),
    /// The connection broke.
    Lost(String),
    /// A text frame.
    Text(String),
}

/// Why there is no socket.
#[derive(Debug)]
pub enum Refused {
    /// The server answered with this instead of an upgrade.
    Answer(StatusCode, HeaderMap, Vec<u8>),
    /// There was no server.
    Unreachable(String),
}

impl Socket {
    /// Open a socket of this machine at `/api/v1/ws` with this query, which carries its `?`.
    pub async fn open(port: u16, query: &str) -> Result<Self, Refused> {
        Self::open_at(here(port), query).await
    }

    /// The same anywhere.
    pub async fn open_at(address: SocketAddr, query: &str) -> Result<Self, Refused> {
        Self::open_with(address, query, None, None).await
    }

    /// The same as a page of this origin does it.
    pub async fn open_from(port: u16, query: &str, origin: &str) -> Result<Self, Refused> {
        Self::open_with(here(port), query, None, Some(origin)).await
    }

    /// The same with a small receive window, so that a reader that stops is noticed early.
    pub async fn open_narrow(port: u16, query: &str) -> Result<Self, Refused> {
        Self::open_narrow_at(here(port), query).await
    }

    /// The same anywhere.
    pub async fn open_narrow_at(address: SocketAddr, query: &str) -> Result<Self, Refused> {
        Self::open_with(address, query, Some(4_096), None).await
    }

    async fn open_with(
        address: SocketAddr,
        query: &str,
        window: Option<u32>,
        origin: Option<&str>,
    ) -> Result<Self, Refused> {
        let unreachable = |error: &dyn std::fmt::Display| Refused::Unreachable(error.to_string());
        let tcp = if address.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        };
        let tcp = tcp.map_err(|error| unreachable(&error))?;
        if let Some(window) = window {
            tcp.set_recv_buffer_size(window)
                .map_err(|error| unreachable(&error))?;
        }
        let open = async {
            let stream = tcp.connect(address).await.map_err(|error| unreachable(&error))?;
            stream.set_nodelay(true).map_err(|error| unreachable(&error))?;
            let request = format!("ws://{address}/api/v1/ws{query}").into_client_request();
            let mut request = request.expect("the harness builds valid addresses");
            if let Some(origin) = origin {
                let origin = HeaderValue::from_str(origin).expect("a header's value");
                request.headers_mut().insert("origin", origin);
            }
            let config = WebSocketConfig::default()
                .read_buffer_size(BUFFER)
                .write_buffer_size(0);
            match client_async_with_config(request, stream, Some(config)).await {
                Ok((stream, _)) => Ok(Self { stream }),
                Err(Error::Http(answer)) => {
                    let (head, body) = answer.into_parts();
                    Err(Refused::Answer(
                        head.status,
                        head.headers,
                        body.unwrap_or_default(),
                    ))
                }
                Err(error) => Err(unreachable(&error)),
            }
        };
        tokio::time::timeout(HANDSHAKE, open)
            .await
            .unwrap_or_else(|_| Err(Refused::Unreachable("no answer in time".to_owned())))
    }

    /// Say this; failing to is the reader's to notice.
    pub async fn say(&mut self, text: &str) {
        let _ = self.stream.send(Message::text(text)).await;
    }

    /// Send any frame.
    pub async fn send(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    /// Wait for the next text, or the end.
    pub async fn hear(&mut self) -> Heard {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Heard::Text(text.to_string()),
                Some(Ok(Message::Close(frame))) => {
                    return Heard::Closed(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Heard::Lost(error.to_string()),
                None => return Heard::Closed(None),
            }
        }
    }

    /// The next text, with a deadline; fails when the socket ends instead.
    pub async fn hears(&mut self) -> serde_json::Value {
        match within("a frame", PATIENCE, self.hear()).await {
            Heard::Text(text) => serde_json::from_str(&text).expect("frames are JSON"),
            end => panic!("a frame was expected: {end:?}"),
        }
    }

    /// Read to the end, with a deadline: how it ended.
    pub async fn ends(&mut self) -> Heard {
        let end = async {
            loop {
                match self.hear().await {
                    Heard::Text(_) => {}
                    end => return end,
                }
            }
        };
        within("the end of the socket", PATIENCE, end).await
    }
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Socket")
    }
}

fn here(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}
