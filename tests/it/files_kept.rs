//! What the store holds: the files of what is left, and nothing else; whatever happens to it.

use std::{collections::BTreeSet, time::Duration};

use http::Method;
use mtchat_protocol::{ErasureView, ErrorCode, MessageId, MessageView};
use mtchat_tests::{NewFile, PATIENCE, System, SystemBuilder, claiming_png, eventually, png};
use serde_json::json;

fn picture(name: &str) -> NewFile {
    NewFile::new(name, "image/png", png(700, 500))
}

/// A system that keeps what was uploaded for ten seconds only.
fn clearing_away() -> SystemBuilder {
    let soon = System::with().variable("UPLOAD_KEEP_SECS", "10");
    soon.variable("S3_PRESIGN_UPLOAD_EXPIRY", "10").files()
}

/// The keys that the database knows, with their thumbnails.
async fn known(system: &System) -> BTreeSet<String> {
    system.database().await.file_keys().await
}

/// Until the store holds what the database knows of, and that is so many files.
async fn holds_exactly(system: &System, files: usize) {
    let mut held = BTreeSet::new();
    let mut wanted = BTreeSet::new();
    let same = async || {
        held = system
            .files_ref()
            .keys_under("default/")
            .await
            .into_iter()
            .collect();
        wanted = known(system).await;
        (held == wanted && wanted.len() == files).then_some(())
    };
    let what = format!("the store holds {files} files, those of the database");
    eventually(&what, Duration::from_secs(120), same).await;
}

#[tokio::test]
async fn what_is_deleted_is_deleted_from_the_store_too() {
    let system = clearing_away().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let [carol, _] = system.dialog().between(["carol", "bob"]).await;
    let [dave, _] = system.dialog().between(["dave", "bob"]).await;
    // A picture is two objects, with its thumbnail; a text is one.
    let text = NewFile::new("a.txt", "text/plain", "text");
    let deleted = alice.send_files("", &[picture("a.png"), text.clone()]).await;
    alice.send_files("", &[picture("b.png")]).await;
    carol.send_files("", &[picture("c.png")]).await;
    dave.send_files("", &[picture("d.png"), text.clone()]).await;
    // One is never sent, one is begun in parts, and one was copied by an edge that died before it could send.
    bob.upload(&text).await;
    let begun = json!({ "dialog_id": bob.dialog(), "filename": "a", "size": 9_000_000 });
    bob.ask(Method::POST, "/api/v1/upload/parts", &begun.to_string())
        .await
        .expect(200);
    let store = system.files_ref();
    store
        .put("default/files/dialog/orphan", "text/plain", "copy")
        .await;
    // What somebody else keeps in the bucket is theirs.
    store
        .put("backups/yesterday.tar", "application/x-tar", "theirs")
        .await;
    holds_exactly(&system, 3 + 2 + 2 + 3).await;

    let unfinished = async || {
        store
            .store()
            .unfinished_parts("", 10)
            .await
            .ok()?
            .is_empty()
            .then_some(())
    };
    eventually("no parts are left", PATIENCE, unfinished).await;

    alice.delete(deleted.id).await;
    holds_exactly(&system, 2 + 2 + 3).await;
    system.admin(0).delete(carol.dialog()).await;
    holds_exactly(&system, 2 + 3).await;

    let erase = system.admin(0).ask(Method::POST, "/users/dave/erase", "").await;
    let begun: ErasureView = erase.expect(202).data();
    assert_eq!(begun.files.len(), 2, "{begun:?}");
    let finished = async || {
        let answer = system.admin(0).ask(Method::GET, "/users/dave/erase", "").await;
        answer.data::<ErasureView>().finished_at.map(drop)
    };
    eventually("Dave is forgotten", PATIENCE, finished).await;
    // At once: what is forgotten is not there any more.
    let held: BTreeSet<String> = system
        .files_ref()
        .keys_under("default/")
        .await
        .into_iter()
        .collect();
    assert_eq!(held, known(&system).await);
    assert_eq!(held.len(), 2);
    assert_eq!(store.keys_under("backups/").await.len(), 1);
    assert!(system.worker(0).metric("mtchat_files_deleted_total").await >= 8.0);
}

