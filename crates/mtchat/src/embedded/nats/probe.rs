//! Is the server there? A few lines of the client protocol, enough to ask.

use std::io;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One question and its answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longer lines and answers than the server sends are not read.
const LIMIT: u64 = 1 << 20;

/// Whether the server greets those who connect.
pub(super) async fn takes_clients(port: u16) -> bool {
    matches!(timeout(PATIENCE, greeted(port)).await, Ok(Ok(_)))
}

/// Whether JetStream answers; in a cluster only when it has a leader.
pub(super) async fn jetstream_answers(port: u16) -> bool {
    let answer = timeout(PATIENCE, request(port, "$JS.API.INFO", b"")).await;
    matches!(answer, Ok(Ok(answer)) if answer.get("memory").is_some() && answer.get("error").is_none())
}

/// The JSON of a monitoring page.
pub(super) async fn monitor(port: u16, page: &str) -> Option<Value> {
    timeout(PATIENCE, fetch(port, page)).await.ok()?.ok()
}

async fn greeted(port: u16) -> io::Result<BufReader<TcpStream>> {
    let mut stream = BufReader::new(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?);
    if line(&mut stream).await?.starts_with("INFO ") {
        return Ok(stream);
    }
    Err(io::ErrorKind::InvalidData.into())
}

/// Asks the server itself something and reads the answer as JSON.
pub(super) async fn request(port: u16, subject: &str, payload: &[u8]) -> io::Result<Value> {
    let mut stream = greeted(port).await?;
    let hello = r#"{"verbose":false,"pedantic":false,"lang":"rust","version":"0","protocol":1}"#;
    let inbox = inbox();
    let head = format!(
        "CONNECT {hello}\r\nSUB {inbox} 1\r\nPUB {subject} {inbox} {}\r\n",
        payload.len()
    )
    .into_bytes();
    stream.write_all(&[&head, payload, b"\r\n"].concat()).await?;
    loop {
        let line = line(&mut stream).await?;
        if line.starts_with("PING") {
            stream.write_all(b"PONG\r\n").await?;
        } else if line.starts_with("MSG ") {
            let length = line
                .split_whitespace()
                .next_back()
                .and_then(|word| word.parse::<u64>().ok());
            let length = length
                .filter(|length| *length <= LIMIT)
                .ok_or(io::ErrorKind::InvalidData)?;
            let mut answer = Vec::new();
            stream.take(length).read_to_end(&mut answer).await?;
            return Ok(serde_json::from_slice(&answer)?);
        } else if line.starts_with("-ERR") {
            return Err(io::Error::other(line));
        }
    }
}

/// An inbox of one question's own: in a cluster the late answer to a question that was given up finds whoever listens there now.
fn inbox() -> String {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    format!("_INBOX.mtchat.probe.{}.{number}", std::process::id())
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    match stream.take(LIMIT).read_line(&mut line).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line),
    }
}

async fn fetch(port: u16, page: &str) -> io::Result<Value> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream
        .write_all(format!("GET {page} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").as_bytes())
        .await?;
    let mut answer = Vec::new();
    stream.take(LIMIT).read_to_end(&mut answer).await?;
    let body = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or(io::ErrorKind::InvalidData)?;
    Ok(serde_json::from_slice(&answer[body + 4..])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_questions_share_an_inbox() {
        assert_ne!(inbox(), inbox());
    }
}
