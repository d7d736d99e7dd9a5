use std::time::{Duration, Instant};

use mtchat_files::{FileOptions, FileStore, Shown};

use crate::{
    browser::{Answer, Request, send},
    seaweed::{OUR_ORIGIN, PATIENCE, Seaweed, pause},
};

const LIFETIME: Duration = Duration::from_secs(300);
const BYTES: &[u8] = b"not really a picture";

#[tokio::test]
async fn links_do_what_they_were_signed_for_and_nothing_else() {
    let server = Seaweed::start();
    let store = server.store().await;
    an_upload_is_exactly_what_was_declared(&store).await;
    an_upload_link_runs_out(&store).await;
    a_file_is_shown_as_the_link_says(&store).await;
    nobody_gets_in_without_a_link(&server);
    only_our_pages_may_use_links(&store).await;
    links_are_made_for_the_public_endpoint(&server).await;
}

async fn an_upload_is_exactly_what_was_declared(store: &FileStore) {
    let link = upload_link(store, "in/a").await;
    let longer = [BYTES, b"!"].concat();
    let refused = [
        Request::put(&link, BYTES).with("Content-Type", "text/html"),
        Request::put(&link, BYTES),
        Request::put(&link, &longer).with("Content-Type", "image/png"),
        Request::put(&link, &BYTES[1..]).with("Content-Type", "image/png"),
        Request::put(&link, b"").with("Content-Type", "image/png"),
    ];
    for request in refused {
        assert_eq!(send(&request).status, 403, "{request:?}");
    }
    let elsewhere = link.replace("/in/a?", "/in/b?");
    assert_ne!(elsewhere, link);
    assert_eq!(upload(&elsewhere).status, 403);
    assert_eq!(send(&Request::get(&link)).status, 403);
    for key in ["in/a", "in/b"] {
        assert_eq!(store.look(key).await.unwrap(), None, "{key}");
    }

    assert_eq!(upload(&link).status, 200);
    let found = store.look("in/a").await.unwrap().unwrap();
    assert_eq!(found.size, BYTES.len() as u64);
    assert_eq!(found.content_type.as_deref(), Some("image/png"));
}

async fn an_upload_link_runs_out(store: &FileStore) {
    let link = store
        .presign_put("in/late", "image/png", BYTES.len() as u64, Duration::from_secs(1))
        .await
        .unwrap();
    let deadline = Instant::now() + PATIENCE;
    while upload(&link).status != 403 {
        assert!(Instant::now() < deadline, "the link does not run out");
        pause();
    }
}

async fn a_file_is_shown_as_the_link_says(store: &FileStore) {
    let mut shown = Shown {
        content_type: "text/plain; charset=utf-8".to_owned(),
        inline: false,
        filename: "Счёт \"1\".txt".to_owned(),
    };
    let link = store.presign_get("in/a", &shown, LIFETIME).await.unwrap();
    let answer = send(&Request::get(&link));
    assert_eq!((answer.status, answer.body.as_slice()), (200, BYTES));
    assert_eq!(answer.header("Content-Type"), Some("text/plain; charset=utf-8"));
    assert_eq!(
        answer.header("Content-Disposition"),
        Some(
            r#"attachment; filename="____ _1_.txt"; filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%20%221%22.txt"#
        )
    );
    assert_eq!(answer.header("Cache-Control"), Some("private, max-age=300"));

    // What is shown is signed: a reader can not make a page of it.
    let twisted = link.replace("text%2Fplain", "text%2Fhtml");
    assert_ne!(twisted, link);
    assert_eq!(send(&Request::get(&twisted)).status, 403);
    let twisted = link.replace("attachment", "inline");
    assert_ne!(twisted, link);
    assert_eq!(send(&Request::get(&twisted)).status, 403);

    shown.inline = true;
    let link = store.presign_get("in/a", &shown, LIFETIME).await.unwrap();
    let answer = send(&Request::get(&link).with("Range", "bytes=4-9"));
    assert_eq!((answer.status, answer.body.as_slice()), (206, &BYTES[4..10]));
    assert!(
        answer
            .header("Content-Disposition")
            .unwrap()
            .starts_with("inline; ")
    );
}

fn nobody_gets_in_without_a_link(server: &Seaweed) {
    for path in [
        "/mtchat-test",
        "/mtchat-test/",
        "/mtchat-test/?list-type=2",
        "/mtchat-test/in/a",
        "/",
    ] {
        assert_eq!(send(&Request::get(&server.url(path))).status, 403, "{path}");
    }
    let link = server.url("/mtchat-test/in/c");
    assert_eq!(upload(&link).status, 403);
}

async fn only_our_pages_may_use_links(store: &FileStore) {
    let link = upload_link(store, "in/page").await;
    let asked = send(&Request::preflight(&link, OUR_ORIGIN));
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("Access-Control-Allow-Origin"), Some(OUR_ORIGIN));
    assert!(
        asked
            .header("Access-Control-Allow-Methods")
            .unwrap()
            .contains("PUT")
    );
    let request = Request::put(&link, BYTES).with("Content-Type", "image/png");
    let sent = send(&request.with("Origin", OUR_ORIGIN));
    assert_eq!(sent.status, 200);
    assert_eq!(sent.header("Access-Control-Allow-Origin"), Some(OUR_ORIGIN));
    assert!(
        sent.header("Access-Control-Expose-Headers")
            .unwrap()
            .contains("ETag")
    );

    let other = send(&Request::preflight(&link, "https://evil.example.com"));
    assert_eq!(other.header("Access-Control-Allow-Origin"), None);
}

async fn links_are_made_for_the_public_endpoint(server: &Seaweed) {
    let options = FileOptions {
        endpoint: "http://127.0.0.1:1/".to_owned(),
        public_endpoint: Some(server.url("/")),
        ..server.options()
    };
    let store = FileStore::new(options).unwrap();
    let link = upload_link(&store, "in/public").await;
    assert!(link.starts_with(&server.url("/mtchat-test/in/public?")), "{link}");
    assert_eq!(upload(&link).status, 200);

    let options = FileOptions {
        public_endpoint: Some("https://files.example.com".to_owned()),
        path_style: false,
        ..server.options()
    };
    let link = upload_link(&FileStore::new(options).unwrap(), "in/public").await;
    assert!(
        link.starts_with("https://mtchat-test.files.example.com/in/public?"),
        "{link}"
    );
    let signed = "X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost&";
    assert!(
        link.contains(signed) && !link.to_lowercase().contains("checksum"),
        "{link}"
    );
}

async fn upload_link(store: &FileStore, key: &str) -> String {
    let size = BYTES.len() as u64;
    store.presign_put(key, "image/png", size, LIFETIME).await.unwrap()
}

fn upload(link: &str) -> Answer {
    send(&Request::put(link, BYTES).with("Content-Type", "image/png"))
}
