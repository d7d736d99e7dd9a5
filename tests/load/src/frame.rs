//! The receiving end of a socket, written for its cost: frames are looked at where they lie and never parsed as JSON.

use std::{io, net::SocketAddr, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::sleep,
};

/// Room for several frames; more is taken when one is larger.
const BUFFER: usize = 4_096;

pub(crate) struct Receiver {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Why a socket did not open.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The edge asks to come back later.
    Later,
    Status(u16),
    Broken(io::Error),
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Later => f.write_str("the edge asks to come back later"),
            Self::Status(status) => write!(f, "the edge answers {status}"),
            Self::Broken(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// Open a socket that must open.
pub(crate) async fn open(address: SocketAddr, query: &str) -> Receiver {
    loop {
        match Receiver::open(address, query).await {
            Ok(receiver) => return receiver,
            // So many from one address are more than an edge admits at once.
            Err(Refused::Later) => sleep(Duration::from_millis(fastrand::u64(50..500))).await,
            Err(refused) => panic!("a socket does not open: {refused}"),
        }
    }
}

impl Receiver {
    /// Open a socket with this query, which carries its `?`.
    pub(crate) async fn open(address: SocketAddr, query: &str) -> Result<Self, Refused> {
        Self::greet(TcpStream::connect(address).await?, address, query).await
    }

    /// The same with a small receive window, so that the edge soon notices when nobody reads.
    pub(crate) async fn open_narrow(address: SocketAddr, query: &str) -> Result<Self, Refused> {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }?;
        socket.set_recv_buffer_size(4_096)?;
        Self::greet(socket.connect(address).await?, address, query).await
    }

    async fn greet(mut stream: TcpStream, address: SocketAddr, query: &str) -> Result<Self, Refused> {
        stream.set_nodelay(true)?;
        let key = STANDARD.encode(fastrand::u128(..).to_be_bytes());
        let request = format!(
            "GET /api/v1/ws{query} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut receiver = Self {
            stream,
            buffer: Vec::new(),
        };
        let head = loop {
            if let Some(end) = find(&receiver.buffer, b"\r\n\r\n") {
                break end + 4;
            }
            receiver.fill().await?;
        };
        let status = std::str::from_utf8(&receiver.buffer[..head])
            .ok()
            .and_then(|text| text.get(9..12)?.parse().ok());
        receiver.buffer.drain(..head);
        match status {
            Some(101) => Ok(receiver),
            Some(429 | 503) => Err(Refused::Later),
            other => Err(Refused::Status(other.unwrap_or(0))),
        }
    }

    /// Hand over every text frame that has come, waiting for at least one. `false`: the socket has ended.
    pub(crate) async fn receive(&mut self, mut each: impl FnMut(&[u8])) -> io::Result<bool> {
        let mut any = false;
        loop {
            let mut taken = 0;
            while let Some(frame) = Frame::read(&self.buffer[taken..]) {
                let payload = &self.buffer[taken + frame.header..taken + frame.whole];
                match frame.opcode {
                    1 => {
                        any = true;
                        each(payload);
                    }
                    8 => return Ok(false),
                    9 => {
                        let pong = masked(0xA, payload);
                        self.stream.write_all(&pong).await?;
                    }
                    _ => {}
                }
                taken += frame.whole;
            }
            self.buffer.drain(..taken);
            if any {
                self.give_back();
                return Ok(true);
            }
            match self.fill().await {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        self.buffer.reserve(BUFFER);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// An idle socket of ours needs no buffer.
    fn give_back(&mut self) {
        if self.buffer.is_empty() && self.buffer.capacity() > 4 * BUFFER {
            self.buffer = Vec::new();
        }
    }

    /// An idle socket of ours needs no buffer.
    pub(crate) fn shrink(&mut self) {
        self.buffer.shrink_to_fit();
    }
}

struct Frame {
    opcode: u8,
    header: usize,
    whole: usize,
}

impl Frame {
    /// The first frame, once it is complete. A server's frames are not masked.
    fn read(bytes: &[u8]) -> Option<Self> {
        let [first, second, ..] = *bytes else { return None };
        let (header, length) = match second & 0x7F {
            126 => (
                4,
                usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
            ),
            127 => (
                10,
                usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?,
            ),
            short => (2, usize::from(short)),
        };
        let whole = header + length;
        (bytes.len() >= whole).then_some(Self {
            opcode: first & 0xF,
            header,
            whole,
        })
    }
}

/// A short frame as clients must send it. The mask is zero: it protects proxies, and there is none.
fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len().min(125)).unwrap_or(125);
    let mut frame = vec![0x80 | opcode, 0x80 | length, 0, 0, 0, 0];
    frame.extend_from_slice(&payload[..usize::from(length)]);
    frame
}

/// The value of a text field that stands near the beginning.
pub(crate) fn text_field<'a>(frame: &'a [u8], name: &str) -> Option<&'a str> {
    let key = format!("\"{name}\":\"");
    let start = find(frame, key.as_bytes())? + key.len();
    let length = frame[start..].iter().position(|byte| *byte == b'"')?;
    std::str::from_utf8(&frame[start..start + length]).ok()
}

/// The number of the message that a `message.new` frame is about: the end of its id.
pub(crate) fn message_number(frame: &[u8]) -> Option<u32> {
    const START: &[u8] = br#"{"type":"message.new","id":""#;
    let id = frame.strip_prefix(START)?.get(..36)?;
    // What a dialog says of itself, its creation for example, may come late and is no message of ours.
    if find(frame, br#""sender_id":null"#).is_some() {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(&id[28..]).ok()?, 16).ok()
}

/// The number in the dialog, which stands near the end.
pub(crate) fn seq(frame: &[u8]) -> Option<u64> {
    const KEY: &[u8] = br#""seq":"#;
    let start = frame.windows(KEY.len()).rposition(|window| window == KEY)? + KEY.len();
    let digits = frame[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(&frame[start..start + digits])
        .ok()?
        .parse()
        .ok()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_all_lengths_are_cut_apart() {
        let mut bytes = vec![0x81, 2, b'h', b'i', 0x81, 126, 1, 0];
        bytes.extend([b'x'; 256]);
        let first = Frame::read(&bytes).unwrap();
        assert_eq!((first.opcode, first.header, first.whole), (1, 2, 4));
        let second = Frame::read(&bytes[4..]).unwrap();
        assert_eq!((second.header, second.whole), (4, 260));
        assert!(Frame::read(&bytes[4..100]).is_none());
    }

    #[test]
    fn what_matters_is_found_in_a_frame() {
        let frame = br#"{"type":"message.new","id":"019ab000-0000-7000-8000-0000000000ff","content":"\"seq\":1","seq":42,"pos":"77"}"#;
        assert_eq!(message_number(frame), Some(255));
        assert_eq!(seq(frame), Some(42));
        assert_eq!(text_field(frame, "pos"), Some("77"));
        assert_eq!(message_number(br#"{"type":"pong"}"#), None);
    }
}
