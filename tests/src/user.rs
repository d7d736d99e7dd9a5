//! A user: what a real client does, over REST and a socket.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::Method;
use mtchat_protocol::{DialogId, MessageId, MessageType, MessageView, MessagesPage, Positions};
use serde_json::json;
use tokio::time::Instant;

use crate::{Access, Acknowledged, Answer, Device, Http, HttpError, patience::pause_before_retry, token};

/// How long a client keeps trying to get one message accepted.
const SEND_PATIENCE: Duration = Duration::from_secs(90);

/// A user's requests, each of which sees what the user has written before.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    access: Access,
    user: Arc<str>,
    /// The newest position that an answer gave.
    position: Arc<Mutex<Option<String>>>,
}

impl Api {
    pub(crate) fn new(http: Http, ports: &[u16], edge: usize, user: &str) -> Self {
        let edges: Vec<SocketAddr> = ports.iter().map(|port| ([127, 0, 0, 1], *port).into()).collect();
        Self {
            access: Access::new(http, edges, edge, &token::of(user)),
            user: user.into(),
            position: Arc::default(),
        }
    }

    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// The same identity at another edge.
    fn at(&self, edge: usize) -> Self {
        Self {
            access: self.access.at(edge),
            ..self.clone()
        }
    }

    /// Read; sees everything that this identity has written.
    async fn get(&self, path: &str) -> Result<Answer, HttpError> {
        self.ask(Method::GET, path, "", &[]).await
    }

    /// Reads from now on see at least what stands before this place; earlier places mean nothing any more.
    pub(crate) fn begins_at(&self, place: &Positions) {
        let mut known = self.position.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(place.to_string());
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: &str,
        more: &[(&str, &str)],
    ) -> Result<Answer, HttpError> {
        let bearer = format!("Bearer {}", self.access.token());
        let position = self
            .position
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut headers = vec![("Authorization", bearer.as_str())];
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        if let (Some(position), true) = (&position, method == Method::GET) {
            headers.push(("Mtchat-Position", position));
        }
        headers.extend(more);
        let url = format!("http://{}{path}", self.access.address());
        let http = self.access.http();
        let answer = http.ask(method, &url, &headers, body.to_owned()).await?;
        if let Some(position) = answer.header("Mtchat-Position") {
            let mut known = self.position.lock().unwrap_or_else(PoisonError::into_inner);
            *known = Some(position.to_owned());
        }
        Ok(answer)
    }
}

/// A participant of a dialog. Clones are the same user with the same device.
#[derive(Clone, Debug)]
pub struct User {
    api: Api,
    dialog: DialogId,
    device: Device,
    acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
}

impl User {
    pub(crate) fn new(api: Api, dialog: DialogId) -> Self {
        let device = Device::new(api.clone(), dialog);
        Self {
            api,
            dialog,
            device,
            acknowledged: Arc::default(),
        }
    }

    /// The user's id.
    pub fn id(&self) -> &str {
        self.api.user()
    }

    /// The dialog that the user is in.
    pub fn dialog(&self) -> DialogId {
        self.dialog
    }

    /// The user's token.
    pub fn token(&self) -> &str {
        self.api.access().token()
    }

    /// The user's device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// One more device of this user, connected to this edge.
    pub async fn another_device(&self, edge: usize) -> Device {
        let device = Device::new(self.api.at(edge), self.dialog);
        device.connect().await;
        device
    }

    /// The same user at another edge, with a device that is not connected.
    #[must_use]
    pub fn at_edge(&self, edge: usize) -> Self {
        Self::new(self.api.at(edge), self.dialog)
    }

    /// Use this edge from now on.
    pub fn use_edge(&self, edge: usize) {
        self.api.access().use_edge(edge);
    }

    /// Connect the device.
    pub async fn connect(&self) {
        self.device.connect().await;
    }

    /// Cut the device's connection without a word.
    pub async fn drop_connection(&self) {
        self.device.drop_connection().await;
    }

    /// Connect again, resuming.
    pub async fn reconnect(&self) {
        self.device.connect().await;
    }

    /// Send a message as a real client does: the id is made once, and tried until there is an answer. Answered when it
    /// is stored, so that any later read sees it.
    pub async fn send(&self, text: &str) -> MessageView {
        self.send_until_answered(MessageId::fresh(), text, &[]).await
    }

    /// The same, answered as soon as it is accepted.
    pub async fn send_accepted(&self, text: &str) -> MessageView {
        self.send_until_answered(MessageId::fresh(), text, &[("Prefer", "respond-async")])
            .await
    }

    /// The same with an id of the caller's.
    pub async fn send_as(&self, id: MessageId, text: &str) -> MessageView {
        self.send_until_answered(id, text, &[]).await
    }

    /// One try, whatever becomes of it.
    pub async fn try_send(&self, id: MessageId, text: &str) -> Result<Answer, HttpError> {
        let body = json!({ "id": id, "content": text }).to_string();
        self.api.ask(Method::POST, &self.messages(), &body, &[]).await
    }

