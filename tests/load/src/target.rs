//! The system that is measured.

use std::{net::SocketAddr, time::Duration};

use futures_util::{StreamExt, stream};
use http::Method;
use mtchat_protocol::{DialogId, DialogView};
use mtchat_tests::{
    ADMIN_TOKEN, Access, Answer, Database, Http, JWT_SECRET, System, Usage, resident_bytes, token,
};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::lookup_host;

use crate::TargetArguments;

/// How many dialogs are created at the same time.
const CREATED_AT_ONCE: usize = 16;

pub(crate) struct Target {
    address: SocketAddr,
    jwt_secret: String,
    admin_token: String,
    http: Http,
    own: Option<System>,
}

/// A dialog and the tokens of its members.
pub(crate) struct Dialog {
    pub(crate) id: DialogId,
    pub(crate) tokens: Vec<String>,
}

/// Processor time of each part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Processors {
    edge: Usage,
    worker: Usage,
    nats: Usage,
    postgres: Usage,
    generator: Usage,
}

/// Processor time for one message, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct PerMessage {
    pub(crate) edge: f64,
    pub(crate) worker: f64,
    pub(crate) nats: f64,
    pub(crate) postgres: f64,
    /// The four together.
    pub(crate) system: f64,
    /// The load generator itself, which is no part of the system.
    pub(crate) generator: f64,
}

impl Target {
    /// The one that was named, or one of our own.
    pub(crate) async fn start(arguments: &TargetArguments) -> Self {
        let Some(url) = &arguments.url else {
            return Self::own(&[]).await;
        };
        let host = url
            .strip_prefix("http://")
            .expect("--url must begin with http://")
            .trim_end_matches('/');
        let mut addresses = lookup_host(host).await.expect("--url must be http://host:port");
        let secret = |value: &Option<String>, name: &str| {
            value.clone().unwrap_or_else(|| panic!("--url needs {name}"))
        };
        Self {
            address: addresses.next().expect("the host has an address"),
            jwt_secret: secret(&arguments.jwt_secret, "--jwt-secret"),
            admin_token: secret(&arguments.admin_token, "--admin-token"),
            http: Http::default(),
            own: None,
        }
    }

    /// One of our own with these variables besides: what is measured so can not be asked of one that runs already.
    pub(crate) async fn own_with(arguments: &TargetArguments, variables: &[(&str, &str)]) -> Self {
        assert!(
            arguments.url.is_none(),
            "this needs a system of its own: leave --url out"
        );
        Self::own(variables).await
    }

    async fn own(variables: &[(&str, &str)]) -> Self {
        let builder = System::with()
            .durable()
            .variable("RUST_LOG", "warn")
            // What is seeded is older than this morning.
            .variable("ARCHIVE_AFTER_SECS", "0")
            // One user reads for many here.
            .variable("READ_COST_RPS", "1000000")
            .variable("READ_COST_BURST", "1000000");
        let system = variables
            .iter()
            .fold(builder, |builder, (name, value)| builder.variable(name, value))
            .start()
            .await;
        Self {
            address: ([127, 0, 0, 1], system.edge(0).port()).into(),
            jwt_secret: JWT_SECRET.to_owned(),
            admin_token: ADMIN_TOKEN.to_owned(),
            http: Http::default(),
            own: Some(system),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn token(&self, user: &str) -> String {
        let claims = json!({ "sub": user, "exp": token::now() + 3_600 });
        token::signed(&claims, &self.jwt_secret)
    }

    /// How a client with this token reaches it.
    pub(crate) fn access(&self, token: &str) -> Access {
        Access::new(self.http.clone(), [self.address], 0, token)
    }

    /// A user's request to the Chat API.
    pub(crate) async fn ask(&self, method: Method, path: &str, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let url = format!("http://{}/api/v1{path}", self.address);
        let headers = [("Authorization", bearer.as_str())];
        let answer = self.http.ask(method, &url, &headers, "").await;
        answer.expect("the edge answers")
    }

    /// The host's request to the Management API.
    pub(crate) async fn manage(&self, method: Method, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.admin_token);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        let url = format!("http://{}/api/v1/management{path}", self.address);
        let answer = self.http.ask(method, &url, &headers, body.to_string()).await;
        answer.expect("the edge answers")
    }

    /// So many new dialogs of so many members each, all stored.
    pub(crate) async fn dialogs(&self, count: usize, members: usize) -> Vec<Dialog> {
        let run = fastrand::u64(..);
        let create = |dialog: usize| async move {
            let names: Vec<String> = (0..members)
                .map(|member| format!("u{run:x}-{dialog}-{member}"))
                .collect();
            let participants: Vec<_> = names
                .iter()
                .map(|name| json!({ "user_id": name, "display_name": name, "company": "Load" }))
                .collect();
            let body = json!({
                "object_type": "load", "object_id": format!("{run:x}-{dialog}"), "participants": participants,
            });
            let answer = self.manage(Method::POST, "/dialogs", &body).await;
            let id = answer.data::<DialogView>().id;
            Dialog {
                id,
                tokens: names.iter().map(|name| self.token(name)).collect(),
            }
        };
        stream::iter(0..count)
            .map(create)
            .buffered(CREATED_AT_ONCE)
            .collect()
            .await
    }

    /// The memory of the edge, where it can be seen.
    pub(crate) fn edge_memory(&self) -> Option<u64> {
        self.own
            .as_ref()
            .map(|system| resident_bytes(system.edge(0).pid()))
    }

    pub(crate) fn processors(&self) -> Option<Processors> {
        let system = self.own.as_ref()?;
        let (nats, postgres) = system.server_pids();
        Some(Processors {
            edge: Usage::of_tree(system.edge(0).pid()),
            worker: Usage::of_tree(system.worker(0).pid()),
            nats: Usage::of_tree(nats),
            postgres: Usage::of_tree(postgres),
            generator: Usage::of_process(std::process::id()),
        })
    }

    /// The database, where it can be seen.
    pub(crate) async fn database(&self) -> Option<Database> {
        match &self.own {
            Some(system) => Some(system.database().await),
            None => None,
        }
    }

    /// The sum of a metric of the worker over all its labels, where it can be seen.
    pub(crate) async fn worker_metric(&self, name: &str) -> Option<f64> {
        match &self.own {
            Some(system) => Some(system.worker(0).metric(name).await),
            None => None,
        }
    }

    /// Wait until everything is stored; nothing where that can not be seen.
    pub(crate) async fn settle(&self, database: Option<&Database>) {
        if let (Some(system), Some(database)) = (&self.own, database) {
            database.has_everything(system).await;
        }
    }
}

impl Processors {
    /// What `messages` have cost since `before`.
    pub(crate) fn per_message(self, before: Self, messages: u64) -> PerMessage {
        let micros = |spent: Duration| spent.as_secs_f64() * 1e6 / messages.max(1) as f64;
        let edge = micros(self.edge.since(before.edge));
        let worker = micros(self.worker.since(before.worker));
        let nats = micros(self.nats.since(before.nats));
        let postgres = micros(self.postgres.since(before.postgres));
        PerMessage {
            edge,
            worker,
            nats,
            postgres,
            system: edge + worker + nats + postgres,
            generator: micros(self.generator.since(before.generator)),
        }
    }
}
