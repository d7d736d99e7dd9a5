//! The embedded servers, on the real programs: they start, die, come back and keep what they had.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test says what it expects by failing"
)]

use std::fs::Permissions;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use mtchat::embedded::{
    EmbeddedError, NatsCluster, NatsOptions, NatsServer, Postgres, PostgresOptions, RestartPolicy, Supervised,
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// A directory that the user Postgres runs as may enter.
fn directory() -> TempDir {
    with_mode(0o711)
}

fn with_mode(mode: u32) -> TempDir {
    tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempdir()
        .unwrap()
}

fn templates() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("templates")
}

async fn scratch_postgres(directory: &TempDir) -> Postgres {
    let template = Postgres::template(&templates()).await.unwrap();
    Postgres::start(PostgresOptions::scratch(directory.path(), template))
        .await
        .unwrap()
}

/// What the query prints, asked with the server's own client.
fn ask(postgres: &Postgres, query: &str) -> String {
    let psql = postgres.binaries().program("psql");
    let output = Command::new(psql)
        .args(["-X", "-A", "-t", "-c", query, &postgres.url()])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn two_nats_servers_run_side_by_side() {
    let (first, second) = (directory(), directory());
    let (first, second) = tokio::try_join!(
        NatsServer::start(NatsOptions::new(first.path())),
        NatsServer::start(NatsOptions::new(second.path()))
    )
    .unwrap();
    assert_ne!(first.port(), second.port());
    assert!(first.stop().await.code().is_some());
    assert!(second.is_running());
}

#[tokio::test]
async fn a_killed_nats_server_comes_back_on_its_port() {
    let directory = directory();
    let mut server = NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
    let (url, pid) = (server.url(), server.pid());
    assert!(!server.kill().await.success());
    assert!(TcpStream::connect(("127.0.0.1", server.port())).await.is_err());
    server.restart().await.unwrap();
    assert_eq!(server.url(), url);
    assert_ne!(server.pid(), pid);
    TcpStream::connect(("127.0.0.1", server.port())).await.unwrap();
}

#[tokio::test]
async fn a_directory_in_use_is_refused_and_free_after_the_stop() {
    let directory = directory();
    let server = NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
    let second = NatsServer::start(NatsOptions::new(directory.path())).await;
    assert!(matches!(second, Err(EmbeddedError::Busy(_))));
    drop(server);
    NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let directory = directory();
    let mut options = NatsOptions::new(directory.path());
    options.sync_interval = "soon".to_owned();
    let error = NatsServer::start(options).await.unwrap_err();
    assert!(
        matches!(&error, EmbeddedError::EndedAtStart { tail, .. } if tail.contains("soon")),
        "{error}"
    );
}

#[tokio::test]
async fn three_nats_servers_form_a_cluster_and_survive_the_death_of_one() {
    let directory = directory();
    let mut cluster = NatsCluster::start(directory.path(), 3).await.unwrap();
    assert_eq!(cluster.url().split(',').count(), 3);
    let node = cluster.node("n2").unwrap();
    node.kill().await;
    node.restart().await.unwrap();
    cluster.ready().await.unwrap();
    cluster.stop().await;
    assert!(cluster.nodes().iter().all(|node| !node.is_running()));
}

#[tokio::test]
async fn a_killed_postgres_comes_back_with_its_data() {
    let directory = directory();
    let mut postgres = scratch_postgres(&directory).await;
    let url = postgres.url();
    ask(
        &postgres,
        "create table kept (word text); insert into kept values ('hello')",
    );
    // A session in use makes the server's processes slow to go.
    let mut session = Command::new(postgres.binaries().program("psql"))
        .args(["-X", "-c", "select pg_sleep(60)", &url])
        .spawn()
        .unwrap();
    while ask(
        &postgres,
        "select count(*) from pg_stat_activity where query like '%pg_sleep(60)'",
    ) != "1"
    {}
    postgres.kill().await;
    postgres.restart().await.unwrap();
    assert_eq!(postgres.url(), url);
    assert_eq!(ask(&postgres, "select word from kept"), "hello");
    assert!(!session.wait().unwrap().success());
}

#[tokio::test]
async fn a_second_start_continues_with_the_data() {
    let directory = directory();
    let options = || PostgresOptions::new(directory.path().join("postgres"));
    let postgres = Postgres::start(options()).await.unwrap();
    ask(
        &postgres,
        "create table kept (word text); insert into kept values ('hello')",
    );
    assert!(postgres.stop().await.success());
    drop(postgres);

    let postgres = Postgres::start(options()).await.unwrap();
    assert_eq!(ask(&postgres, "select word from kept"), "hello");
    assert_eq!(
        ask(
            &postgres,
            "select upper('жук') || current_setting('server_encoding')"
        ),
        "ЖУКUTF8"
    );
}

#[tokio::test]
async fn real_data_is_behind_a_password() {
    let directory = directory();
    let postgres = Postgres::start(PostgresOptions::new(directory.path()))
        .await
        .unwrap();
    let without = format!("postgres://mtchat@127.0.0.1:{}/mtchat", postgres.port());
    let psql = postgres.binaries().program("psql");
    let refused = Command::new(psql)
        .args(["-X", "-w", "-c", "select 1", &without])
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert_eq!(ask(&postgres, "show fsync"), "on");
}

#[tokio::test]
async fn data_that_the_user_of_postgres_cannot_reach_is_kept_elsewhere() {
    // Private to us, as a home directory is.
    let directory = with_mode(0o700);
    let template = Postgres::template(&templates()).await.unwrap();
    let inner = directory.path().join("data");
    let postgres = Postgres::start(PostgresOptions::scratch(&inner, &template))
        .await
        .unwrap();
    ask(&postgres, "create table kept (word text)");
    postgres.stop().await;
    drop(postgres);
    let postgres = Postgres::start(PostgresOptions::scratch(&inner, &template))
        .await
        .unwrap();
    assert_eq!(ask(&postgres, "select count(*) from kept"), "0");
    postgres.stop().await;
    if nix::unistd::geteuid().is_root() {
        let target = std::fs::read_link(inner.join("cluster")).unwrap();
        assert!(target.starts_with("/var/lib/mtchat"));
        std::fs::remove_dir_all(target).unwrap();
    }
}

#[tokio::test]
async fn a_supervised_server_is_started_again_and_ends_when_told() {
    let directory = directory();
    let server = NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
    let port = server.port();
    let shutdown = CancellationToken::new();
    let mut supervised = Supervised::spawn(server, RestartPolicy::default(), &shutdown);
    let pid = supervised.pid();
    kill(pid);
    let next = timeout(Duration::from_secs(30), supervised.restarted())
        .await
        .unwrap();
    assert_ne!(next, Some(pid));
    TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    shutdown.cancel();
    supervised.ended().await.unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

/// Runs this test once more as a process of its own, which starts servers and is then killed.
#[tokio::test]
async fn after_a_killed_parent_the_next_one_takes_over() {
    const DIRECTORY: &str = "MTCHAT_TEST_DIRECTORY";
    if let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) {
        let _nats = NatsServer::start(NatsOptions::new(directory.join("nats")))
            .await
            .unwrap();
        let postgres = Postgres::start(PostgresOptions::new(directory.join("postgres")))
            .await
            .unwrap();
        ask(
            &postgres,
            "create table kept (word text); insert into kept values ('hello')",
        );
        println!("\nstarted");
        return std::future::pending().await;
    }
    let directory = directory();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "after_a_killed_parent_the_next_one_takes_over",
            "--nocapture",
        ])
        .env(DIRECTORY, directory.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "started"));
    parent.kill().unwrap();
    parent.wait().unwrap();

    NatsServer::start(NatsOptions::new(directory.path().join("nats")))
        .await
        .unwrap();
    let postgres = Postgres::start(PostgresOptions::new(directory.path().join("postgres")))
        .await
        .unwrap();
    assert_eq!(ask(&postgres, "select word from kept"), "hello");
}

fn kill(pid: u32) {
    let pid = nix::unistd::Pid::from_raw(pid.cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
}
