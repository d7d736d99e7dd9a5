//! A host application beside the configured one, made while everything runs.

use http::Method;
use serde_json::{Value, json};

use crate::{Answer, Heard, Http, PATIENCE, Socket, System, eventually, token};

/// An app with its token and its secret.
#[derive(Clone, Debug)]
pub struct HostApp {
    id: String,
    http: Http,
    port: u16,
    admin_token: String,
    jwt_secret: String,
}

impl HostApp {
    /// Make it with `mtchat app create`, and wait until every edge knows it.
    pub async fn create(system: &System, id: &str) -> Self {
        let (status, printed) = system.program(&["app", "create", id]).run().await;
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
            jwt_secret: secret("JWT_SECRET="),
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
        token::signed(
            &json!({ "sub": user, "iat": token::now(), "exp": token::now() + 3_600 }),
            &self.jwt_secret,
        )
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
