//! Files, as far as logs and clients know of them.

use std::hash::{DefaultHasher, Hash, Hasher};

use fastrand::Rng;
use mtchat_client_core::{OutboxEntry, Row};
use mtchat_protocol::{
    Attachment, AttachmentId, AttachmentInput, AttachmentView, ContentType, FileKey, FileName, MessageView,
    Thumbnail,
};
use uuid::Uuid;

/// Files that were uploaded for a message: mostly none. Nothing else has this name.
pub fn uploads(name: &str, rng: &mut Rng) -> Vec<AttachmentInput> {
    let upload = |number: i64| AttachmentInput {
        s3_key: format!("uploads/{name}/{number}"),
        filename: format!("{number}.png"),
        content_type: "image/png".to_owned(),
        size: 70 + number,
    };
    let count = [0, 0, 0, 1, 3][rng.usize(..5)];
    (0..count).map(upload).collect()
}

/// What a server makes of an upload: of one always the same.
pub fn attachment(upload: &AttachmentInput) -> Attachment {
    Attachment {
        id: id(upload),
        filename: FileName::new(&upload.filename).unwrap(),
        content_type: ContentType::declared(&upload.content_type).unwrap(),
        size: u64::try_from(upload.size).unwrap(),
        width: Some(4),
        height: Some(3),
        thumbnail: Thumbnail::default(),
        key: FileKey::made(&upload.s3_key.replace("uploads", "files")),
        upload: FileKey::made(&upload.s3_key),
    }
}

fn id(upload: &AttachmentInput) -> AttachmentId {
    let mut hasher = DefaultHasher::new();
    upload.s3_key.hash(&mut hasher);
    AttachmentId(Uuid::from_u128(hasher.finish().into()))
}

/// What a message is known by, wherever it is: its text and its files. One that has lost any is another one.
pub fn mark(content: &str, files: impl Iterator<Item = AttachmentId>) -> String {
    let files: Vec<AttachmentId> = files.collect();
    format!("{content:?} with {files:?}")
}

/// The same of what is to be sent.
pub fn mark_of(content: &str, uploads: &[AttachmentInput]) -> String {
    mark(content, uploads.iter().map(id))
}

/// The same of a message on its way.
pub fn mark_of_entry(entry: &OutboxEntry) -> String {
    mark_of(&entry.content, &entry.attachments)
}

/// The same of one that is there.
pub fn mark_of_view(view: &MessageView) -> String {
    mark(view.content.as_str(), view.attachments.iter().map(|file| file.id))
}

/// Give links to the files of a message: other ones each time.
pub fn link(files: &mut [AttachmentView], made: &str) {
    for file in files {
        let link = |kind| Some(format!("https://chat.example/{}/{kind}?link={made}", file.id));
        (file.url, file.thumbnail_url) = (link("file"), link("thumbnail"));
    }
}

/// A message without them: those that came with a frame are not those of a page.
pub fn without_links(view: &MessageView) -> MessageView {
    let mut view = view.clone();
    for file in &mut view.attachments {
        (file.url, file.thumbnail_url) = (None, None);
    }
    view
}

/// The same of rows.
pub fn rows_without_links(rows: Option<Vec<Row>>) -> Option<Vec<Row>> {
    let plain = |row| match row {
        Row::Message(view) => Row::Message(without_links(&view)),
        Row::Gap { .. } | Row::Sending(_) => row,
    };
    Some(rows?.into_iter().map(plain).collect())
}
