//! The host's backend: the Management API.

use http::Method;
use mtchat_protocol::{DialogDetailView, DialogId, DialogView, MessageView};
use serde_json::{Value, json};

use crate::{ADMIN_TOKEN, Answer, Http, HttpError, patience::pause_before_retry};

/// A host with its token, at one edge.
#[derive(Clone, Debug)]
pub struct Admin {
    http: Http,
    port: u16,
}

impl Admin {
    pub(crate) fn new(http: Http, port: u16) -> Self {
        Self { http, port }
    }

    /// Create a dialog and wait until it is stored.
    pub async fn create(&self, request: &Value) -> DialogView {
        self.ask(Method::POST, "/dialogs", &request.to_string())
            .await
            .data()
    }

    /// A dialog with participants and rules; `None` when there is none.
    pub async fn dialog(&self, dialog: DialogId) -> Option<DialogDetailView> {
        let answer = self.ask(Method::GET, &format!("/dialogs/{dialog}"), "").await;
        (answer.status.as_u16() != 404).then(|| answer.data())
    }

    /// Delete a dialog.
    pub async fn delete(&self, dialog: DialogId) {
        self.ask(Method::DELETE, &format!("/dialogs/{dialog}"), "")
            .await
            .expect(204);
    }

    /// Add a participant.
    pub async fn add(&self, dialog: DialogId, user: &str) {
        let body = json!({ "user_id": user, "display_name": user }).to_string();
        let path = format!("/dialogs/{dialog}/participants");
        self.ask(Method::POST, &path, &body).await.expect(201);
    }

    /// Remove a participant.
    pub async fn remove(&self, dialog: DialogId, user: &str) {
        let path = format!("/dialogs/{dialog}/participants/{user}");
        self.ask(Method::DELETE, &path, "").await.expect(204);
    }

    /// The dialog of an object and key, and whether this call made it.
    pub async fn find_or_create(&self, request: &Value) -> (DialogView, bool) {
        let answer = self
            .ask(Method::POST, "/dialogs/find-or-create", &request.to_string())
            .await;
        let created = answer.data::<Value>()["created"].as_bool().expect("it says so");
        (answer.data(), created)
    }

    /// Change a dialog.
    pub async fn patch(&self, dialog: DialogId, change: &Value) -> DialogView {
        self.ask(Method::PATCH, &format!("/dialogs/{dialog}"), &change.to_string())
            .await
            .data()
    }

    /// Give a participant another role.
    pub async fn change_role(&self, dialog: DialogId, user: &str, role: &str) {
        let path = format!("/dialogs/{dialog}/participants/{user}/role");
        let body = json!({ "role": role }).to_string();
        let answer = self.ask(Method::PUT, &path, &body).await.expect(200);
        assert_eq!(answer.json::<Value>(), json!({ "status": "updated" }));
    }

    /// Say something in a dialog as the host.
    pub async fn post(&self, dialog: DialogId, message: &Value) -> MessageView {
        self.ask(
            Method::POST,
            &format!("/dialogs/{dialog}/messages"),
            &message.to_string(),
        )
        .await
        .data()
    }

    /// Any request under an idempotency key; tried again, as hosts may, while the edge says that it can not take it now.
    pub async fn keyed(&self, key: &str, method: Method, path: &str, body: &str) -> Answer {
        let headers = [("Idempotency-Key", key)];
        for _ in 0..20 {
            let answer = self.with_headers(method.clone(), path, body, &headers).await;
            let answer = answer.expect("the edge answers");
            if answer.status.as_u16() != 503 {
                return answer;
            }
            pause_before_retry().await;
        }
        panic!("the edge can not take {path}");
    }

    /// Any request; tried again while the edge says that it can not take it now.
    pub async fn ask(&self, method: Method, path: &str, body: &str) -> Answer {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_ask(method.clone(), path, body).await {
                Ok(answer) if answer.status.as_u16() != 503 || tries == 100 => return answer,
                Ok(_) => {}
                Err(error) => assert!(tries < 100, "the edge does not answer: {error:?}"),
            }
            pause_before_retry().await;
        }
    }

    /// One try.
    pub async fn try_ask(&self, method: Method, path: &str, body: &str) -> Result<Answer, HttpError> {
        self.with_headers(method, path, body, &[]).await
    }

    async fn with_headers(
        &self,
        method: Method,
        path: &str,
        body: &str,
        more: &[(&str, &str)],
    ) -> Result<Answer, HttpError> {
        let bearer = format!("Bearer {ADMIN_TOKEN}");
        let mut headers = vec![("Authorization", bearer.as_str())];
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        headers.extend(more);
        let url = format!("http://127.0.0.1:{}/api/v1/management{path}", self.port);
        self.http.ask(method, &url, &headers, body.to_owned()).await
    }
}