    async fn send_until_answered(&self, id: MessageId, text: &str, prefer: &[(&str, &str)]) -> MessageView {
        let body = json!({ "id": id, "content": text }).to_string();
        let deadline = Instant::now() + SEND_PATIENCE;
        let mut trouble = String::new();
        while Instant::now() < deadline {
            match self.api.ask(Method::POST, &self.messages(), &body, prefer).await {
                Ok(answer) if answer.status.is_success() => {
                    let view: MessageView = answer.data();
                    assert_eq!(view.id, id, "the answer is about another message");
                    let acknowledged = Acknowledged {
                        id,
                        dialog: self.dialog,
                        seq: view.seq,
                        content: text.to_owned(),
                    };
                    self.acknowledged
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(acknowledged);
                    return view;
                }
                Ok(answer) if matches!(answer.status.as_u16(), 429 | 503) => {
                    assert!(
                        answer.header("Retry-After").is_some(),
                        "no Retry-After with {answer}"
                    );
                    trouble = answer.to_string();
                }
                Ok(answer) => panic!("{} could not send: {answer}", self.id()),
                Err(error) => {
                    trouble = format!("{error:?}");
                    self.api.access().next_edge();
                }
            }
            pause_before_retry().await;
        }
        panic!("{} could not send within {SEND_PATIENCE:?}: {trouble}", self.id());
    }

    /// Replace the content of an own message.
    pub async fn edit(&self, message: MessageId, text: &str) -> MessageView {
        let body = json!({ "content": text }).to_string();
        let path = format!("{}/{message}", self.messages());
        self.api
            .ask(Method::PUT, &path, &body, &[])
            .await
            .expect("the edge answers")
            .data()
    }

    /// Delete an own message.
    pub async fn delete(&self, message: MessageId) {
        let path = format!("{}/{message}", self.messages());
        let answer = self.api.ask(Method::DELETE, &path, "", &[]).await;
        answer.expect("the edge answers").expect(204);
    }

    /// Leave the dialog.
    pub async fn leave(&self) {
        let path = format!("/api/v1/dialogs/{}/leave", self.dialog);
        let answer = self.api.ask(Method::POST, &path, "", &[]).await;
        answer.expect("the edge answers").expect(200);
    }

    /// Any request at all.
    pub(crate) fn http(&self) -> &Http {
        self.api.access().http()
    }

    /// Any request in this user's name.
    pub async fn ask(&self, method: Method, path: &str, body: &str) -> Answer {
        self.api
            .ask(method, path, body, &[])
            .await
            .expect("the edge answers")
    }

    /// All user messages of the dialog, oldest first, page by page.
    pub async fn history(&self) -> Vec<MessageView> {
        let mut history: Vec<MessageView> = Vec::new();
        loop {
            let before = history
                .first()
                .map_or_else(String::new, |first| format!("&before={}", first.id));
            let path = format!("{}?limit=200{before}", self.messages());
            let page: MessagesPage = self.api.get(&path).await.expect("the edge answers").data();
            history.splice(0..0, page.messages);
            if !page.has_more_before {
                history.retain(|message| message.message_type == MessageType::User);
                return history;
            }
        }
    }

    /// The contents of all user messages, oldest first.
    pub async fn reads(&self) -> Vec<String> {
        let history = self.history().await;
        history
            .iter()
            .map(|message| message.content.as_str().to_owned())
            .collect()
    }

    /// The next messages on the device are exactly these; waits for them.
    pub async fn sees(&self, messages: impl Messages) {
        self.device.sees(&messages.texts()).await;
    }

    /// Nothing of another dialog has come: a message that is sent now is the next that the device sees, and every frame so far
    /// is of the own dialog.
    pub async fn hears_nothing_else(&self) {
        let marker = format!("marker {}", MessageId::fresh());
        self.send(&marker).await;
        self.sees(marker.as_str()).await;
        for seen in &self.device.journal().frames {
            let json = serde_json::to_value(&seen.frame).expect("frames are JSON");
            if let Some(dialog) = json.get("dialog_id") {
                assert_eq!(*dialog, json!(self.dialog), "{} got {json}", self.id());
            }
        }
    }

    /// Everything that was answered with success.
    pub fn acknowledged(&self) -> Vec<Acknowledged> {
        self.acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn messages(&self) -> String {
        format!("/api/v1/dialogs/{}/messages", self.dialog)
    }
}

/// One text or several.
pub trait Messages {
    /// As a list.
    fn texts(self) -> Vec<String>;
}

impl Messages for &str {
    fn texts(self) -> Vec<String> {
        vec![self.to_owned()]
    }
}

impl<const N: usize> Messages for [&str; N] {
    fn texts(self) -> Vec<String> {
        self.map(str::to_owned).to_vec()
    }
}

impl Messages for Vec<String> {
    fn texts(self) -> Vec<String> {
        self
    }
}

impl Messages for &[String] {
    fn texts(self) -> Vec<String> {
        self.to_vec()
    }
}
