//! Chats as an edge shows them, compared with what they were.

use bytes::Bytes;
use http::Method;
use mtchat_protocol::{
    AttachmentLinks, DialogDetailView, DialogId, JoinedAs, MessageType, MessageView, MessagesPage,
    ScopeValue, Scopes, Timestamp,
};
use serde_json::Value;

use super::{Chat, Chats, LegacyFile, Person, Said};
use crate::{Answer, System, token};

/// Of so many edited messages of a dialog the earlier contents are looked at.
const EDITED: usize = 3;

/// What users and the host ask an edge.
#[derive(Debug)]
pub struct Look<'a> {
    system: &'a System,
}

impl<'a> Look<'a> {
    /// At this system's first edge.
    pub fn at(system: &'a System) -> Self {
        Self { system }
    }

    /// A request in a user's name.
    pub async fn ask(&self, user: &str, method: Method, path: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", token::of(user));
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        let url = format!("http://127.0.0.1:{}{path}", self.system.edge(0).port());
        let http = self.system.http();
        http.ask(method, &url, &headers, body.to_owned())
            .await
            .expect("the edge answers")
    }

    /// Whether everything is as it was, file by file.
    pub async fn is_all_of(&self, all: &Chats) {
        for chat in &all.chats {
            self.is(chat).await;
        }
        for (chat, file) in all.files() {
            if let Some(reader) = chat.people.first() {
                self.has(&reader.user, file).await;
            }
        }
    }

    /// Whether this dialog is as it was.
    pub async fn is(&self, chat: &Chat) {
        let found = self.system.admin(0).dialog(DialogId(chat.id)).await;
        same_dialog(chat, &found.unwrap_or_else(|| panic!("{} is not here", chat.id)));
        let Some(reader) = chat.people.first() else {
            return;
        };
        let history = self.history(&reader.user, DialogId(chat.id)).await;
        assert_eq!(history.len(), chat.messages.len(), "messages of {}", chat.id);
        for (said, here) in chat.messages.iter().zip(&history) {
            same_message(said, here);
        }
        // Each is a request of its own.
        let edited = chat.messages.iter().filter(|said| !said.versions.is_empty());
        for said in edited.take(EDITED) {
            let path = format!("/api/v1/dialogs/{}/messages/{}/history", chat.id, said.id);
            let versions: Vec<Value> = self.ask(&reader.user, Method::GET, &path, "").await.data();
            same_versions(said, &versions);
        }
    }

    /// All messages of a dialog, page by page, the dialog's own ones too.
    pub async fn history(&self, user: &str, dialog: DialogId) -> Vec<MessageView> {
        let mut history: Vec<MessageView> = Vec::new();
        loop {
            let before = history
                .first()
                .map_or_else(String::new, |first| format!("&before={}", first.id));
            let path = format!("/api/v1/dialogs/{dialog}/messages?limit=200{before}");
            let page: MessagesPage = self.ask(user, Method::GET, &path, "").await.data();
            history.splice(0..0, page.messages);
            if !page.has_more_before {
                return history;
            }
        }
    }

    /// Whether a reader gets the bytes of a file, and of its small picture where it has one.
    pub async fn has(&self, user: &str, file: &LegacyFile) {
        let path = format!("/api/v1/attachments/{}/url", file.id);
        let links: AttachmentLinks = self.ask(user, Method::GET, &path, "").await.data();
        assert!(
            self.bytes(&links.url).await == file.bytes,
            "the bytes of {}",
            file.id
        );
        match (&file.thumbnail, links.thumbnail_url) {
            (Some((_, bytes)), Some(url)) => assert!(self.bytes(&url).await == bytes),
            (None, None) => {}
            (there, here) => panic!("a small picture of {}: {} {here:?}", file.id, there.is_some()),
        }
    }

