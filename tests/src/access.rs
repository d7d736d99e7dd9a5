//! How a system is reached with one identity.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use mtchat_client_core::{Answer, Request, Response};

use crate::{Balancer, Http};

/// The edges, one of them at a time, and a user's token. Clones move together.
#[derive(Debug, Clone)]
pub struct Access {
    http: Http,
    edges: Arc<[SocketAddr]>,
    /// Which edge answers now.
    edge: Arc<AtomicUsize>,
    roams: Arc<AtomicBool>,
    balancer: Option<Balancer>,
    token: Arc<str>,
}

impl Access {
    /// To these edges, this one first, with this token.
    pub fn new(http: Http, edges: impl Into<Arc<[SocketAddr]>>, edge: usize, token: &str) -> Self {
        Self {
            http,
            edges: edges.into(),
            edge: Arc::new(AtomicUsize::new(edge)),
            roams: Arc::default(),
            balancer: None,
            token: token.into(),
        }
    }

    /// Through this balancer, with this token.
    pub fn behind(http: Http, balancer: Balancer, token: &str) -> Self {
        Self {
            balancer: Some(balancer),
            ..Self::new(http, [], 0, token)
        }
    }

    /// The same identity at another edge, moving on its own.
    #[must_use]
    pub fn at(&self, edge: usize) -> Self {
        Self {
            edge: Arc::new(AtomicUsize::new(edge)),
            roams: Arc::default(),
            ..self.clone()
        }
    }

    /// Use this edge from now on.
    pub fn use_edge(&self, edge: usize) {
        self.edge.store(edge, Ordering::Relaxed);
    }

    /// Use the next edge from now on.
    pub fn next_edge(&self) {
        self.edge.fetch_add(1, Ordering::Relaxed);
    }

    /// From now on sockets are opened at the next edge where one is away, as behind a load balancer.
    pub fn roam(&self) {
        self.roams.store(true, Ordering::Relaxed);
    }

    /// Whether an edge that is away is passed over.
    pub fn roams(&self) -> bool {
        self.roams.load(Ordering::Relaxed)
    }

    /// How many edges there are.
    pub fn edges(&self) -> usize {
        self.edges.len()
    }

    /// Where the present edge is; behind a balancer the one that it chooses this time.
    pub fn address(&self) -> SocketAddr {
        if let Some(balancer) = &self.balancer {
            return balancer.pick();
        }
        self.edges[self.edge.load(Ordering::Relaxed) % self.edges.len()]
    }

    /// The user's token.
    pub fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// What comes of a request of the core.
    pub(crate) async fn answer(&self, request: &Request) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("Authorization", bearer.as_str())];
        if request.body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        if let Some(position) = &request.position {
            headers.push(("Mtchat-Position", position.as_str()));
        }
        let url = format!("http://{}/api/v1{}", self.address(), request.path);
        let method: http::Method = request.method.parse().expect("a method");
        let body = request.body.clone().unwrap_or_default();
        let answer = self.http.ask(method.clone(), &url, &headers, body).await;
        if let Some(balancer) = &self.balancer {
            balancer.notes(&method, &request.path, &answer);
        }
        match answer {
            Err(_) => Answer::Nothing,
            Ok(answer) => Answer::Response(Response {
                status: answer.status.as_u16(),
                position: answer.header("Mtchat-Position").map(str::to_owned),
                next_cursor: answer.header("Mtchat-Next-Cursor").map(str::to_owned),
                retry_after: answer.header("Retry-After").and_then(|text| text.parse().ok()),
                body: String::from_utf8_lossy(&answer.body).into_owned(),
            }),
        }
    }
}
