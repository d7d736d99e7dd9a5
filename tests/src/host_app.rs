//! A host application beside the configured one, made while everything runs.

use http::Method;
use serde_json::{Value, json};

use crate::{Answer, Heard, Http, KeyServer, PATIENCE, SigningKey, Socket, System, eventually, token};

/// An app with its token and its secret.
#[derive(Clone, Debug)]
pub struct HostApp {
    id: String,
    http: Http,
    port: u16,
    admin_token: String,
    signs: Signs,
}

/// How its backend signs the tokens of its users.
#[derive(Clone, Debug)]
enum Signs {
    Key(SigningKey),
    Secret(String),
}

impl HostApp {
    /// Make it with `mtchat app create`, and wait until every edge knows it.
    pub async fn create(system: &System, id: &str) -> Self {
        Self::create_with(system, id, &[]).await
    }

    /// The same with these arguments besides.
    pub async fn create_with(system: &System, id: &str, arguments: &[&str]) -> Self {
        Self::made(system, id, arguments, None).await
    }

    /// Make one that publishes its keys there and signs with this one.
    pub async fn publishing(system: &System, id: &str, server: &KeyServer, key: &SigningKey) -> Self {
        Self::made(system, id, &["--jwks-url", &server.url()], Some(key.clone())).await
    }

    async fn made(system: &System, id: &str, arguments: &[&str], key: Option<SigningKey>) -> Self {
        let arguments = [&["app", "create", id], arguments].concat();
        let (status, printed) = system.program(&arguments).run().await;
        assert!(status.success(), "{printed}");
        let secret = |name: &str| {
            let line = printed.lines().find_map(|line| line.strip_prefix(name));
            line.expect("it prints its secrets").to_owned()
        };
        let app = Self {
            id: id.to_owned(),
            http: system.http().clone(),
            port: system.edge(0).port(),
            admin_token: secret("ADMIN_API_TOKEN="),
            signs: key.map_or_else(|| Signs::Secret(secret("JWT_SECRET=")), Signs::Key),
        };
        for edge in system.edges() {
            app.at(edge.port()).comes_in(true).await;
        }
        app
    }

    /// The same app at the edge that listens here.
    #[must_use]
    pub fn at(&self, port: u16) -> Self {
        Self { port, ..self.clone() }
    }

    /// The same app, whose backend signs with this secret now.
    #[must_use]
    pub fn signing_with(&self, secret: &str) -> Self {
        Self {
            signs: Signs::Secret(secret.to_owned()),
            ..self.clone()
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its token of the Management API.
    pub fn admin_token(&self) -> &str {
        &self.admin_token
    }

    /// A token of one of its users.
    pub fn token(&self, user: &str) -> String {
        match &self.signs {
            Signs::Key(key) => key.token(user),
            Signs::Secret(secret) => {
                let claims = json!({ "sub": user, "iat": token::now(), "exp": token::now() + 3_600 });
                token::signed(&claims, secret)
            }
        }
    }

    /// Change it with `mtchat app change`.
    pub async fn change(&self, system: &System, arguments: &[&str]) {
        let arguments = [&["app", "change", self.id.as_str()], arguments].concat();
        let (status, printed) = system.program(&arguments).run().await;
        assert!(status.success(), "{printed}");
    }

    /// What somebody with this token is told about a dialog that does not exist.
    pub async fn try_with(&self, token: &str) -> Answer {
        let path = format!("/api/v1/dialogs/{}", mtchat_protocol::DialogId::fresh());
        self.send(Method::GET, &path, token, &Value::Null).await
    }

    /// Whether somebody with this token comes in. An address of strangers may also be told to wait instead of why.
    pub async fn admits(&self, token: &str) -> bool {
        let answer = self.try_with(token).await;
        match answer.status.as_u16() {
            401 | 429 => false,
            404 => true,
            _ => panic!("{answer}"),
        }
    }

    /// Wait until its tokens are taken, or not any more.
    pub async fn comes_in(&self, admitted: bool) {
        let what = format!(
            "app {} to be {}",
            self.id,
            if admitted { "known" } else { "shut out" }
        );
        eventually(&what, PATIENCE, async || {
            let unknown = mtchat_protocol::DialogId::fresh();
            let host = self
                .manage(Method::GET, &format!("/dialogs/{unknown}"), &Value::Null)
                .await;
            let path = format!("/api/v1/dialogs/{unknown}");
            let user = self.ask(Method::GET, &path, "anybody", &Value::Null).await;
            let known = host.status.as_u16() == 404 && user.status.as_u16() == 404;
            let refused = matches!(host.status.as_u16(), 401 | 403) && user.status.as_u16() == 401;
            (if admitted { known } else { refused }).then_some(())
        })
        .await;
    }

    /// A request of its backend to the Management API.
    pub async fn manage(&self, method: Method, path: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/management{path}");
        self.send(method, &path, &self.admin_token, body).await
    }

    /// A request of one of its users.
    pub async fn ask(&self, method: Method, path: &str, user: &str, body: &Value) -> Answer {
        self.send(method, path, &self.token(user), body).await
    }

    /// A socket of one of its users, greeted.
    pub async fn socket(&self, user: &str) -> Socket {
        let query = format!("?token={}", self.token(user));
        let mut socket = Socket::open(self.port, &query).await.expect("the socket opens");
        match socket.hear().await {
            Heard::Text(text) => assert!(text.contains("\"connected\""), "{text}"),
            end => panic!("no greeting: {end:?}"),
        }
        socket
    }

    async fn send(&self, method: Method, path: &str, bearer: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {bearer}");
        let mut headers = vec![("Authorization", bearer.as_str())];
        let body = if body.is_null() {
            String::new()
        } else {
            headers.push(("Content-Type", "application/json"));
            body.to_string()
        };
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let answer = self.http.ask(method, &url, &headers, body).await;
        answer.expect("the edge answers")
    }
}
