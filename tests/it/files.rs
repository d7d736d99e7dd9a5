//! Files of messages: uploaded to the store, checked when they are sent, and read by whoever takes part.

use http::Method;
use mtchat_protocol::{
    AttachmentLinks, AttachmentView, CompletedUpload, DialogView, ErrorCode, MessageId, MessageView,
    ServerFrame, UploadPartsView, UploadView,
};
use mtchat_tests::{Answer, HostApp, NewFile, PATIENCE, System, User, eventually, png, token};
use serde_json::json;

fn picture() -> NewFile {
    NewFile::new("photo.png", "image/png", png(800, 600))
}

fn note(text: &str) -> NewFile {
    NewFile::new("note.txt", "text/plain", text.to_owned())
}

async fn links(user: &User, file: &AttachmentView) -> Answer {
    user.ask(Method::GET, &format!("/api/v1/attachments/{}/url", file.id), "")
        .await
}

/// The files of a message as a device heard of them.
async fn heard(user: &User, message: MessageId) -> Vec<AttachmentView> {
    let mut found = Vec::new();
    let look = |journal: &mtchat_tests::Journal| {
        let frames = journal.frames.iter().map(|seen| &seen.frame);
        let new = frames.filter_map(|frame| match frame {
            ServerFrame::MessageNew(new) if new.id == message => Some(new.attachments.clone()),
            _ => None,
        });
        found = new.fold(Vec::new(), |_, newest| newest);
        !found.is_empty()
    };
    user.device().until("the message with its files", look).await;
    found
}

/// What is no picture is downloaded.
async fn is_a_download(user: &User, file: &AttachmentView) {
    let fresh: AttachmentLinks = links(user, file).await.data();
    assert_eq!((fresh.thumbnail_url, fresh.expires_in), (None, 3_600));
    let download = user.get(&fresh.url).await.expect(200);
    assert_eq!(download.header("Content-Type"), Some("application/octet-stream"));
    let disposition = download.header("Content-Disposition").unwrap();
    assert!(
        disposition.starts_with("attachment") && disposition.contains("note.txt"),
        "{disposition}"
    );
    assert_eq!(&download.body[..], b"hello");
}

/// A stranger, another app, and one who may join but has not, find nothing.
async fn nobody_else_finds(system: &System, file: &AttachmentView) {
    let other = HostApp::create(system, "other").await;
    for token in [
        token::of("mallory"),
        other.token("alice"),
        token::scoped("carol", &["acme"]),
    ] {
        let bearer = format!("Bearer {token}");
        let url = system
            .edge(0)
            .url(&format!("/api/v1/attachments/{}/url", file.id));
        let headers = [("Authorization", bearer.as_str())];
        let answer = system.http().ask(Method::GET, &url, &headers, "").await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (404, ErrorCode::AttachmentNotFound)
        );
    }
}

#[tokio::test]
async fn a_file_reaches_everybody_in_the_dialog_and_nobody_else() {
    let system = System::with().edges(2).files().start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let (photo, text) = (picture(), note("hello"));
    let sent = alice.send_files("", &[photo.clone(), text.clone()]).await;

    // Bob hears of it with its size, and with links that a page can use at once.
    let live = heard(&bob, sent.id).await;
    assert_eq!((live[0].width, live[0].height), (Some(800), Some(600)));
    assert_eq!(
        (live[0].filename.as_str(), live[0].size),
        ("photo.png", photo.bytes.len() as u64)
    );
    assert_eq!((live[1].width, live[1].thumbnail_url.as_ref()), (None, None));
    let direct = live[0].url.as_deref().unwrap();
    assert!(
        direct.starts_with("http://localhost:"),
        "it is signed for browsers: {direct}"
    );
    assert!(
        direct.contains("X-Amz-Expires=300"),
        "it lives five minutes: {direct}"
    );
    assert_eq!(bob.get(direct).await.expect(200).body, photo.bytes);
    let small = bob
        .get(live[0].thumbnail_url.as_deref().unwrap())
        .await
        .expect(200);
    assert_eq!(small.header("Content-Type"), Some("image/jpeg"));
    assert!(small.body.len() < photo.bytes.len() && small.body.starts_with(&[0xff, 0xd8]));

    // Whoever loads the history sees the same.
    let read = bob.history().await.remove(0);
    let about = |file: &AttachmentView| AttachmentView {
        url: None,
        thumbnail_url: None,
        ..file.clone()
    };
    let all = |files: &[AttachmentView]| files.iter().map(about).collect::<Vec<_>>();
    assert_eq!(all(&read.attachments), all(&live));
    assert_eq!(all(&sent.attachments), all(&live));
    let link = read.attachments[0].url.as_deref().unwrap();
    assert!(
        link.starts_with(&system.edge(1).url("/api/v1/attachments/")),
        "{link}"
    );
    let shown = bob.get(link).await.expect(200);
    assert_eq!(
        (shown.header("Content-Type"), &shown.body),
        (Some("image/png"), &photo.bytes)
    );
    assert!(shown.header("Content-Disposition").unwrap().starts_with("inline"));
    assert_eq!(
        bob.get(read.attachments[0].thumbnail_url.as_deref().unwrap())
            .await
            .expect(200)
            .body,
        small.body
    );

    is_a_download(&bob, &read.attachments[1]).await;

    // An edit leaves the files, and a message of files alone may lose its text.
    assert_eq!(
        all(&alice.edit(sent.id, "see above").await.attachments),
        all(&live)
    );
    let cleared = alice.edit(sent.id, "").await;
    assert_eq!(
        (cleared.content.as_str(), all(&cleared.attachments)),
        ("", all(&live))
    );

    nobody_else_finds(&system, &live[0]).await;
    let logs = system.logs();
    for secret in ["X-Amz-", "link=", "/uploads/"] {
        assert!(!logs.contains(secret), "{secret} stands in the logs");
    }
}

