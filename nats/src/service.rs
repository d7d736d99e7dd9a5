//! What services of hosts ask for on the broker, and how they are answered: by any one of the edges.

use async_nats::{Client, HeaderMap, Message, Subject, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use mtchat_protocol::AppId;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout, timeout_at};

use crate::{Broker, BrokerError, broker::QUESTION, headers, subject};

/// All edges are one group: a request goes to one of them.
const GROUP: &str = "edges";

/// Requests that come to this edge.
pub struct ServiceRequests {
    subscriber: Subscriber,
    client: Client,
    /// Once it leaves: how long to wait for what is still on its way.
    until: Option<Instant>,
}

/// A request of an app's service.
pub struct ServiceRequest {
    app: AppId,
    body: Bytes,
    trace: Option<String>,
    reply: Subject,
    client: Client,
}

/// The answer to a request: what HTTP would have answered.
#[derive(Debug)]
pub struct ServiceAnswer {
    /// The status.
    pub status: u16,
    /// The body, which is JSON.
    pub body: Bytes,
    /// Of an error, its code.
    pub error: Option<&'static str>,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Payload<'a> {
    status: u16,
    body: &'a RawValue,
}

/// Take part in answering those who post notices, in all apps.
pub async fn subscribe_notice_posts(broker: &Broker) -> Result<ServiceRequests, BrokerError> {
    let subscribed = broker
        .client
        .queue_subscribe(subject::notice_posts_of_all(), GROUP.to_owned())
        .await;
    let subscriber = subscribed.map_err(|error| BrokerError::JetStream(error.to_string()))?;
    Ok(ServiceRequests {
        subscriber,
        client: broker.client.clone(),
        until: None,
    })
}

impl ServiceRequests {
    /// The next one; `None` when no more will come. Nothing is lost when this is dropped while it waits.
    pub async fn next(&mut self) -> Option<ServiceRequest> {
        loop {
            let message = match self.until {
                None => self.subscriber.next().await?,
                Some(until) => timeout_at(until, self.subscriber.next()).await.ok()??,
            };
            if let Some(request) = self.request(message) {
                return Some(request);
            }
        }
    }

    /// The other edges get what comes from now on. What was given to this one already still comes, within moments.
    pub async fn leave(&mut self) {
        self.until = Some(Instant::now() + QUESTION);
        let left = timeout(QUESTION, self.subscriber.drain()).await;
        if !matches!(left, Ok(Ok(()))) {
            tracing::warn!("the broker was not told that this edge answers no more requests");
        }
    }

    /// Who does not say where to answer is not answered, and so nothing is done for them.
    fn request(&self, message: Message) -> Option<ServiceRequest> {
        let app = subject::app_of_notice_posts(&message.subject)?;
        let trace = message.headers.as_ref().and_then(|head| head.get(headers::TRACE));
        Some(ServiceRequest {
            app,
            trace: trace.map(|trace| trace.as_str().to_owned()),
            body: message.payload,
            reply: message.reply?,
            client: self.client.clone(),
        })
    }
}

impl ServiceRequest {
    /// The app whose service asks: the broker lets nobody else to its subject.
    pub fn app(&self) -> &AppId {
        &self.app
    }

    /// What it says.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its `traceparent`.
    pub fn trace(&self) -> Option<&str> {
        self.trace.as_deref()
    }

    /// Answer it. Whoever gets no answer asks again.
    pub async fn answer(&self, answer: &ServiceAnswer) {
        let payload = match answer.payload() {
            Ok(payload) => payload,
            Err(error) => {
                tracing::error!(%error, "an answer to a service could not be serialised");
                return;
            }
        };
        let published = self
            .client
            .publish_with_headers(self.reply.clone(), answer.head(), payload);
        if !matches!(timeout(QUESTION, published).await, Ok(Ok(()))) {
            tracing::warn!("a service could not be answered");
        }
    }
}

impl ServiceAnswer {
    fn payload(&self) -> Result<Bytes, serde_json::Error> {
        let payload = Payload {
            status: self.status,
            body: serde_json::from_slice(&self.body)?,
        };
        serde_json::to_vec(&payload).map(Bytes::from)
    }

    fn head(&self) -> HeaderMap {
        let mut head = HeaderMap::new();
        if let Some(error) = self.error {
            head.insert(headers::SERVICE_ERROR, error);
            head.insert(headers::SERVICE_ERROR_CODE, self.status.to_string());
        }
        for (name, value) in &self.headers {
            head.insert(*name, value.as_str());
        }
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_the_one_of_http_in_an_envelope() {
        let mut answer = ServiceAnswer {
            status: 404,
            body: Bytes::from_static(br#"{"error":{"code":"NOT_FOUND","message":"m"}}"#),
            error: Some("NOT_FOUND"),
            headers: vec![("Retry-After", "1".to_owned())],
        };
        assert_eq!(
            answer.payload().unwrap(),
            &br#"{"status":404,"body":{"error":{"code":"NOT_FOUND","message":"m"}}}"#[..]
        );
        let head = answer.head();
        let told = |name: &str| head.get(name).map(|value| value.as_str().to_owned());
        assert_eq!(told("Nats-Service-Error-Code").as_deref(), Some("404"));
        assert_eq!(told("Nats-Service-Error").as_deref(), Some("NOT_FOUND"));
        assert_eq!(told("Retry-After").as_deref(), Some("1"));
        answer.body = Bytes::from_static(b"{");
        assert!(answer.payload().is_err());
    }
}
