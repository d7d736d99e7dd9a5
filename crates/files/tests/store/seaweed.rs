//! A private SeaweedFS: one process, a fresh directory, gone with the value.

use std::{
    env, fs,
    hash::{BuildHasher, RandomState},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mtchat_files::{FileOptions, FileStore};
use tempfile::TempDir;

use crate::browser::{Request, try_send};

pub const PATIENCE: Duration = Duration::from_secs(30);

/// An origin that the bucket's rules name.
pub const OUR_ORIGIN: &str = "https://chat.example.com";

const SECRET: &str = "a-secret-of-tests";

/// HTTP ports; each server opens the one ten thousand above as well. Both ranges are out of the way of the ports of
/// outgoing connections and of those that the whole-system tests take.
const PORTS: (u16, u16) = (5_000, 9_999);
const GRPC: u16 = 10_000;

pub struct Seaweed {
    child: Child,
    port: u16,
    directory: TempDir,
}

impl Seaweed {
    /// Start it and wait until it takes requests.
    pub fn start() -> Self {
        for _ in 0..3 {
            let mut server = Self::launch();
            if server.becomes_ready() {
                return server;
            }
        }
        panic!("SeaweedFS has ended three times at its start");
    }

    /// A store on it whose bucket is ready.
    pub async fn store(&self) -> FileStore {
        let store = FileStore::new(self.options()).unwrap();
        store.prepare(&[OUR_ORIGIN.to_owned()]).await.unwrap();
        store
    }

    pub fn options(&self) -> FileOptions {
        FileOptions {
            endpoint: self.url(""),
            public_endpoint: None,
            bucket: "mtchat-test".to_owned(),
            region: "us-east-1".to_owned(),
            access_key_id: "tests".to_owned(),
            secret_access_key: SECRET.to_owned(),
            path_style: true,
            create_bucket: true,
            timeout: FileOptions::TIMEOUT,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// End it as a power cut does.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn launch() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path();
        let identities = format!(
            r#"{{"identities":[{{"name":"tests","credentials":[{{"accessKey":"tests","secretKey":"{SECRET}"}}],"actions":["Admin"]}}]}}"#
        );
        fs::write(home.join("s3.json"), identities).unwrap();
        let log = fs::File::create(home.join("log")).unwrap();
        let [master, volume, filer, s3] = free_ports();
        let child = Command::new(program())
            .current_dir(home)
            .arg("server")
            .args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3"])
            .args(["-s3.config=s3.json", "-s3.port.iceberg=0", "-s3.port.lance=0"])
            .args(["-master.volumeSizeLimitMB=64", "-volume.max=20"])
            .arg(format!("-dir={}", home.display()))
            .arg(format!("-master.port={master}"))
            .arg(format!("-volume.port={volume}"))
            .arg(format!("-filer.port={filer}"))
            .arg(format!("-s3.port={s3}"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("SeaweedFS can be started");
        Self {
            child,
            port: s3,
            directory,
        }
    }

    /// False when it has ended: somebody took one of its ports.
    fn becomes_ready(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Nobody may list its buckets: that is an answer of a server that knows who may.
            if try_send(&Request::get(&self.url("/"))).is_ok_and(|answer| answer.status == 403) {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(
                Instant::now() < deadline,
                "SeaweedFS is not ready:\n{}",
                self.printed()
            );
            pause();
        }
    }

    fn printed(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Seaweed {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Between two looks at what tells nobody when it happens.
pub fn pause() {
    std::thread::park_timeout(Duration::from_millis(20));
}

fn program() -> PathBuf {
    let fetched = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools/seaweedfs-4.48/weed");
    let program = env::var_os("SEAWEEDFS_BIN").map_or_else(fetched, PathBuf::from);
    assert!(
        program.is_file(),
        "SeaweedFS is not at {}: fetch it first",
        program.display()
    );
    program
}

fn free_ports<const N: usize>() -> [u16; N] {
    // Held together until all are found, so that they differ.
    let mut held = Vec::new();
    [(); N].map(|()| {
        loop {
            let number = PORTS.0 + (random() % u64::from(PORTS.1 - PORTS.0)) as u16;
            let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
            if let (Ok(http), Ok(grpc)) = (bind(number), bind(number + GRPC)) {
                held.extend([http, grpc]);
                return number;
            }
        }
    })
}

fn random() -> u64 {
    RandomState::new().hash_one(())
}
