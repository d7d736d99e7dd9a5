use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Method;
use mtchat_files::{FileError, FileStore, Found};
use mtchat_tests::FileServer;

use super::{ask, prepared};

const PART: usize = 5 * 1024 * 1024;

#[tokio::test]
async fn files_are_looked_at_moved_and_swept() {
    let server = FileServer::start().await;
    let store = prepared(&server).await;
    what_is_there_can_be_looked_at(&store).await;
    an_empty_file_is_a_file(&store).await;
    a_copy_is_of_one_version(&store).await;
    what_is_gone_can_be_deleted_again(&store).await;
    lists_have_pages(&store).await;
    a_file_comes_in_parts(&store).await;
    unfinished_parts_can_be_swept(&store).await;
}

async fn what_is_there_can_be_looked_at(store: &FileStore) {
    assert_eq!(store.look("look/none").await, Ok(None));
    assert_eq!(store.read("look/none", 10).await, Err(FileError::Missing));
    assert_eq!(
        store.start_of("look/none", "\"0\"", 10).await,
        Err(FileError::Missing)
    );

    put(store, "look/a", b"0123456789").await;
    let found = look(store, "look/a").await;
    assert_eq!(
        (found.size, found.content_type.as_deref()),
        (10, Some("text/plain"))
    );
    let start = async |bytes| store.start_of("look/a", &found.etag, bytes).await.unwrap();
    assert_eq!(start(0).await, "");
    assert_eq!(start(4).await, "0123");
    assert_eq!(start(10).await, "0123456789");
    assert_eq!(start(4_096).await, "0123456789");
    assert_eq!(store.read("look/a", 10).await.unwrap(), "0123456789");
    assert_eq!(store.read("look/a", 9).await, Err(FileError::TooLarge));

    put(store, "look/a", b"another").await;
    assert_eq!(
        store.start_of("look/a", &found.etag, 4).await,
        Err(FileError::Changed)
    );
}

async fn an_empty_file_is_a_file(store: &FileStore) {
    put(store, "empty", b"").await;
    let found = look(store, "empty").await;
    assert_eq!(found.size, 0);
    assert_eq!(store.start_of("empty", &found.etag, 512).await.unwrap(), "");
    assert_eq!(
        store.start_of("empty", "\"0\"", 512).await,
        Err(FileError::Changed)
    );
    assert_eq!(store.read("empty", 0).await.unwrap(), "");
}

async fn a_copy_is_of_one_version(store: &FileStore) {
    // A key with letters that are more than themselves in URLs and in headers.
    let from = "copy/ä + %2F&=?#.txt";
    put(store, from, b"first").await;
    let first = look(store, from).await;
    store.copy(from, &first.etag, "copy/to").await.unwrap();
    assert_eq!(store.read("copy/to", 10).await.unwrap(), "first");
    assert_eq!(
        look(store, "copy/to").await.content_type.as_deref(),
        Some("text/plain")
    );

    put(store, from, b"second").await;
    assert_eq!(
        store.copy(from, &first.etag, "copy/to").await,
        Err(FileError::Changed)
    );
    assert_eq!(store.read("copy/to", 10).await.unwrap(), "first");
    assert_eq!(
        store.copy("copy/none", &first.etag, "copy/to").await,
        Err(FileError::Missing)
    );
}

async fn what_is_gone_can_be_deleted_again(store: &FileStore) {
    put(store, "delete/a", b"a").await;
    put(store, "delete/ä & b", b"b").await;
    let mut keys = vec!["delete/a".to_owned(), "delete/ä & b".to_owned()];
    store.delete(&keys).await.unwrap();
    assert_eq!(store.look("delete/a").await, Ok(None));
    assert_eq!(store.look("delete/ä & b").await, Ok(None));

    // More than a store takes at once, most of them never there.
    put(store, "delete/last", b"c").await;
    keys.extend((0..1_000).map(|number| format!("delete/none/{number}")));
    keys.push("delete/last".to_owned());
    store.delete(&keys).await.unwrap();
    assert_eq!(store.look("delete/last").await, Ok(None));
    store.delete(&[]).await.unwrap();
}

