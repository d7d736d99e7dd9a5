//! Who tries, and on what.

use http::Method;
use mtchat_protocol::{AttachmentId, DialogId, DialogView, MessageId, MessageView, UploadView};
use mtchat_tests::{ADMIN_TOKEN, Answer, HostApp, JWT_SECRET, System, token};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rows::ENDPOINT;

/// Whom the host has banned.
pub(super) const BANNED: &str = "banned";

/// Stands in every text of the dialog: whoever may not know of it never sees this.
pub(super) const CANARY: &str = "canary-6f1d2c";

/// A user of the Chat API, from the one who may least on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    Anonymous,
    Expired,
    /// Banned by the host.
    Revoked,
    OtherApp,
    Stranger,
    ExMember,
    Candidate,
    ReadOnly,
    Member,
    /// May delete what others wrote.
    Moderator,
    /// Who wrote the message, and owns the dialog.
    Author,
}

pub(super) const USERS: [User; 11] = [
    User::Anonymous,
    User::Expired,
    User::Revoked,
    User::OtherApp,
    User::Stranger,
    User::ExMember,
    User::Candidate,
    User::ReadOnly,
    User::Member,
    User::Moderator,
    User::Author,
];

/// A backend at the Management API, from the one who may least on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    Anonymous,
    Wrong,
    AUser,
    OtherApp,
    Own,
}

pub(super) const HOSTS: [Host; 5] = [
    Host::Anonymous,
    Host::Wrong,
    Host::AUser,
    Host::OtherApp,
    Host::Own,
];

impl User {
    /// Whether they may know that there is such a dialog.
    pub(super) fn may_know(self) -> bool {
        matches!(
            self,
            Self::Candidate | Self::ReadOnly | Self::Member | Self::Moderator | Self::Author
        )
    }

    /// The token that they come with.
    pub(super) fn token(self, other: &HostApp) -> Option<String> {
        match self {
            Self::Anonymous => None,
            Self::Expired => {
                let claims = json!({ "sub": "alice", "exp": token::now() - 3_600 });
                Some(token::signed(&claims, JWT_SECRET))
            }
            Self::Revoked => Some(token::of(BANNED)),
            Self::OtherApp => Some(other.token("alice")),
            Self::Stranger => Some(token::scoped("mallory", &["umbrella"])),
            Self::ExMember => Some(token::of("eve")),
            Self::Candidate => Some(token::scoped("carol", &["acme"])),
            Self::ReadOnly => Some(token::of("rita")),
            Self::Member => Some(token::of("bob")),
            Self::Moderator => Some(token::of("max")),
            Self::Author => Some(token::of("alice")),
        }
    }
}

impl Host {
    /// The token that they come with.
    pub(super) fn token(self, other: &HostApp) -> Option<String> {
        match self {
            Self::Anonymous => None,
            Self::Wrong => Some("wrong".repeat(10)),
            Self::AUser => Some(token::of("alice")),
            Self::OtherApp => Some(other.admin_token().to_owned()),
            Self::Own => Some(ADMIN_TOKEN.to_owned()),
        }
    }
}

/// Alice's dialog with Bob, Max, who moderates, Rita, who only reads, and one who is banned; Eve has been removed and Carol may join. With a message of
/// Alice's, with a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fixture {
    pub(super) dialog: DialogId,
    pub(super) message: MessageId,
    pub(super) attachment: AttachmentId,
    /// The app's, the same in all of them: an app may not have many.
    pub(super) endpoint: Uuid,
}

impl Fixture {
    pub(super) async fn make(system: &System) -> Self {
        let admin = system.admin(0);
        let people = [
            ("alice", "owner"),
            ("bob", "member"),
            ("max", "moderator"),
            ("rita", "read_only"),
            ("eve", "member"),
            (BANNED, "member"),
        ];
        let people =
            people.map(|(user, role)| {
                let name = format!("{user} {CANARY}");
                json!({ "user_id": user, "display_name": name, "company": CANARY, "email": format!("{CANARY}@example.org"),
                    "phone": CANARY, "role": role })
            });
        let request = json!({
            "object_type": "order", "object_id": "7", "participants": people, "title": CANARY,
            "object_url": format!("https://example.org/{CANARY}"), "meta": { "note": CANARY },
            "access_scopes": [{ "scope_level0": ["acme"] }],
        });
        let created: DialogView = admin.create(&request).await;
        admin.remove(created.id, "eve").await;
        let messages = format!("/api/v1/dialogs/{}/messages", created.id);
        let file = upload(system, created.id).await;
        let message = json!({ "content": format!("hello {CANARY}"), "attachments": [file] });
        let sent: MessageView = as_alice(system, &messages, &message).await.data();
        let endpoint = admin
            .keyed("routes", Method::POST, "/webhooks", ENDPOINT)
            .await
            .data::<Value>();
        let endpoint = endpoint["id"].as_str().and_then(|id| id.parse().ok());
        Self {
            dialog: created.id,
            message: sent.id,
            attachment: sent.attachments[0].id,
            endpoint: endpoint.expect("an id"),
        }
    }

    /// The same for a dialog that does not exist.
    pub(super) fn unknown(self) -> Self {
        Self {
            dialog: DialogId::fresh(),
            attachment: AttachmentId::fresh(),
            ..self
        }
    }
}

async fn as_alice(system: &System, path: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {}", token::of("alice"));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
    ];
    let url = system.edge(0).url(path);
    let asked = system
        .http()
        .ask(Method::POST, &url, &headers, body.to_string())
        .await;
    asked.expect("the edge answers")
}

/// A file of Alice's, ready to be sent.
async fn upload(system: &System, dialog: DialogId) -> Value {
    let named =
        json!({ "filename": format!("{CANARY}.txt"), "content_type": "text/plain", "size": CANARY.len() });
    let mut request = named.clone();
    request["dialog_id"] = json!(dialog);
    let to: UploadView = as_alice(system, "/api/v1/upload/presign", &request).await.data();
    let headers = [("Content-Type", "text/plain")];
    let put = system
        .http()
        .ask(Method::PUT, &to.upload_url, &headers, CANARY)
        .await;
    put.expect("the store answers").expect(200);
    let mut named = named;
    named["s3_key"] = json!(to.s3_key);
    named
}
