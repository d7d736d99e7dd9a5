//! Is the server there?

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One question and its answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longer answers are not read.
const LIMIT: u64 = 16 << 20;

/// Whether S3 answers somebody without credentials, as it must: with a refusal.
pub(super) async fn answers_strangers(port: u16) -> bool {
    matches!(ask(port, "/").await, Some((403, _)))
}

/// Whether the master knows of a place where files can be put.
pub(super) async fn has_room(port: u16) -> bool {
    let Some((200, body)) = ask(port, "/dir/status").await else {
        return false;
    };
    let status: Value = serde_json::from_slice(&body).unwrap_or_default();
    status["Topology"]["Max"].as_u64().is_some_and(|most| most > 0)
}

async fn ask(port: u16, path: &str) -> Option<(u16, Vec<u8>)> {
    let answer = timeout(PATIENCE, fetch(port, path)).await.ok()?.ok()?;
    let head_end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..head_end]);
    let status = head.split_whitespace().nth(1)?.parse().ok()?;
    Some((status, answer[head_end + 4..].to_vec()))
}

/// In the words of HTTP 1.0, so that the end of the answer is the end of the connection.
async fn fetch(port: u16, path: &str) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream
        .write_all(format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").as_bytes())
        .await?;
    let mut answer = Vec::new();
    stream.take(LIMIT).read_to_end(&mut answer).await?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    async fn says(answer: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 64];
            let _ = stream.read(&mut request).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        port
    }

    #[tokio::test]
    async fn only_a_refusal_means_that_s3_is_there() {
        assert!(answers_strangers(says("HTTP/1.0 403 Forbidden\r\n\r\n<Error/>").await).await);
        assert!(!answers_strangers(says("HTTP/1.0 503 Unavailable\r\n\r\n").await).await);
        assert!(!answers_strangers(says("").await).await);
    }

    #[tokio::test]
    async fn a_master_without_a_volume_server_has_no_room() {
        assert!(has_room(says("HTTP/1.0 200 OK\r\n\r\n{\"Topology\":{\"Max\":20}}").await).await);
        assert!(!has_room(says("HTTP/1.0 200 OK\r\n\r\n{\"Topology\":{\"Max\":0}}").await).await);
        assert!(!has_room(says("HTTP/1.0 404 Not Found\r\n\r\n").await).await);
    }
}
