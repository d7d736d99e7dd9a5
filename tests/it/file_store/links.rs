use std::time::Duration;

use http::Method;
use mtchat_files::{FileOptions, FileStore, Shown};
use mtchat_tests::{Answer, FileServer, PATIENCE, eventually};

use super::{OUR_ORIGIN, ask, get, preflight, prepared, put};

const LIFETIME: Duration = Duration::from_secs(300);
const BYTES: &[u8] = b"not really a picture";

#[tokio::test]
async fn links_do_what_they_were_signed_for_and_nothing_else() {
    let server = FileServer::start().await;
    let store = prepared(&server).await;
    an_upload_is_exactly_what_was_declared(&store).await;
    an_upload_link_runs_out(&store).await;
    a_file_is_shown_as_the_link_says(&store).await;
    nobody_gets_in_without_a_link(&server).await;
    only_our_pages_may_use_links(&store).await;
    links_are_made_for_the_public_endpoint(&server).await;
}

async fn an_upload_is_exactly_what_was_declared(store: &FileStore) {
    let link = upload_link(store, "in/a").await;
    let longer = [BYTES, b"!"].concat();
    put(&link, "text/html", BYTES).await.expect(403);
    ask(Method::PUT, &link, &[], BYTES).await.expect(403);
    for other in [longer.as_slice(), &BYTES[1..], b""] {
        put(&link, "image/png", other).await.expect(403);
    }
    let elsewhere = link.replace("/in/a?", "/in/b?");
    assert_ne!(elsewhere, link);
    upload(&elsewhere).await.expect(403);
    get(&link).await.expect(403);
    for key in ["in/a", "in/b"] {
        assert_eq!(store.look(key).await.unwrap(), None, "{key}");
    }

    upload(&link).await.expect(200);
    let found = store.look("in/a").await.unwrap().unwrap();
    assert_eq!(found.size, BYTES.len() as u64);
    assert_eq!(found.content_type.as_deref(), Some("image/png"));
}

async fn an_upload_link_runs_out(store: &FileStore) {
    let link = store
        .presign_put("in/late", "image/png", BYTES.len() as u64, Duration::from_secs(1))
        .await
        .unwrap();
    let ended = async || (upload(&link).await.status == 403).then_some(());
    eventually("the link has ended", PATIENCE, ended).await;
}

async fn a_file_is_shown_as_the_link_says(store: &FileStore) {
    let mut shown = Shown {
        content_type: "text/plain; charset=utf-8".to_owned(),
        inline: false,
        filename: "Счёт \"1\".txt".to_owned(),
    };
    let link = store.presign_get("in/a", &shown, LIFETIME).await.unwrap();
    let answer = get(&link).await.expect(200);
    assert_eq!(answer.body, BYTES);
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
    get(&twisted).await.expect(403);
    let twisted = link.replace("attachment", "inline");
    assert_ne!(twisted, link);
    get(&twisted).await.expect(403);

    shown.inline = true;
    let link = store.presign_get("in/a", &shown, LIFETIME).await.unwrap();
    let range = [("Range", "bytes=4-9")];
    let answer = ask(Method::GET, &link, &range, "").await.expect(206);
    assert_eq!(answer.body, BYTES[4..10]);
    assert!(
        answer
            .header("Content-Disposition")
            .unwrap()
            .starts_with("inline; ")
    );
}

async fn nobody_gets_in_without_a_link(server: &FileServer) {
    for path in [
        "/mtchat-tests",
        "/mtchat-tests/",
        "/mtchat-tests/?list-type=2",
        "/mtchat-tests/in/a",
        "/",
    ] {
        get(&at(server, path)).await.expect(403);
    }
    let link = at(server, "/mtchat-tests/in/c");
    upload(&link).await.expect(403);
}

async fn only_our_pages_may_use_links(store: &FileStore) {
    let link = upload_link(store, "in/page").await;
    let asked = preflight(&link, OUR_ORIGIN).await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.header("Access-Control-Allow-Origin"), Some(OUR_ORIGIN));
    assert!(
        asked
            .header("Access-Control-Allow-Methods")
            .unwrap()
            .contains("PUT")
    );
    let headers = [("Content-Type", "image/png"), ("Origin", OUR_ORIGIN)];
    let sent = ask(Method::PUT, &link, &headers, BYTES).await;
    assert_eq!(sent.status, 200);
    assert_eq!(sent.header("Access-Control-Allow-Origin"), Some(OUR_ORIGIN));
    assert!(
        sent.header("Access-Control-Expose-Headers")
            .unwrap()
            .contains("ETag")
    );

    let other = preflight(&link, "https://evil.example.com").await;
    assert_eq!(other.header("Access-Control-Allow-Origin"), None);
}

async fn links_are_made_for_the_public_endpoint(server: &FileServer) {
    let options = FileOptions {
        endpoint: "http://127.0.0.1:1/".to_owned(),
        public_endpoint: Some(at(server, "/")),
        ..server.options()
    };
    let store = FileStore::new(options).unwrap();
    let link = upload_link(&store, "in/public").await;
    assert!(
        link.starts_with(&at(server, "/mtchat-tests/in/public?")),
        "{link}"
    );
    upload(&link).await.expect(200);

    let options = FileOptions {
        public_endpoint: Some("https://files.example.com".to_owned()),
        path_style: false,
        ..server.options()
    };
    let link = upload_link(&FileStore::new(options).unwrap(), "in/public").await;
    assert!(
        link.starts_with("https://mtchat-tests.files.example.com/in/public?"),
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

async fn upload(link: &str) -> Answer {
    put(link, "image/png", BYTES).await
}

fn at(server: &FileServer, path: &str) -> String {
    format!("{}{path}", server.endpoint())
}