    async fn bytes(&self, url: &str) -> Bytes {
        let mut place = url.to_owned();
        for _ in 0..3 {
            let answer = self.system.http().ask(Method::GET, &place, &[], "").await;
            let answer = answer.expect("somebody answers");
            let Some(next) = answer.header("Location") else {
                return answer.expect(200).body;
            };
            place = next.to_owned();
        }
        panic!("{url} leads nowhere");
    }
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn same_dialog(chat: &Chat, here: &DialogDetailView) {
    let dialog = &here.dialog;
    assert_eq!(dialog.object_type.as_str(), chat.object_type);
    assert_eq!(dialog.object_id.as_str(), chat.object_id);
    assert_eq!(
        dialog.title.as_ref().map(mtchat_protocol::Title::as_str),
        chat.title.as_deref()
    );
    assert_eq!(
        dialog.object_url.as_ref().map(mtchat_protocol::ObjectUrl::as_str),
        chat.object_url.as_deref()
    );
    assert_eq!(
        dialog.created_by.as_ref().map(mtchat_protocol::UserId::as_str),
        chat.created_by.as_deref()
    );
    assert_eq!(dialog.created_at, at(chat.created_at));
    let meta = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let here_meta = dialog
        .meta
        .as_ref()
        .map(|json| meta(&serde_json::to_string(json).expect("JSON")));
    assert_eq!(here_meta, chat.meta.as_deref().map(meta));
    assert_eq!(here.access_scopes.len(), chat.rules.len());
    for ((id, levels), rule) in chat.rules.iter().zip(&here.access_scopes) {
        let scopes = Scopes {
            scope_level0: rule.scope_level0.clone(),
            scope_level1: rule.scope_level1.clone(),
            scope_level2: rule.scope_level2.clone(),
        };
        let texts = |level: &[ScopeValue]| level.iter().map(|value| value.as_str().to_owned()).collect();
        let values: [Vec<String>; 3] = scopes.levels().map(texts);
        assert_eq!((rule.id.0, &values), (*id, levels));
    }
    same_people(chat, here);
}

fn same_people(chat: &Chat, here: &DialogDetailView) {
    let mut people: Vec<&Person> = chat.people.iter().collect();
    people.sort_by_key(|person| (person.joined_at, &person.user));
    let users: Vec<&str> = here.participants.iter().map(|one| one.user_id.as_str()).collect();
    assert_eq!(
        users,
        people
            .iter()
            .map(|person| person.user.as_str())
            .collect::<Vec<_>>()
    );
    for (person, one) in people.iter().zip(&here.participants) {
        let who = format!("{} in {}", person.user, chat.id);
        assert_eq!(
            one.unread_count,
            u64::from(person.unread.unsigned_abs()),
            "unread of {who}"
        );
        if person.agrees {
            assert_eq!(
                one.last_read_message_id.map(|id| id.0),
                person.last_read,
                "pointer of {who}"
            );
        }
        assert_eq!(
            (one.joined_at, one.joined_as),
            (
                at(person.joined_at),
                JoinedAs::parse(person.joined_as).expect("known")
            )
        );
        let switches = (one.notifications_enabled, one.is_archived, one.is_pinned);
        assert_eq!(
            switches,
            (person.notifications, person.archived, person.pinned),
            "{who}"
        );
        let name = person.name.as_deref().unwrap_or(&person.user);
        assert_eq!(
            one.display_name
                .as_ref()
                .map(mtchat_protocol::DisplayName::as_str),
            Some(name)
        );
        assert_eq!(
            one.company.as_ref().map(mtchat_protocol::Company::as_str),
            person.company.as_deref()
        );
        assert_eq!(
            one.email.as_ref().map(mtchat_protocol::Email::as_str),
            person.email.as_deref()
        );
        assert_eq!(
            one.phone.as_ref().map(mtchat_protocol::Phone::as_str),
            person.phone.as_deref()
        );
    }
}

fn same_message(said: &Said, here: &MessageView) {
    assert_eq!(here.id.0, said.id);
    assert_eq!(here.content.as_str(), said.content);
    assert_eq!(
        here.sender_id.as_ref().map(mtchat_protocol::UserId::as_str),
        said.sender.as_deref()
    );
    assert_eq!(
        (here.sent_at, here.last_edited_at),
        (at(said.sent_at), said.edited_at.map(at))
    );
    assert_eq!(here.reply_to_id.map(|id| id.0), said.reply_to);
    let kind = if said.sender.is_some() {
        MessageType::User
    } else {
        MessageType::System
    };
    assert_eq!(here.message_type, kind);
    let files: Vec<_> = here
        .attachments
        .iter()
        .map(|file| {
            (
                file.id.0,
                file.filename.as_str(),
                file.content_type.as_str(),
                file.size,
                file.width,
                file.height,
            )
        })
        .collect();
    let expected = said.files.iter().map(|file| {
        let pixels = |pixels: i32| pixels.unsigned_abs();
        let (width, height) = file
            .size
            .map(|(width, height)| (pixels(width), pixels(height)))
            .unzip();
        (
            file.id,
            file.filename.as_str(),
            file.content_type,
            file.bytes.len() as u64,
            width,
            height,
        )
    });
    assert_eq!(files, expected.collect::<Vec<_>>());
}

fn same_versions(said: &Said, versions: &[Value]) {
    let moment = |value: &Value| serde_json::from_value::<Timestamp>(value.clone()).expect("a moment");
    let mut here: Vec<_> = versions
        .iter()
        .map(|version| {
            (
                moment(&version["edited_at"]).micros(),
                version["content"].as_str().expect("text").to_owned(),
            )
        })
        .collect();
    here.sort_unstable();
    assert_eq!(here, said.versions, "earlier contents of {}", said.id);
}
