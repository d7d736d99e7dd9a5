//! Which files are taken, from whom, and once only.

use futures_util::future::join_all;
use http::Method;
use mtchat_protocol::{AttachmentInput, ErrorCode, MessageId, MessageView, UploadView};
use mtchat_tests::{HostApp, NewFile, PATIENCE, System, User, eventually, png};
use serde_json::{Value, json};

fn picture() -> NewFile {
    NewFile::new("photo.png", "image/png", png(800, 600))
}

fn note(text: &str) -> NewFile {
    NewFile::new("note.txt", "text/plain", text.to_owned())
}

/// What is not accepted is refused before a byte is sent.
async fn refused_before_a_byte(user: &User, small: &NewFile) {
    let refused = async |file: &NewFile, size| user.try_presign(user.dialog(), file, size).await.code();
    assert_eq!(refused(small, 100_001).await, ErrorCode::FileTooLarge);
    for content_type in [
        "application/x-msdownload",
        "text/javascript",
        "image",
        "image/png\r\nX: y",
        "a".repeat(300).as_str(),
    ] {
        let file = NewFile {
            content_type: content_type.to_owned(),
            ..small.clone()
        };
        assert_eq!(
            refused(&file, 10).await,
            ErrorCode::UnsupportedFileType,
            "{content_type}"
        );
    }
    let unnamed = NewFile {
        name: "x".repeat(10_000),
        ..small.clone()
    };
    assert_eq!(refused(&unnamed, 10).await, ErrorCode::InvalidInput);
}

/// The store itself holds the length, the type and the place.
async fn held_by_the_store(user: &User, small: &NewFile, to: &UploadView) {
    let longer = [&small.bytes[..], b"x"].concat();
    user.put(&to.upload_url, "image/png", longer).await.expect(403);
    user.put(&to.upload_url, "image/png", small.bytes.slice(1..))
        .await
        .expect(403);
    user.put(&to.upload_url, "text/html", small.bytes.clone())
        .await
        .expect(403);
    let elsewhere = to.upload_url.replace("/uploads/", "/files/");
    user.put(&elsewhere, "image/png", small.bytes.clone())
        .await
        .expect(403);
}

#[tokio::test]
async fn only_what_was_declared_is_taken() {
    let system = System::with()
        .variable("S3_MAX_FILE_BYTES", "100000")
        .files()
        .start()
        .await;
    let [alice, _bob] = system.dialog().between(["alice", "bob"]).await;
    let small = NewFile::new("a.png", "image/png", png(10, 10));

    refused_before_a_byte(&alice, &small).await;
    let to = alice.presign(&small).await;
    held_by_the_store(&alice, &small, &to).await;
    let send = async |files: &[AttachmentInput]| alice.try_send_files(MessageId::fresh(), "", files).await;
    let named = small.named(&to.s3_key);
    assert_eq!(
        send(std::slice::from_ref(&named)).await.code(),
        ErrorCode::AttachmentNotFound,
        "nothing is there yet"
    );

    // What the message says is compared with what is there.
    alice
        .put(&to.upload_url, "image/png", small.bytes.clone())
        .await
        .expect(200);
    let lies = [
        AttachmentInput {
            size: named.size + 1,
            ..named.clone()
        },
        AttachmentInput {
            content_type: "image/jpeg".to_owned(),
            ..named.clone()
        },
    ];
    for lie in lies {
        assert_eq!(send(&[lie]).await.code(), ErrorCode::InvalidInput);
    }
    let eleven = vec![named.clone(); 11];
    assert_eq!(send(&eleven).await.code(), ErrorCode::TooManyAttachments);
    assert_eq!(
        send(&[named.clone(), named.clone()]).await.code(),
        ErrorCode::InvalidInput
    );

    // So is what it is.
    let page = "<!doctype html><script>alert(1)</script>";
    for (name, content_type) in [
        ("a.png", "image/png"),
        ("a.pdf", "application/pdf"),
        ("a.zip", "application/zip"),
    ] {
        let upload = alice.upload(&NewFile::new(name, content_type, page)).await;
        assert_eq!(
            send(&[upload]).await.code(),
            ErrorCode::UnsupportedFileType,
            "{content_type}"
        );
    }
    let sent: MessageView = send(&[named]).await.data();
    assert_eq!(sent.attachments.len(), 1);
    assert_eq!(alice.history().await.len(), 1, "nothing else was sent");
}

