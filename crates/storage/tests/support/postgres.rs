//! A Postgres of the test's own, on a socket in a directory of its own, gone with it.

use std::{
    env, fs,
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
        // Postgres refuses root.
        let account = geteuid()
            .is_root()
            .then(|| ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).unwrap()).unwrap());
        // Not in TMPDIR: the path of a socket is at most 107 bytes long.
        let directory = tempfile::Builder::new().prefix("mtchat-storage-").tempdir_in("/tmp").unwrap();
        if let Some(account) = &account {
            chown(directory.path(), Some(account.uid.as_raw()), Some(account.gid.as_raw())).unwrap();
        }
        let server = Self { directory, account };
        server.run("initdb", &["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
        server.up();
        server
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.directory.path().display())
    }

    pub fn up(&self) {
        let sockets = self.directory.path().display();
        let settings = format!("-c listen_addresses='' -k {sockets} -c fsync=off -c full_page_writes=off");
        self.run("pg_ctl", &["start", "-w", "-D", "data", "-l", "log", "-o", &settings]);
    }

    pub fn down(&self) {
        self.run("pg_ctl", &["stop", "-w", "-D", "data", "-m", "immediate"]);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(binaries().join(program));
        // The server outlives pg_ctl and must not keep the test's output open.
        command.args(arguments).current_dir(self.directory.path()).stdin(Stdio::null()).stdout(Stdio::null());
        let errors = self.directory.path().join("errors");
        command.stderr(fs::File::create(&errors).unwrap());
        if let Some(account) = &self.account {
            command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
        }
        let status = command.status().unwrap();
        assert!(status.success(), "{program} failed: {}", fs::read_to_string(errors).unwrap());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.directory.path().join("data/postmaster.pid").exists() {
            self.down();
        }
    }
}

fn binaries() -> PathBuf {
    if let Some(directory) = env::var_os("POSTGRES_BIN_DIR") {
        return directory.into();
    }
    let here = env::current_dir().unwrap();
    let fetched = here.ancestors().map(|parent| parent.join(".tools/postgres/bin"));
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<_> = installed.map(|version| version.path().join("bin")).collect();
    installed.sort();
    let found = fetched.chain(installed.into_iter().rev()).find(|directory| is_usable(directory));
    found.expect("no Postgres: `make tools` fetches one, or set POSTGRES_BIN_DIR")
}

fn is_usable(directory: &Path) -> bool {
    directory.join("initdb").exists() && directory.join("pg_ctl").exists()
}
