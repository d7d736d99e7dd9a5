//! Endpoints that hosts name with the Management API.

use http::Method;
use serde_json::{Value, json};

use crate::{Admin, Answer, HostApp, Receiver};

/// One of them, as its host knows it.
#[derive(Debug, Clone)]
pub struct HostWebhook {
    /// Its id.
    pub id: String,
    /// What its requests are signed with.
    pub secret: String,
}

impl HostWebhook {
    /// Of the app `default`. What happens from now on this receiver is told; `wishes` are further fields of the request.
    pub async fn create(admin: &Admin, receiver: &Receiver, wishes: &Value) -> Self {
        let body = request(receiver, wishes).to_string();
        Self::made(&admin.ask(Method::POST, "/webhooks", &body).await)
    }

    /// The same of another app.
    pub async fn create_for(app: &HostApp, receiver: &Receiver, wishes: &Value) -> Self {
        let body = request(receiver, wishes);
        Self::made(&app.manage(Method::POST, "/webhooks", &body).await)
    }

    fn made(answer: &Answer) -> Self {
        assert_eq!(answer.status.as_u16(), 201, "{answer}");
        let made: Value = answer.data();
        let text = |name: &str| made[name].as_str().expect("it is told").to_owned();
        Self {
            id: text("id"),
            secret: text("secret"),
        }
    }
}

fn request(receiver: &Receiver, wishes: &Value) -> Value {
    let mut request = json!({ "url": receiver.url() });
    for (name, wish) in wishes.as_object().into_iter().flatten() {
        request[name.as_str()] = wish.clone();
    }
    request
}
