//! The client of the file store against a real SeaweedFS.

mod links;
mod objects;
mod outages;

use bytes::Bytes;
use http::Method;
use mtchat_files::FileStore;
use mtchat_tests::{Answer, FileServer, Http};

/// An origin that the bucket's rules name.
const OUR_ORIGIN: &str = "https://chat.example.com";

/// The store with its bucket made.
async fn prepared(server: &FileServer) -> FileStore {
    let store = FileStore::new(server.options()).unwrap();
    store.prepare(&[OUR_ORIGIN.to_owned()]).await.unwrap();
    store
}

async fn ask(method: Method, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    let answer = Http::default().ask(method, url, headers, body).await;
    answer.expect("the store answers")
}

async fn get(url: &str) -> Answer {
    ask(Method::GET, url, &[], "").await
}

async fn put(url: &str, content_type: &str, body: &[u8]) -> Answer {
    let headers = [("Content-Type", content_type)];
    ask(Method::PUT, url, &headers, body.to_vec()).await
}

/// What a browser asks before a page of this origin may send its `PUT`.
async fn preflight(url: &str, origin: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    ask(Method::OPTIONS, url, &headers, "").await
}
