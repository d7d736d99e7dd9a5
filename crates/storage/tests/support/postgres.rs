//! A Postgres of the test's own, on a socket in a directory of its own, gone with it.

use std::{
    env,
    fs::{self, File},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::unistd::{User, geteuid};
use tempfile::TempDir;

pub struct Postgres {
    directory: TempDir,
    account: Option<User>,
}

impl Postgres {
    /// Make the data and start the server; answers when it takes clients.
    pub fn start() -> Self {
        let server = Self::empty();
        copy(&template(), &server.directory.path().join("data"));
        server.up();
        server
    }

    pub fn url(&self) -> String {
        self.url_of("postgres", "postgres")
    }

    pub fn url_of(&self, role: &str, database: &str) -> String {
        format!(
            "postgres://{role}@localhost/{database}?host={}",
            self.directory.path().display()
        )
    }

    pub fn up(&self) {
        let sockets = self.directory.path().display();
        let settings = format!("-c listen_addresses='' -k {sockets} -c fsync=off -c full_page_writes=off");
        self.run(
            "pg_ctl",
            &["start", "-w", "-D", "data", "-l", "log", "-o", &settings],
        );
    }

    pub fn down(&self) {
        self.run("pg_ctl", &["stop", "-w", "-D", "data", "-m", "immediate"]);
    }

    /// A directory where the server can work, and who it works as: Postgres refuses root.
    fn empty() -> Self {
        let names = ["postgres", "nobody"].into_iter();
        let account = geteuid().is_root().then(|| {
            let mut users = names.filter_map(|name| User::from_name(name).unwrap());
            users
                .next()
                .expect("neither `postgres` nor `nobody` is a user here")
        });
        // Not in TMPDIR: the path of a socket is at most 107 bytes long.
        let directory = tempfile::Builder::new()
            .prefix("mtchat-storage-")
            .tempdir_in("/tmp")
            .unwrap();
        if let Some(account) = &account {
            chown(
                directory.path(),
                Some(account.uid.as_raw()),
                Some(account.gid.as_raw()),
            )
            .unwrap();
        }
        Self { directory, account }
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(binaries().join(program));
        let errors = self.directory.path().join("errors");
        // The server outlives pg_ctl and must not keep the test's output open.
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&errors).unwrap());
        if let Some(account) = &self.account {
            command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
        }
        let status = command.status().unwrap();
        assert!(
            status.success(),
            "{program} failed: {}",
            fs::read_to_string(errors).unwrap()
        );
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.directory.path().join("data/postmaster.pid").exists() {
            self.down();
        }
    }
}

/// The data of a new server, made once for all tests: copying it is many times quicker than making it.
fn template() -> PathBuf {
    let version = Command::new(binaries().join("initdb"))
        .arg("--version")
        .output()
        .unwrap()
        .stdout;
    let version: String = version
        .into_iter()
        .map(char::from)
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let shared = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let made = shared.join(format!("postgres-{version}"));
    let lock = File::create(made.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if !made.exists() {
        let server = Postgres::empty();
        let how = [
            "-D",
            "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ];
        server.run("initdb", &how);
        // Renamed when it is whole, so that a test that was ended here leaves no half.
        let unfinished = made.with_extension("new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).unwrap();
        }
        copy(&server.directory.path().join("data"), &unfinished);
        fs::rename(unfinished, &made).unwrap();
    }
    made
}

fn copy(from: &Path, to: &Path) {
    assert!(
        Command::new("cp")
            .arg("-a")
            .args([from, to])
            .status()
            .unwrap()
            .success()
    );
}

fn binaries() -> PathBuf {
    if let Some(directory) = env::var_os("POSTGRES_BIN_DIR") {
        return directory.into();
    }
    let here = env::current_dir().unwrap();
    let fetched = here.ancestors().map(|parent| parent.join(".tools/postgres/bin"));
    let installed = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut installed: Vec<_> = installed.map(|version| version.path().join("bin")).collect();
    installed.sort();
    let found = fetched
        .chain(installed.into_iter().rev())
        .find(|directory| is_usable(directory));
    found.expect("no Postgres: `make tools` fetches one, or set POSTGRES_BIN_DIR")
}

fn is_usable(directory: &Path) -> bool {
    directory.join("initdb").exists() && directory.join("pg_ctl").exists()
}
