//! A whole MTChat of one's own: broker, database, edges and workers.

mod lost;

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mtchat::embedded::{NatsOptions, NatsServer, Port, Postgres, PostgresOptions};
use mtchat_nats::{Broker, BrokerOptions};
use tempfile::TempDir;

use crate::{Admin, Database, DialogBuilder, FileServer, Http, Process, Program, Proxy};

/// The secret that signs the tokens of the tests.
pub const JWT_SECRET: &str = "b7f1c2d94e0a4c6f8d3b5a7e9c1f2d4b6a8e0c3f5d7b9a1e";
/// The token of the Management API in the tests.
pub const ADMIN_TOKEN: &str = "d2a94f6b8c1e3d5f7a9b0c2e4f6a8d1b3c5e7f90";

/// How many lines of each log a failing test shows.
const TAIL: usize = 40;

/// A running system. Everything it started ends with it, and nothing else.
#[derive(Debug)]
pub struct System {
    http: Http,
    edges: Vec<Process>,
    workers: Vec<Process>,
    ports: Arc<[u16]>,
    proxy: Option<Proxy>,
    /// The environment of all programs.
    common: Vec<(String, String)>,
    nats: NatsServer,
    postgres: Postgres,
    files: Option<FileServer>,
    // Last, so that the processes are gone before their files.
    directory: TempDir,
}

/// A system about to be started.
#[derive(Debug, Clone)]
#[must_use]
pub struct SystemBuilder {
    edges: usize,
    workers: usize,
    environment: Vec<(String, String)>,
    edge_configuration: Option<String>,
    proxy: bool,
    durable: bool,
    files: bool,
    hosts: bool,
}

impl System {
    /// One edge and one worker.
    pub async fn start() -> Self {
        Self::with().start().await
    }

    /// Something else.
    pub fn with() -> SystemBuilder {
        SystemBuilder {
            edges: 1,
            workers: 1,
            environment: Vec::new(),
            edge_configuration: None,
            proxy: false,
            durable: false,
            files: false,
            hosts: false,
        }
    }

    /// A new dialog.
    pub fn dialog(&self) -> DialogBuilder<'_> {
        DialogBuilder::new(self)
    }

    /// The host's backend, at this edge.
    pub fn admin(&self, edge: usize) -> Admin {
        Admin::new(self.http.clone(), self.ports[edge])
    }

    /// An edge.
    pub fn edge(&self, index: usize) -> &Process {
        &self.edges[index]
    }

    /// All edges.
    pub fn edges(&self) -> &[Process] {
        &self.edges
    }

    /// A worker.
    pub fn worker(&self, index: usize) -> &Process {
        &self.workers[index]
    }

    /// All workers.
    pub fn workers(&self) -> &[Process] {
        &self.workers
    }

    /// The broker.
    pub fn nats(&mut self) -> &mut NatsServer {
        &mut self.nats
    }

    /// The database server.
    pub fn postgres(&mut self) -> &mut Postgres {
        &mut self.postgres
    }

    /// The store of files.
    pub fn files(&mut self) -> &mut FileServer {
        self.files.as_mut().expect("the system was started with files")
    }

    /// The store of files, to look into.
    pub fn files_ref(&self) -> &FileServer {
        self.files.as_ref().expect("the system was started with files")
    }

    /// The broker's and the database's process ids.
    pub fn server_pids(&self) -> (u32, u32) {
        (self.nats.pid(), self.postgres.pid())
    }

    /// The bad network between the edges and the broker.
    pub fn network(&self) -> &Proxy {
        self.proxy
            .as_ref()
            .expect("the system was started with a network")
    }

    /// A connection to the broker.
    pub async fn broker(&self) -> Broker {
        let options = BrokerOptions {
            url: self.nats.url(),
            name: "test".to_owned(),
            connect_timeout: Duration::from_secs(10),
        };
        Broker::connect(&options).await.expect("the broker answers")
    }

    /// The broker's address.
    pub fn nats_url(&self) -> String {
        self.nats.url()
    }

    /// The database, to look into.
    pub async fn database(&self) -> Database {
        Database::connect(&self.postgres.url()).await
    }

    /// The HTTP client of the tests.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// Where everything lies.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// `mtchat` with these arguments in the environment of this system's edges.
    pub fn program(&self, arguments: &[&str]) -> Program {
        let log = self
            .directory()
            .join(format!("{}.log", arguments.join("-").replace('/', "_")));
        self.common.iter().fold(
            Program::new(arguments.iter().copied(), log),
            |program, (name, value)| program.with(name, value),
        )
    }

    /// Everything that edges and workers have printed.
    pub fn logs(&self) -> String {
        let processes = self.edges.iter().chain(&self.workers);
        processes
            .map(|process| format!("== {}\n{}", process.name(), process.printed()))
            .collect()
    }

    pub(crate) fn ports(&self) -> Arc<[u16]> {
        self.ports.clone()
    }
}

impl SystemBuilder {
    /// With so many edges.
    pub fn edges(mut self, count: usize) -> Self {
        self.edges = count;
        self
    }

    /// With so many workers.
    pub fn workers(mut self, count: usize) -> Self {
        self.workers = count;
        self
    }

    /// With this variable for edges and workers.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this TOML as the edges' configuration file.
    pub fn edge_configuration(mut self, toml: &str) -> Self {
        self.edge_configuration = Some(toml.to_owned());
        self
    }