#[tokio::test]
async fn a_link_that_was_just_given_is_not_said_to_lead_nowhere() {
    let system = System::with().files().start().await;
    let [alice, _bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let upload = alice.upload(&note("hello")).await;
    system.worker(0).pause();
    let sent = alice.try_send_files(MessageId::fresh(), "look", &[upload]).await;
    let sent: MessageView = sent.data();
    let link = sent.attachments[0].url.as_deref().unwrap();
    let early = alice.get(link).await;
    assert_eq!(
        (early.status.as_u16(), early.code(), early.header("Retry-After")),
        (503, ErrorCode::ServiceUnavailable, Some("1"))
    );
    system.worker(0).unpause();
    let there = eventually("the file to be stored", PATIENCE, async || {
        let answer = alice.get(link).await;
        assert!([200, 503].contains(&answer.status.as_u16()), "{}", answer.status);
        (answer.status == 200).then_some(answer)
    });
    assert_eq!(&there.await.body[..], b"hello");
}

#[tokio::test]
async fn links_end_when_the_reader_goes() {
    let system = System::with().files().start().await;
    let [alice, bob, carol] = system.dialog().between(["alice", "bob", "carol"]).await;
    let sent = alice.send_files("look", &[picture()]).await;
    let own: AttachmentLinks = links(&bob, &sent.attachments[0]).await.data();
    let hers: AttachmentLinks = links(&carol, &sent.attachments[0]).await.data();
    let follow = async |url: &str| system.http().ask(Method::GET, url, &[], "").await.unwrap();

    let led = follow(&own.url).await.expect(302);
    assert!(led.header("Location").unwrap().contains("X-Amz-Expires=120"));
    // Two minutes there and one in the browser's memory are less than five.
    assert_eq!(led.header("Cache-Control"), Some("private, max-age=60"));
    assert_eq!(led.header("X-Content-Type-Options"), Some("nosniff"));
    assert!(led.header("Content-Security-Policy").unwrap().contains("sandbox"));

    bob.leave().await;
    for url in [&own.url, own.thumbnail_url.as_ref().unwrap()] {
        assert_eq!(follow(url).await.code(), ErrorCode::AttachmentNotFound);
    }
    assert_eq!(
        links(&bob, &sent.attachments[0]).await.code(),
        ErrorCode::AttachmentNotFound
    );

    // A link is of one file, in one form, for one reader, as it was made.
    let (place, link) = hers.url.split_once("?link=").unwrap();
    let other_form = hers.url.replace("/file?", "/thumbnail?");
    let changed = format!("{place}?link={}", link.replace(&link[20..24], "AAAA"));
    for url in [other_form, changed, place.to_owned(), format!("{place}?link=")] {
        assert_eq!(follow(&url).await.code(), ErrorCode::Unauthorized, "{url}");
    }
    // Who is banned reads nothing more, whatever links they have.
    follow(&hers.url).await.expect(302);
    let banned = system.admin(0).ask(Method::POST, "/users/carol/ban", "").await;
    banned.expect(204);
    assert_eq!(follow(&hers.url).await.code(), ErrorCode::Unauthorized);

    // What is deleted is gone for everybody.
    let mine: AttachmentLinks = links(&alice, &sent.attachments[0]).await.data();
    alice.delete(sent.id).await;
    assert_eq!(follow(&mine.url).await.code(), ErrorCode::AttachmentNotFound);
}

#[tokio::test]
async fn links_end_with_their_app() {
    let system = System::with().files().start().await;
    let acme = HostApp::create(&system, "acme").await;
    let people = ["alice", "bob"].map(|user| json!({ "user_id": user, "display_name": user }));
    let body = json!({ "object_type": "order", "object_id": "1", "participants": people });
    let dialog: DialogView = acme.manage(Method::POST, "/dialogs", &body).await.data();
    let file = note("between us");
    let wanted = json!({
        "dialog_id": dialog.id, "filename": file.name, "content_type": file.content_type, "size": file.bytes.len(),
    });
    let place = acme
        .ask(Method::POST, "/api/v1/upload/presign", "alice", &wanted)
        .await;
    let place: UploadView = place.data();
    let headers = [("Content-Type", place.content_type.as_str())];
    let put = system
        .http()
        .ask(Method::PUT, &place.upload_url, &headers, file.bytes.clone())
        .await;
    put.unwrap().expect(200);
    let messages = format!("/api/v1/dialogs/{}/messages", dialog.id);
    let message = json!({ "content": "", "attachments": [file.named(&place.s3_key)] });
    let sent = acme.ask(Method::POST, &messages, "alice", &message).await;
    let sent: MessageView = sent.data();
    let path = format!("/api/v1/attachments/{}/url", sent.attachments[0].id);
    let link: AttachmentLinks = acme.ask(Method::GET, &path, "bob", &json!(null)).await.data();
    let follow = async || system.http().ask(Method::GET, &link.url, &[], "").await.unwrap();
    follow().await.expect(302);
    let (status, printed) = system.program(&["app", "disable", "acme"]).run().await;
    assert!(status.success(), "{printed}");
    acme.comes_in(false).await;
    assert_eq!(follow().await.code(), ErrorCode::Unauthorized);
}

#[tokio::test]
async fn a_large_file_goes_up_in_parts() {
    let system = System::with().files().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let bytes: Vec<u8> = (0..20_000_000_u32).map(|index| index.to_le_bytes()[1]).collect();
    let file = NewFile::new("big.bin", "", bytes);
    let body = json!({ "dialog_id": alice.dialog(), "filename": file.name, "content_type": "", "size": file.bytes.len() });
    let begun: UploadPartsView = alice
        .ask(Method::POST, "/api/v1/upload/parts", &body.to_string())
        .await
        .data();
    assert_eq!(begun.part_urls.len(), 3);
    let size = usize::try_from(begun.part_size).unwrap();
    let mut etags = Vec::new();
    for (url, part) in begun.part_urls.iter().zip(file.bytes.chunks(size)) {
        // One byte more is not this part.
        let longer = [part, b"x"].concat();
        alice.put(url, "", longer).await.expect(403);
        let answer = alice.put(url, "", part.to_vec()).await.expect(200);
        etags.push(answer.header("ETag").unwrap().to_owned());
    }
    let complete = json!({
        "dialog_id": alice.dialog(), "s3_key": begun.s3_key, "upload_id": begun.upload_id, "etags": etags,
    });
    let others = bob
        .ask(Method::POST, "/api/v1/upload/complete", &complete.to_string())
        .await;
    assert_eq!(others.code(), ErrorCode::AttachmentNotFound);
    // A repeat answers as the first time.
    for _ in 0..2 {
        let done: CompletedUpload = alice
            .ask(Method::POST, "/api/v1/upload/complete", &complete.to_string())
            .await
            .data();
        assert_eq!((done.size, &done.s3_key), (20_000_000, &begun.s3_key));
    }
    let sent: MessageView = alice
        .try_send_files(MessageId::fresh(), "", &[file.named(&begun.s3_key)])
        .await
        .data();
    let got = bob.history().await.remove(0);
    assert_eq!(got.id, sent.id);
    assert_eq!(
        bob.get(got.attachments[0].url.as_deref().unwrap())
            .await
            .expect(200)
            .body,
        file.bytes
    );
}

#[tokio::test]
async fn without_a_store_there_is_text() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let file = picture();
    let answers = [
        alice.try_presign(alice.dialog(), &file, 10).await,
        alice
            .try_send_files(MessageId::fresh(), "text", &[file.named("default/uploads/x/y")])
            .await,
        alice
            .ask(
                Method::GET,
                &format!("/api/v1/attachments/{}/url", MessageId::fresh()),
                "",
            )
            .await,
    ];
    for answer in answers {
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (503, ErrorCode::ServiceUnavailable)
        );
    }
    let empty = alice.try_send_files(MessageId::fresh(), "text", &[]).await;
    let empty: MessageView = empty.data();
    assert!(empty.attachments.is_empty());
    bob.sees("text").await;
}
