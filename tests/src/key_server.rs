//! A host's web server that publishes its keys, or something else.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{PATIENCE, SigningKey, within};

/// A web server of the host. It ends when it is dropped.
#[derive(Debug)]
pub struct KeyServer {
    port: u16,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    answer: Mutex<Published>,
    requests: watch::Sender<usize>,
}

/// What it answers.
#[derive(Debug, Clone)]
enum Published {
    /// Takes requests and answers none.
    Nothing,
    This(StatusCode, Option<(&'static str, String)>, Bytes),
}

impl KeyServer {
    /// A server that publishes these keys.
    pub async fn publishing(keys: &[&SigningKey]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let port = listener.local_addr().expect("it listens").port();
        let shared = Arc::new(Shared {
            answer: Mutex::new(Published::Nothing),
            requests: watch::Sender::default(),
        });
        let server = Self {
            port,
            accepting: tokio::spawn(accept(listener, shared.clone())),
            shared,
        };
        server.publishes(keys);
        server
    }

    /// Where its keys are.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/jwks", self.port)
    }

    /// It publishes these keys from now on.
    pub fn publishes(&self, keys: &[&SigningKey]) {
        let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
        self.answers(200, json!({ "keys": keys }).to_string());
    }

    /// It answers this from now on.
    pub fn answers(&self, status: u16, body: impl Into<Bytes>) {
        let status = StatusCode::from_u16(status).expect("a status");
        *self.shared.answer.lock().unwrap() = Published::This(status, None, body.into());
    }

    /// It sends everybody elsewhere from now on.
    pub fn redirects_to(&self, url: String) {
        let header = Some(("location", url));
        *self.shared.answer.lock().unwrap() = Published::This(StatusCode::FOUND, header, Bytes::new());
    }

    /// It takes requests and answers none from now on.
    pub fn falls_silent(&self) {
        *self.shared.answer.lock().unwrap() = Published::Nothing;
    }

    /// Nobody can connect any more.
    pub fn goes_down(&self) {
        self.accepting.abort();
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        *self.shared.requests.borrow()
    }

    /// Wait until so many requests have come.
    pub async fn was_asked(&self, times: usize) {
        let mut requests = self.shared.requests.subscribe();
        let asked = requests.wait_for(|requests| *requests >= times);
        within("the keys to be read", PATIENCE, asked)
            .await
            .expect("the server lives");
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        let answer = service_fn(move |_| {
            let answer = shared.answer.lock().unwrap().clone();
            shared.requests.send_modify(|requests| *requests += 1);
            async move {
                let Published::This(status, header, body) = answer else {
                    return std::future::pending().await;
                };
                let mut response = Response::new(Full::new(body));
                *response.status_mut() = status;
                if let Some((name, value)) = header {
                    let value = HeaderValue::from_str(&value).expect("a header's value");
                    response
                        .headers_mut()
                        .insert(HeaderName::from_static(name), value);
                }
                Ok::<_, Infallible>(response)
            }
        });
        tokio::spawn(async move {
            // A client that breaks off has its reasons.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), answer)
                .await;
        });
    }
}
