//! `mtchat health`: asks an edge or a worker how it does, for containers whose image has no other program that could.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, StatusCode, Uri, body::Bytes, client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use crate::{
    Failure,
    settings::{Purpose, Settings, Sources},
};

/// A probe that takes longer is of no use to whoever waits for it.
const WITHIN: Duration = Duration::from_secs(3);
/// What it says is a few lines.
const MOST_BYTES: usize = 1024 * 1024;

/// What `mtchat health` is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct HealthArguments {
    /// Where to ask, such as http://127.0.0.1:8080; with a path, exactly there. The edge of this machine unless set (PORT)
    #[arg(long, conflicts_with = "worker")]
    url: Option<Uri>,
    /// Ask the worker of this machine (WORKER_PORT)
    #[arg(long)]
    worker: bool,
    /// Ask whether it can take work, and not only whether it lives
    #[arg(long)]
    ready: bool,
}

/// Why it is not well, in one line.
#[derive(Debug, thiserror::Error)]
enum Unwell {
    #[error("{0}")]
    Answer(String),
    #[error("there is no connection: {0}")]
    Connection(#[from] std::io::Error),
    #[error("the connection broke: {0}")]
    Http(#[from] hyper::Error),
    #[error("it can not be asked for there: use http://HOST:PORT")]
    NoAddress,
    #[error("no answer within {} s", WITHIN.as_secs())]
    Silent,
}

/// Asks, prints one line, and says by the exit code whether all is well.
pub(crate) async fn health(arguments: &HealthArguments, sources: &Sources) -> Result<ExitCode, Failure> {
    let path = if arguments.ready {
        "/health/ready"
    } else {
        "/health"
    };
    let url = match &arguments.url {
        Some(url) => completed(url, path),
        None => {
            let settings = Settings::load(sources, Purpose::Inspect)?;
            let address = if arguments.worker {
                settings.worker.address()
            } else {
                settings.http.address()
            };
            format!("http://{}{path}", reachable(address))
        }
    };
    let began = Instant::now();
    let asked = timeout(WITHIN, ask(&url)).await.unwrap_or(Err(Unwell::Silent));
    Ok(match asked {
        Ok(said) => {
            println!("{said}: {url} answered in {} ms", began.elapsed().as_millis());
            ExitCode::SUCCESS
        }
        Err(unwell) => {
            println!("not well: {url}: {unwell}");
            ExitCode::FAILURE
        }
    })
}

/// What it says of itself, if that is good.
async fn ask(url: &str) -> Result<String, Unwell> {
    let uri: Uri = url.parse().map_err(|_| Unwell::NoAddress)?;
    let (Some(authority), Some("http")) = (uri.authority(), uri.scheme_str()) else {
        return Err(Unwell::NoAddress);
    };
    let host = authority.host().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let serving = tokio::spawn(connection);
    let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, authority.as_str())
        .body(Empty::<Bytes>::new())
        .map_err(|_| Unwell::NoAddress)?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    serving.abort();
    let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let said = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
    let word = said["status"].as_str().unwrap_or("no word of its state");
    if status == StatusCode::OK {
        Ok(word.to_owned())
    } else {
        Err(Unwell::Answer(format!("{} ({word})", status.as_u16())))
    }
}

/// With the path, unless it has one.
fn completed(url: &Uri, path: &str) -> String {
    let text = url.to_string();
    if matches!(url.path(), "" | "/") {
        format!("{}{path}", text.trim_end_matches('/'))
    } else {
        text
    }
}

/// Who listens on all addresses is asked on this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(host) if host.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A server that gives each who asks this answer, or none.
    async fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut bytes = [0; 1_024];
                let _ = stream.read(&mut bytes).await;
                let _ = stream.write_all(answer.as_bytes()).await;
                held.push(stream);
            }
        });
        format!("http://{address}/health")
    }

    #[tokio::test]
    async fn only_a_good_answer_is_well() {
        let good = answering("HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{\"status\":\"ok\"}").await;
        assert_eq!(ask(&good).await.unwrap(), "ok");
        let bad = answering(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 22\r\n\r\n{\"status\":\"not_ready\"}",
        )
        .await;
        assert_eq!(ask(&bad).await.unwrap_err().to_string(), "503 (not_ready)");
        let other = answering("SSH-2.0-OpenSSH\r\n").await;
        assert!(matches!(ask(&other).await, Err(Unwell::Http(_))));
        assert!(matches!(
            ask("http://127.0.0.1:1/health").await,
            Err(Unwell::Connection(_))
        ));
        assert!(matches!(
            ask("https://127.0.0.1/health").await,
            Err(Unwell::NoAddress)
        ));
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_silent_is_not_waited_for() {
        let silent = answering("").await;
        let url = silent.parse().unwrap();
        let arguments = HealthArguments {
            url: Some(url),
            worker: false,
            ready: false,
        };
        let code = health(&arguments, &Sources::default()).await.unwrap();
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::FAILURE));
    }

    #[test]
    fn paths_and_hosts_are_filled_in() {
        let whole = |url: &str| completed(&url.parse().unwrap(), "/health/ready");
        assert_eq!(whole("http://edge:8080"), "http://edge:8080/health/ready");
        assert_eq!(whole("http://edge:8080/other"), "http://edge:8080/other");
        let asked = |address: &str| reachable(address.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(asked("[::]:80"), "[::1]:80");
        assert_eq!(asked("10.0.0.7:80"), "10.0.0.7:80");
    }
}