#[tokio::test]
async fn an_app_may_have_a_smaller_limit_of_its_own() {
    let system = System::with().files().start().await;
    let app = HostApp::create_with(&system, "small", &["--file-bytes", "1000"]).await;
    let object = json!({ "object_type": "order", "object_id": "1", "participants": ["alice"] });
    let made = app.manage(Method::POST, "/dialogs", &object).await;
    let dialog = made.json::<Value>()["data"]["id"].clone();
    let presign = async |size: u64| {
        let file =
            json!({ "dialog_id": dialog, "filename": "a.txt", "content_type": "text/plain", "size": size });
        app.ask(Method::POST, "/api/v1/upload/presign", "alice", &file)
            .await
    };
    presign(1_000).await.expect(200);
    assert_eq!(presign(1_001).await.code(), ErrorCode::FileTooLarge);
    app.change(&system, &["--file-bytes", "default"]).await;
    let larger = async || presign(1_001).await.status.is_success().then_some(());
    eventually("the limit of all", PATIENCE, larger).await;
}

#[tokio::test]
async fn names_and_active_types_do_no_harm() {
    let system = System::with().files().start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    let page = "<!doctype html><html><script>alert(1)</script></html>";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    let files = [
        NewFile::new("../../etc/passwd", "text/html", page),
        NewFile::new("a/b\\CON", "TEXT/HTML", page),
        NewFile::new(
            "x.png/../../y\r\nSet-Cookie: a=b",
            "text/html; charset=utf-8",
            page,
        ),
        NewFile::new("\"quoted\";\u{202e}gnp.exe", "image/svg+xml", svg),
        NewFile::new("", "", page),
        NewFile::new("Счёт №5 ☃.xml", "text/xml", "<?xml version=\"1.0\"?><a/>"),
    ];
    alice.send_files("", &files).await;
    let sent = bob.history().await.remove(0);
    let names: Vec<&str> = sent
        .attachments
        .iter()
        .map(|file| file.filename.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "passwd",
            "CON",
            "ySet-Cookie: a=b",
            "\"quoted\";gnp.exe",
            "file",
            "Счёт №5 ☃.xml"
        ]
    );
    for file in &sent.attachments {
        let got = bob.get(file.url.as_deref().unwrap()).await.expect(200);
        assert_eq!(
            got.header("Content-Type"),
            Some("application/octet-stream"),
            "{file:?}"
        );
        let disposition = got.header("Content-Disposition").unwrap();
        assert!(disposition.starts_with("attachment;"), "{disposition}");
        assert!(
            disposition.is_ascii() && got.header("Set-Cookie").is_none(),
            "{disposition}"
        );
    }
    for key in system.files_ref().keys().await {
        assert!(
            key.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"/-.".contains(&byte)),
            "{key}"
        );
        assert!(!key.contains("passwd") && !key.contains(".."), "{key}");
    }
}

/// What is uploaded again afterwards changes nothing of what was sent.
async fn another_put_changes_nothing(alice: &User, bob: &User) {
    let to = alice.presign(&note("honest")).await;
    alice
        .put(&to.upload_url, &to.content_type, "honest")
        .await
        .expect(200);
    let sent: MessageView = alice
        .try_send_files(MessageId::fresh(), "", &[note("honest").named(&to.s3_key)])
        .await
        .data();
    alice
        .put(&to.upload_url, &to.content_type, "forged")
        .await
        .expect(200);
    assert_eq!(
        &bob.get(sent.attachments[0].url.as_deref().unwrap()).await.body[..],
        b"honest"
    );
}

