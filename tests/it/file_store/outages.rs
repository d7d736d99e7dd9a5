use std::{
    net::TcpListener,
    pin::Pin,
    time::{Duration, Instant},
};

use bytes::Bytes;
use mtchat_files::{FileError, FileOptions, FileStore, Shown};
use mtchat_tests::FileServer;

use super::{OUR_ORIGIN, prepared};

/// How late a busy machine may notice a deadline.
const LATE: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_store_that_is_away_is_told_from_one_that_refuses() {
    let server = FileServer::start().await;
    a_bucket_that_nobody_made_is_refused(&server).await;
    edges_make_the_bucket_at_the_same_time(&server).await;
    strangers_are_refused(&server).await;

    let timeout = Duration::from_secs(3);
    let store = FileStore::new(FileOptions {
        timeout,
        ..server.options()
    })
    .unwrap();
    assert!(store.is_up().await);
    server.stop().await;
    everything_is_unavailable_in_time(&store, timeout).await;
}

#[tokio::test]
async fn a_store_that_keeps_silent_is_unavailable_at_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let timeout = Duration::from_millis(300);
    let options = FileOptions {
        endpoint: format!("http://{}", listener.local_addr().unwrap()),
        public_endpoint: None,
        bucket: "mtchat-tests".to_owned(),
        region: "us-east-1".to_owned(),
        access_key_id: "tests".to_owned(),
        secret_access_key: "tests".to_owned(),
        path_style: true,
        create_bucket: true,
        timeout,
    };
    let store = FileStore::new(options).unwrap();
    everything_is_unavailable_in_time(&store, timeout).await;
}

async fn a_bucket_that_nobody_made_is_refused(server: &FileServer) {
    let options = FileOptions {
        create_bucket: false,
        ..server.options()
    };
    let store = FileStore::new(options).unwrap();
    let no_bucket = Err(FileError::Refused("NoSuchBucket".to_owned()));
    assert_eq!(store.prepare(&[OUR_ORIGIN.to_owned()]).await, no_bucket);
    assert!(!store.is_up().await);
    assert_eq!(store.list("", None, 10).await.map(|_| ()), no_bucket);

    prepared(server).await;
    store.prepare(&[OUR_ORIGIN.to_owned()]).await.unwrap();
    assert!(store.is_up().await);
}

async fn edges_make_the_bucket_at_the_same_time(server: &FileServer) {
    let edges: Vec<_> = (0..8)
        .map(|_| {
            let options = FileOptions {
                bucket: "made-by-many".to_owned(),
                ..server.options()
            };
            let store = FileStore::new(options).unwrap();
            tokio::spawn(async move { store.prepare(&["*".to_owned()]).await })
        })
        .collect();
    for edge in edges {
        edge.await.unwrap().unwrap();
    }
    // Afterwards no page may any more, and that can be said twice.
    prepared(server).await.prepare(&[]).await.unwrap();
    prepared(server).await.prepare(&[]).await.unwrap();
}

async fn strangers_are_refused(server: &FileServer) {
    let options = FileOptions {
        secret_access_key: "guessed".to_owned(),
        ..server.options()
    };
    let store = FileStore::new(options).unwrap();
    assert!(!store.is_up().await);
    let answers = [
        store.prepare(&[]).await,
        store.look("a").await.map(|_| ()),
        store.list("", None, 1).await.map(|_| ()),
        store.put("a", "text/plain", Bytes::new()).await,
        store.delete(&["a".to_owned()]).await,
    ];
    for answer in answers {
        let Err(error @ FileError::Refused(_)) = answer else {
            panic!("a stranger got {answer:?}");
        };
        assert!(!error.may_retry());
        assert!(!error.to_string().contains("guessed"), "{error}");
    }
}

async fn everything_is_unavailable_in_time(store: &FileStore, timeout: Duration) {
    assert!(!store.is_up().await);
    let part = [(1, "\"0\"".to_owned())];
    let keys = ["a".to_owned()];
    let calls: [(&str, Call<'_>); 12] = [
        ("prepare", call(store.prepare(&[]))),
        ("look", call(store.look("a"))),
        ("start_of", call(store.start_of("a", "\"0\"", 1))),
        ("read", call(store.read("a", 1))),
        ("copy", call(store.copy("a", "\"0\"", "b"))),
        (
            "put",
            call(store.put("a", "text/plain", Bytes::from_static(b"a"))),
        ),
        ("delete", call(store.delete(&keys))),
        ("list", call(store.list("", None, 1))),
        ("begin_parts", call(store.begin_parts("a", "text/plain"))),
        ("complete_parts", call(store.complete_parts("a", "b", &part))),
        ("abort_parts", call(store.abort_parts("a", "b"))),
        ("unfinished_parts", call(store.unfinished_parts("", 1))),
    ];
    for (what, call) in calls {
        let began = Instant::now();
        let answer = call.await;
        let took = began.elapsed();
        assert!(
            matches!(answer, Err(FileError::Unavailable(_))),
            "{what}: {answer:?}"
        );
        let moves_bytes = matches!(what, "copy" | "complete_parts");
        let deadline = if moves_bytes { timeout * 3 } else { timeout };
        assert!(took < deadline + LATE, "{what} took {took:?}");
    }

    // Links can still be signed.
    let shown = Shown {
        content_type: "text/plain".to_owned(),
        inline: true,
        filename: "a".to_owned(),
    };
    store.presign_get("a", &shown, timeout).await.unwrap();
    store.presign_put("a", "text/plain", 1, timeout).await.unwrap();
}

type Call<'a> = Pin<Box<dyn Future<Output = Result<(), FileError>> + Send + 'a>>;

fn call<'a, T>(asked: impl Future<Output = Result<T, FileError>> + Send + 'a) -> Call<'a> {
    Box::pin(async { asked.await.map(|_| ()) })
}
