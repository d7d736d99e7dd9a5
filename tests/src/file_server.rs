//! A store of files of one's own.

use std::{fmt, path::Path};

use bytes::Bytes;
use mtchat::embedded::{FileServer as Server, FileServerOptions};
use mtchat_files::{FileError, FileOptions, FileStore};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

const ACCESS_KEY_ID: &str = "mtchat-tests";
const SECRET_ACCESS_KEY: &str = "a4f09c3d7b1e5f28a6c0d9e7";
const BUCKET: &str = "mtchat-tests";
/// As many keys as a store gives at once.
const PAGE: u32 = 1_000;
/// What a test reads at most.
const LARGEST: u64 = 128 << 20;

/// A real SeaweedFS on an empty directory. It may go away and come back, at the same address.
///
/// It has no bucket until an edge, or [`put`](Self::put), makes it.
pub struct FileServer {
    server: Server,
    store: FileStore,
    // Last, so that the process is gone before its files.
    _directory: TempDir,
}

impl FileServer {
    /// Start it and wait until it takes files.
    pub async fn start() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("mtchat-files-")
            .tempdir()
            .expect("a directory can be made");
        let place = FileServerOptions::new(directory.path(), ACCESS_KEY_ID, SECRET_ACCESS_KEY);
        let server = Server::start(place).await.expect("SeaweedFS starts");
        let options = options(&server.endpoint(), BUCKET, ACCESS_KEY_ID, SECRET_ACCESS_KEY);
        let store = FileStore::new(options).expect("the options are good");
        Self {
            server,
            store,
            _directory: directory,
        }
    }

    /// Its address, whether it runs or not.
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// What tells `mtchat` to keep files here.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("S3_ENDPOINT", self.endpoint()),
            // As in most deployments, browsers know it by another name, for which links have to be signed.
            (
                "S3_PUBLIC_ENDPOINT",
                self.endpoint().replace("127.0.0.1", "localhost"),
            ),
            ("S3_BUCKET", BUCKET.to_owned()),
            ("S3_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("S3_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
        ]
    }

    /// How servers reach it.
    pub fn options(&self) -> FileOptions {
        options(&self.endpoint(), BUCKET, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
    }

    /// The store itself, past everything that `mtchat` does.
    pub fn store(&self) -> &FileStore {
        &self.store
    }

    /// The keys of everything in it, in order.
    pub async fn keys(&self) -> Vec<String> {
        self.keys_under("").await
    }

    /// The keys that begin so, in order.
    pub async fn keys_under(&self, prefix: &str) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        loop {
            let page = self
                .store
                .list(prefix, keys.last().map(String::as_str), PAGE)
                .await;
            let page = match page {
                Err(FileError::Refused(code)) if code == "NoSuchBucket" => Vec::new(),
                page => page.expect("the keys can be listed"),
            };
            let is_last = page.len() < PAGE as usize;
            keys.extend(page.into_iter().map(|listed| listed.key));
            if is_last {
                return keys;
            }
        }
    }

    /// Put something there, over what may be there.
    pub async fn put(&self, key: &str, content_type: &str, bytes: impl Into<Bytes>) {
        self.store
            .prepare(&["*".to_owned()])
            .await
            .expect("the bucket can be made");
        self.store
            .put(key, content_type, bytes.into())
            .await
            .expect("the store takes it");
    }

    /// The bytes under a key; `None` when there are none.
    pub async fn get(&self, key: &str) -> Option<Bytes> {
        match self.store.read(key, LARGEST).await {
            Err(FileError::Missing) => None,
            read => Some(read.expect("the store gives it")),
        }
    }

    /// Hold it still, as a machine that hangs does: connections are taken and nothing is answered.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Let it go on.
    pub fn unpause(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Kill it as a crash would and wait until it is gone.
    pub async fn stop(&self) {
        self.server.stop().await;
    }

    /// Start it at the same address with the same files, and wait until it takes files.
    pub async fn start_again(&mut self) {
        self.server.restart().await.expect("SeaweedFS starts again");
    }

    fn signal(&self, signal: Signal) {
        let pid = self.server.pid().expect("it was started");
        kill(Pid::from_raw(pid.cast_signed()), signal).expect("the process is ours to signal");
    }
}

impl fmt::Debug for FileServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FileServer")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

/// A look into the store that `mtchat up` keeps in this data directory.
pub fn own_store(data: &Path) -> FileStore {
    let credentials = mtchat::credentials::Credentials::of(data).expect("`mtchat up` has started there");
    let own = credentials.files.expect("it has a store of its own");
    let endpoint = own.url.expect("the store has an address");
    let options = options(&endpoint, "mtchat", &own.access_key_id, &own.secret_access_key);
    FileStore::new(options).expect("the options are good")
}

fn options(endpoint: &str, bucket: &str, access_key_id: &str, secret_access_key: &str) -> FileOptions {
    FileOptions {
        endpoint: endpoint.to_owned(),
        public_endpoint: None,
        bucket: bucket.to_owned(),
        region: "us-east-1".to_owned(),
        access_key_id: access_key_id.to_owned(),
        secret_access_key: secret_access_key.to_owned(),
        path_style: true,
        create_bucket: true,
        timeout: FileOptions::TIMEOUT,
    }
}