#[tokio::test]
async fn an_upload_is_of_one_sender_one_dialog_and_one_message() {
    let system = System::with().edges(2).files().start().await;
    let [alice, bob] = system.dialog().on_edges([0, 1]).between(["alice", "bob"]).await;
    let [again, _] = system.dialog().between(["alice", "bob"]).await;
    let file = picture();
    let upload = alice.upload(&file).await;

    // Nobody else's, and of no other dialog; nor is a made-up key, or one of another app.
    let other = HostApp::create(&system, "other").await;
    for (sender, key) in [
        (&bob, upload.s3_key.clone()),
        (&again, upload.s3_key.clone()),
        (
            &alice,
            upload.s3_key.replace("default/", &format!("{}/", other.id())),
        ),
        (&alice, upload.s3_key.replace("/uploads/", "/files/")),
        (&alice, format!("{}x", upload.s3_key)),
        (&alice, "../../etc/passwd".to_owned()),
        (&alice, String::new()),
    ] {
        let answer = sender
            .try_send_files(MessageId::fresh(), "", &[file.named(&key)])
            .await;
        assert_eq!(
            answer.code(),
            ErrorCode::AttachmentNotFound,
            "{key} by {}",
            sender.id()
        );
    }
    // Nor may anybody upload into a dialog that they are not in.
    let [_, _] = system.dialog().between(["carol", "dave"]).await;
    let [carol, _] = system.dialog().between(["carol", "dave"]).await;
    let presigned = alice.try_presign(carol.dialog(), &file, 10).await;
    assert_eq!(presigned.code(), ErrorCode::DialogNotFound);

    // Of many messages that race for it one has it.
    let at_other_edge = alice.at_edge(1);
    let ids: Vec<MessageId> = (0..8).map(|_| MessageId::fresh()).collect();
    let tries = ids.iter().enumerate().map(|(index, id)| {
        let sender = if index % 2 == 0 { &alice } else { &at_other_edge };
        sender.try_send_files(*id, "mine", std::slice::from_ref(&upload))
    });
    let answers = join_all(tries).await;
    let taken: Vec<usize> = (0..8)
        .filter(|index| answers[*index].status.is_success())
        .collect();
    assert_eq!(taken.len(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
        assert_eq!(answer.code(), ErrorCode::Conflict, "{answer}");
    }
    // The one that has it may ask again and again, together and apart.
    let winner = ids[taken[0]];
    let first: MessageView = answers[taken[0]].data();
    let repeats = (0..4).map(|_| alice.try_send_files(winner, "mine", std::slice::from_ref(&upload)));
    for repeat in join_all(repeats).await {
        let repeated: MessageView = repeat.data();
        assert_eq!((repeated.id, repeated.seq), (first.id, first.seq));
        assert_eq!(repeated.attachments[0].id, first.attachments[0].id);
    }
    let another = alice.upload(&file).await;
    let answer = alice.try_send_files(winner, "mine", &[another]).await;
    assert_eq!(
        answer.code(),
        ErrorCode::Conflict,
        "the same id with another file"
    );

    another_put_changes_nothing(&alice, &bob).await;
    bob.device()
        .until("both messages", |journal| journal.of(bob.dialog()).count() == 2)
        .await;
}

#[tokio::test]
async fn the_store_gives_nothing_without_a_link() {
    let system = System::with().files().start().await;
    let [alice, _bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send_files("", &[picture()]).await;
    let to = alice.presign(&picture()).await;
    let (bucket, _) = to.upload_url.split_once("/default/").unwrap();
    let http = system.http();
    for key in system.files_ref().keys().await {
        http.ask(Method::GET, &format!("{bucket}/{key}"), &[], "")
            .await
            .unwrap()
            .expect(403);
    }
    http.ask(Method::GET, &format!("{bucket}?list-type=2"), &[], "")
        .await
        .unwrap()
        .expect(403);
    http.ask(Method::PUT, &format!("{bucket}/default/files/x"), &[], "x")
        .await
        .unwrap()
        .expect(403);
    // A link ends.
    let system = System::with()
        .variable("S3_PRESIGN_UPLOAD_EXPIRY", "1")
        .files()
        .start()
        .await;
    let [alice, _bob] = system.dialog().between(["alice", "bob"]).await;
    let to = alice.presign(&note("late")).await;
    assert_eq!(to.expires_in, 1);
    let late = async || {
        let answer = alice.put(&to.upload_url, &to.content_type, "late").await;
        (answer.status.as_u16() == 403).then_some(())
    };
    mtchat_tests::eventually("the link has ended", mtchat_tests::PATIENCE, late).await;
}