#[tokio::test]
async fn without_the_store_text_goes_on_and_everything_is_made_good_afterwards() {
    let mut system = clearing_away().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let sent = alice.send_files("one", &[picture("a.png")]).await;
    let uploaded = alice.upload(&picture("b.png")).await;
    system.files().stop().await;

    // Text is sent and received; what needs the store says that it may be tried again.
    alice.send("two").await;
    bob.sees(["one", "two"]).await;
    let id = MessageId::fresh();
    let answer = alice
        .try_send_files(id, "three", std::slice::from_ref(&uploaded))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.code()),
        (503, ErrorCode::ServiceUnavailable)
    );
    assert!(answer.header("Retry-After").is_some());
    let down = async || {
        let answer = alice.try_presign(alice.dialog(), &picture("c.png"), 10).await;
        (answer.status.as_u16() == 503).then_some(())
    };
    eventually("links for uploads are not made any more", PATIENCE, down).await;
    // Links can still be had, and a deletion goes through.
    let path = format!("/api/v1/attachments/{}/url", sent.attachments[0].id);
    bob.ask(Method::GET, &path, "").await.expect(200);
    alice.delete(sent.id).await;
    assert_eq!(
        bob.ask(Method::GET, &path, "").await.code(),
        ErrorCode::AttachmentNotFound
    );

    // The same message, tried again, and what was to be deleted.
    system.files().start_again().await;
    let again = async || {
        let fresh = alice.try_presign(alice.dialog(), &picture("c.png"), 10).await;
        fresh.status.is_success().then_some(())
    };
    eventually("links for uploads are made again", Duration::from_secs(60), again).await;
    let upload = alice.upload(&picture("b.png")).await;
    let sent: MessageView = alice.try_send_files(id, "three", &[upload]).await.data();
    assert_eq!(sent.attachments.len(), 1);
    bob.sees("three").await;
    holds_exactly(&system, 2).await;
}

#[tokio::test]
async fn pictures_that_are_bombs_cost_nothing() {
    let system = System::with().files().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send_files("", &[picture("warm.png")]).await;
    let before = system.edge(0).memory();
    let gif = [
        b"GIF89a".as_slice(),
        &[0xff; 4],
        &[0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x2c, 0, 0, 0, 0],
        &[0xff; 4],
        &[0, 2, 0, 0x3b],
    ]
    .concat();
    let mut webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
    webp.extend([0x4f, 0xc3, 0, 0x4f, 0xc3, 0, b'V', b'P', b'8', b' ', 0, 0, 0, 0]);
    let bombs = [
        NewFile::new("a.png", "image/png", claiming_png(50_000, 50_000)),
        NewFile::new("b.png", "image/png", claiming_png(7_000, 7_000)),
        NewFile::new("c.gif", "image/gif", gif),
        NewFile::new("d.webp", "image/webp", webp),
    ];
    for _ in 0..5 {
        let sent = alice.send_files("", &bombs).await;
        assert_eq!(sent.attachments.len(), bombs.len());
        let first = &sent.attachments[0];
        assert_eq!((first.width, first.height), (Some(50_000), Some(50_000)));
        assert!(
            sent.attachments.iter().all(|file| file.thumbnail_url.is_none()),
            "{sent:?}"
        );
    }
    let grown = system.edge(0).memory().saturating_sub(before);
    assert!(grown < 40 * 1024 * 1024, "the edge grew by {grown} bytes");
    // Honest pictures go on.
    let sent = alice.send_files("", &[picture("honest.png")]).await;
    assert!(sent.attachments[0].thumbnail_url.is_some());
    assert_eq!(bob.history().await.len(), 7);
}
