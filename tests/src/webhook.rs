//! A host's endpoint, made at the Management API.

use http::Method;
use mtchat_protocol::{
    DeadLetterView, DeliveryView, ReplayView, RetriedView, WebhookTestView, WebhookView,
    WebhookWithSecretView,
};
use serde_json::{Value, json};

use crate::{Admin, Answer, PATIENCE, eventually};

/// An endpoint and the secret that was answered at its creation.
#[derive(Debug, Clone)]
pub struct Webhook {
    admin: Admin,
    /// Its id.
    pub id: String,
    /// What its requests were signed with at first.
    pub secret: String,
}

impl Admin {
    /// Make an endpoint.
    pub async fn webhook(&self, request: &Value) -> Webhook {
        let answer = self.ask(Method::POST, "/webhooks", &request.to_string()).await;
        let made: WebhookWithSecretView = answer.expect(201).data();
        Webhook {
            admin: self.clone(),
            id: made.webhook.id,
            secret: made.secret.0,
        }
    }

    /// The endpoint of the configuration.
    pub fn configured_webhook(&self, secret: &str) -> Webhook {
        Webhook {
            admin: self.clone(),
            id: "configured".to_owned(),
            secret: secret.to_owned(),
        }
    }
}

impl Webhook {
    /// Any request about it.
    pub async fn ask(&self, method: Method, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let path = format!("/webhooks/{}{path}", self.id);
        self.admin.ask(method, &path, &body).await
    }

    /// As it is now.
    pub async fn view(&self) -> WebhookView {
        self.ask(Method::GET, "", &Value::Null).await.data()
    }

    /// Change it.
    pub async fn patch(&self, change: &Value) -> WebhookView {
        self.ask(Method::PATCH, "", change).await.data()
    }

    /// Give it another secret, which comes back.
    pub async fn rotate(&self, overlap_secs: u32) -> String {
        let body = json!({ "overlap_secs": overlap_secs });
        let answer = self.ask(Method::POST, "/secret", &body).await;
        answer.data::<WebhookWithSecretView>().secret.0
    }

    /// Delete it.
    pub async fn delete(&self) {
        self.ask(Method::DELETE, "", &Value::Null).await.expect(204);
    }

    /// Have it told again.
    pub async fn replay(&self, from: &Value) -> ReplayView {
        self.ask(Method::POST, "/replay", from).await.expect(202).data()
    }

    /// Have a test event sent, whose id comes back.
    pub async fn test(&self) -> String {
        let answer = self.ask(Method::POST, "/test", &Value::Null).await.expect(202);
        answer.data::<WebhookTestView>().event_id.to_string()
    }

    /// Have events delivered that were given up. How many come back.
    pub async fn retry_dead_letters(&self, which: &Value) -> u64 {
        let answer = self.ask(Method::POST, "/dead-letters/retry", which).await;
        answer.expect(202).data::<RetriedView>().retried
    }

    /// Its newest tries, the newest first.
    pub async fn deliveries(&self) -> Vec<DeliveryView> {
        self.ask(Method::GET, "/deliveries", &Value::Null).await.data()
    }

    /// What was given up.
    pub async fn dead_letters(&self) -> Vec<DeadLetterView> {
        self.ask(Method::GET, "/dead-letters", &Value::Null).await.data()
    }

    /// Wait until everything is delivered that there is.
    pub async fn caught_up(&self) -> WebhookView {
        eventually("everything to be delivered", PATIENCE * 2, async || {
            let view = self.view().await;
            let behind = view.position.and_then(|position| position.behind);
            (behind == Some(0) && view.pending == 0 && !view.replaying).then_some(view)
        })
        .await
    }
}
