//! Files on their way: what a client does to send some.

use bytes::Bytes;
use http::Method;
use mtchat_protocol::{AttachmentInput, DialogId, MessageId, MessageView, UploadView};
use serde_json::json;

use crate::{Answer, User};

/// A file of a user's.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name.
    pub name: String,
    /// What it is said to be.
    pub content_type: String,
    /// What is in it.
    pub bytes: Bytes,
}

impl NewFile {
    /// A file.
    pub fn new(name: &str, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        Self {
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            bytes: bytes.into(),
        }
    }

    /// How a message names it.
    pub fn named(&self, s3_key: &str) -> AttachmentInput {
        AttachmentInput {
            s3_key: s3_key.to_owned(),
            filename: self.name.clone(),
            content_type: self.content_type.clone(),
            size: i64::try_from(self.bytes.len()).expect("a small file"),
        }
    }
}

impl User {
    /// Ask where a file may be uploaded to.
    pub async fn try_presign(&self, dialog: DialogId, file: &NewFile, size: usize) -> Answer {
        let body = json!({
            "dialog_id": dialog, "filename": file.name, "content_type": file.content_type, "size": size,
        });
        self.ask(Method::POST, "/api/v1/upload/presign", &body.to_string())
            .await
    }

    /// Where a file may be uploaded to.
    pub async fn presign(&self, file: &NewFile) -> UploadView {
        self.try_presign(self.dialog(), file, file.bytes.len())
            .await
            .data()
    }

    /// Put bytes to a link of the store.
    pub async fn put(&self, url: &str, content_type: &str, bytes: impl Into<Bytes>) -> Answer {
        let headers = [("Content-Type", content_type)];
        let http = self.http();
        http.ask(Method::PUT, url, &headers, bytes)
            .await
            .expect("the store answers")
    }

    /// Upload a file.
    pub async fn upload(&self, file: &NewFile) -> AttachmentInput {
        let to = self.presign(file).await;
        self.put(&to.upload_url, &to.content_type, file.bytes.clone())
            .await
            .expect(200);
        file.named(&to.s3_key)
    }

    /// Try to send a message with these files.
    pub async fn try_send_files(&self, id: MessageId, text: &str, files: &[AttachmentInput]) -> Answer {
        let body = json!({ "id": id, "content": text, "attachments": files }).to_string();
        let path = format!("/api/v1/dialogs/{}/messages", self.dialog());
        self.ask(Method::POST, &path, &body).await
    }

    /// Upload files and send them.
    pub async fn send_files(&self, text: &str, files: &[NewFile]) -> MessageView {
        let mut uploads = Vec::new();
        for file in files {
            uploads.push(self.upload(file).await);
        }
        self.try_send_files(MessageId::fresh(), text, &uploads)
            .await
            .data()
    }

    /// What a browser gets at a link: where it leads to in the end.
    pub async fn get(&self, url: &str) -> Answer {
        let mut answer = self
            .http()
            .ask(Method::GET, url, &[], "")
            .await
            .expect("somebody answers");
        for _ in 0..3 {
            let Some(place) = answer.header("Location").map(str::to_owned) else {
                break;
            };
            answer = self
                .http()
                .ask(Method::GET, &place, &[], "")
                .await
                .expect("the store answers");
        }
        answer
    }
}