async fn lists_have_pages(store: &FileStore) {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let keys = ["list/a/1", "list/a/2", "list/b", "list/c/x/1", "list/c/y"];
    for key in keys.iter().rev() {
        put(store, key, key.as_bytes()).await;
    }
    put(store, "listed", b"elsewhere").await;

    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.list("list/", after.as_deref(), 2).await.unwrap();
        for object in &page {
            assert_eq!(object.size, object.key.len() as u64);
            assert!(
                object.modified_secs.abs_diff(now.cast_signed()) < 60,
                "{object:?}"
            );
        }
        seen.extend(page.iter().map(|object| object.key.clone()));
        match page.last() {
            Some(last) if page.len() == 2 => after = Some(last.key.clone()),
            _ => break,
        }
    }
    assert_eq!(seen, keys);
    let behind = store.list("list/", Some("list/a/9"), 5_000).await.unwrap();
    assert_eq!(
        behind.iter().map(|object| &object.key).collect::<Vec<_>>(),
        &keys[2..]
    );
    assert_eq!(store.list("nothing/", None, 10).await, Ok(Vec::new()));
    assert_eq!(store.list("list/", None, 0).await, Ok(Vec::new()));
}

async fn a_file_comes_in_parts(store: &FileStore) {
    let key = "parts/whole";
    let upload = store.begin_parts(key, "video/mp4").await.unwrap();
    let bytes: Vec<u8> = (0..PART + 1_000).map(|at| (at % 251) as u8).collect();
    let mut parts = Vec::new();
    for (number, part) in (1..).zip(bytes.chunks(PART)) {
        let size = part.len() as u64;
        let link = store
            .presign_part(key, &upload, number, size, Duration::from_secs(300))
            .await
            .unwrap();
        let shorter = ask(Method::PUT, &link, &[], part[1..].to_vec()).await;
        shorter.expect(403);
        let sent = ask(Method::PUT, &link, &[], part.to_vec()).await.expect(200);
        parts.push((number, sent.header("ETag").unwrap().to_owned()));
    }
    assert_eq!(store.look(key).await, Ok(None));
    let wrong = [(1, "\"0123456789abcdef0123456789abcdef\"".to_owned())];
    let refused = store.complete_parts(key, &upload, &wrong).await;
    assert!(matches!(refused, Err(FileError::Refused(_))), "{refused:?}");

    store.complete_parts(key, &upload, &parts).await.unwrap();
    let found = look(store, key).await;
    assert_eq!(
        (found.size, found.content_type.as_deref()),
        (bytes.len() as u64, Some("video/mp4"))
    );
    assert!(
        store.read(key, found.size).await.unwrap() == bytes,
        "the parts are the file"
    );
    assert_eq!(store.start_of(key, &found.etag, 4).await.unwrap(), bytes[..4]);
    store.copy(key, &found.etag, "parts/copy").await.unwrap();
    assert_eq!(look(store, "parts/copy").await.size, found.size);
    assert_eq!(store.unfinished_parts("parts/", 10).await, Ok(Vec::new()));
}

async fn unfinished_parts_can_be_swept(store: &FileStore) {
    let keys = ["unfinished/a", "unfinished/b", "unfinished/c"];
    let mut begun = Vec::new();
    for key in keys {
        begun.push((key.to_owned(), store.begin_parts(key, "video/mp4").await.unwrap()));
    }
    store.begin_parts("other/a", "video/mp4").await.unwrap();
    let found = store.unfinished_parts("unfinished/", 10).await.unwrap();
    // SeaweedFS has them in an order of its own.
    let mut found: Vec<_> = found
        .into_iter()
        .map(|upload| (upload.key, upload.upload_id))
        .collect();
    found.sort();
    assert_eq!(found, begun);
    assert_eq!(store.unfinished_parts("unfinished/", 2).await.unwrap().len(), 2);

    for (key, upload) in &begun {
        store.abort_parts(key, upload).await.unwrap();
        store.abort_parts(key, upload).await.unwrap();
        let gone = store
            .complete_parts(key, upload, &[(1, "\"0\"".to_owned())])
            .await;
        assert_eq!(gone, Err(FileError::Missing));
    }
    store.abort_parts("unfinished/a", "never-begun").await.unwrap();
    assert_eq!(store.unfinished_parts("unfinished/", 10).await, Ok(Vec::new()));
}

async fn put(store: &FileStore, key: &str, bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    store.put(key, "text/plain", bytes).await.unwrap();
}

async fn look(store: &FileStore, key: &str) -> Found {
    store.look(key).await.unwrap().expect("the object is there")
}
