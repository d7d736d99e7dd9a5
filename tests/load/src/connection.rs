//! A kept HTTP/1.1 connection that sends requests made beforehand and reads no more of the answers than it must.
//!
//! It is not the client core's: that sends the messages of a dialog one after the other and tries again, and here each is to be sent
//! once, when it is due, whatever became of the one before.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A request that is the same each time but for its message's id.
pub(crate) struct Request {
    bytes: Vec<u8>,
    id: usize,
}

impl Request {
    /// Send a message into this dialog in the name of the token's user; answered when it is accepted.
    pub(crate) fn send_message(address: SocketAddr, dialog: &str, token: &str) -> Self {
        let id = "00000000-0000-0000-0000-000000000000";
        let content = "The quick brown fox jumps over the lazy dog, and then it asks where the order is.";
        let body = format!(r#"{{"id":"{id}","content":"{content}"}}"#);
        let text = format!(
            "POST /api/v1/dialogs/{dialog}/messages HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nPrefer: respond-async\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let id = text.find(id).expect("the id stands in the body");
        Self {
            bytes: text.into_bytes(),
            id,
        }
    }

    /// With this id, written over what was there.
    pub(crate) fn with_id(&self, id: uuid::Uuid, into: &mut Vec<u8>) {
        into.clear();
        into.extend_from_slice(&self.bytes);
        id.hyphenated().encode_lower(&mut into[self.id..self.id + 36]);
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4_096),
        })
    }

    /// Send and wait for the answer's status.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(status) = complete(&self.buffer) {
                return Ok(status);
            }
        }
    }
}

/// The status, once the whole answer is there.
fn complete(answer: &[u8]) -> Option<u16> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&answer[..head]).ok()?;
    let status = text.get(9..12)?.parse().ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    (answer.len() >= head + 4 + length.unwrap_or(0)).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_complete_with_its_body() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(complete(answer), Some(200));
        assert_eq!(complete(&answer[..answer.len() - 1]), None);
        assert_eq!(
            complete(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"),
            Some(503)
        );
    }

    #[test]
    fn the_id_is_put_in_place() {
        let request = Request::send_message(([127, 0, 0, 1], 1).into(), "d", "t");
        let id = uuid::Uuid::now_v7();
        let mut bytes = Vec::new();
        request.with_id(id, &mut bytes);
        assert!(
            String::from_utf8(bytes)
                .unwrap()
                .contains(&format!("\"id\":\"{id}\""))
        );
    }
}