    /// With a bad network between the edges and the broker.
    pub fn bad_network(mut self) -> Self {
        self.proxy = true;
        self
    }

    /// With a database that survives a power cut, as in earnest: for measurements.
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// With files, and a store for them.
    pub fn files(mut self) -> Self {
        self.files = true;
        self
    }

    /// With a broker to which services of apps may come.
    pub fn hosts(mut self) -> Self {
        self.hosts = true;
        self
    }

    /// Start it, and wait until every part takes work.
    pub async fn start(self) -> System {
        // The user that Postgres runs as must be able to enter.
        let directory = tempfile::Builder::new()
            .prefix("mtchat-test-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()
            .expect("a directory can be made");
        let path = directory.path().to_owned();
        let mut broker = NatsOptions::new(path.join("nats"));
        broker.hosts = self.hosts.then(|| path.join("hosts"));
        let (nats, postgres, files) = tokio::join!(
            NatsServer::start(broker),
            self.postgres(&path),
            self.file_server()
        );
        let nats = nats.expect("nats-server starts");
        let proxy = if self.proxy {
            Some(Proxy::before(nats.port()).await)
        } else {
            None
        };
        let edge_nats = proxy.as_ref().map_or_else(
            || nats.url(),
            |proxy| format!("nats://127.0.0.1:{}", proxy.port()),
        );
        let common = self.common(&nats.url(), &postgres.url(), files.as_ref());
        let edges: Vec<Process> = (0..self.edges)
            .map(|index| self.edge(&path, index, &common, &edge_nats))
            .collect();
        let workers: Vec<Process> = (0..self.workers)
            .map(|index| Self::process("worker", "WORKER_PORT", &path, index, &common))
            .collect();
        let system = System {
            http: Http::default(),
            ports: edges.iter().map(Process::port).collect(),
            edges,
            workers,
            proxy,
            common,
            nats,
            postgres,
            files,
            directory,
        };
        let processes = || system.workers.iter().chain(&system.edges);
        processes().for_each(Process::launch);
        for process in processes() {
            process.is_ready().await;
        }
        system
    }

    async fn postgres(&self, directory: &Path) -> Postgres {
        let directory = directory.join("postgres");
        if !self.durable {
            return Self::scratch(&directory).await;
        }
        let options = PostgresOptions::new(directory);
        Postgres::start(options).await.expect("Postgres starts")
    }

    async fn scratch(directory: &Path) -> Postgres {
        let template = Postgres::template(&templates())
            .await
            .expect("Postgres can be prepared");
        let options = PostgresOptions::scratch(directory, template);
        Postgres::start(options).await.expect("Postgres starts")
    }

    async fn file_server(&self) -> Option<FileServer> {
        if self.files {
            Some(FileServer::start().await)
        } else {
            None
        }
    }

    fn edge(&self, directory: &Path, index: usize, common: &[(String, String)], nats: &str) -> Process {
        let mut environment = common.to_vec();
        environment.push(("NATS_URL".to_owned(), nats.to_owned()));
        if let Some(toml) = &self.edge_configuration {
            let file = directory.join("edge.toml");
            std::fs::write(&file, toml).expect("the configuration can be written");
            environment.push(("MTCHAT_CONFIG".to_owned(), file.to_string_lossy().into_owned()));
        }
        Self::process("server", "PORT", directory, index, &environment)
    }

    fn process(
        verb: &str,
        port_variable: &str,
        directory: &Path,
        index: usize,
        environment: &[(String, String)],
    ) -> Process {
        let port = Port::free().expect("there is a free port");
        let program = Program::new([verb], directory.join(format!("{verb}-{index}.log")));
        let program = environment
            .iter()
            .fold(program, |program, (name, value)| program.with(name, value));
        Process::new(
            format!("{verb} {index}"),
            program.with(port_variable, &port.number().to_string()),
            port,
        )
    }

    fn common(&self, nats: &str, postgres: &str, files: Option<&FileServer>) -> Vec<(String, String)> {
        let common = [
            ("BIND_HOST", "127.0.0.1"),
            ("NATS_URL", nats),
            ("DATABASE_URL", postgres),
            ("DATABASE_MIN_CONNECTIONS", "1"),
            ("JWT_AUTH_ENABLED", "true"),
            ("JWT_SECRET", JWT_SECRET),
            ("ADMIN_API_TOKEN", ADMIN_TOKEN),
            ("RUST_LOG", "info"),
        ];
        let common = common.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let files = files.map(FileServer::variables).into_iter().flatten();
        common
            .into_iter()
            .chain(files.map(|(name, value)| (name.to_owned(), value)))
            .chain(self.environment.iter().cloned())
            .collect()
    }
}

impl Drop for System {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        self.directory.disable_cleanup(true);
        eprintln!(
            "the files of this system are kept in {}",
            self.directory.path().display()
        );
        for process in self.edges.iter().chain(&self.workers) {
            let printed = process.printed();
            let lines: Vec<&str> = printed.lines().collect();
            let tail = lines[lines.len().saturating_sub(TAIL)..].join("\n");
            eprintln!("== {} printed last:\n{tail}", process.name());
        }
    }
}

/// Prepared databases, shared by all tests that use this target directory.
fn templates() -> PathBuf {
    let own = std::env::current_exe().expect("this executable has a path");
    let target = own
        .ancestors()
        .find(|path| path.file_name().is_some_and(|name| name == "target"));
    let target = target.map_or_else(std::env::temp_dir, Path::to_owned);
    target.join("tmp").join("templates")
}
