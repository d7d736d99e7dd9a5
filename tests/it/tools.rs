//! The commands beside the servers: `listen`, `token` and `doctor`.

use mtchat_tests::{PATIENCE, Program, System, eventually};

#[tokio::test]
async fn listen_shows_what_a_users_socket_receives() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().offline().between(["alice", "bob"]).await;
    let url = system.edge(0).url("");
    let (status, token) = system.program(&["token", "--user", "bob"]).run().await;
    assert!(status.success(), "{token}");
    let listen = [
        "listen",
        "--url",
        &url,
        "--json",
        "--count",
        "2",
        "--timeout",
        "20s",
    ];
    let listen = system.program(&listen).with("MTCHAT_TOKEN", token.trim());
    let mut listening = listen.spawn();
    eventually("it to listen", PATIENCE, async || {
        listen.printed().contains("connected").then_some(())
    })
    .await;
    alice.send("one").await;
    bob.send("two").await;
    let status = mtchat_tests::within("it to end", PATIENCE, listening.wait())
        .await
        .unwrap();
    let printed = listen.printed();
    assert!(status.success(), "{printed}");
    assert!(
        printed.contains(r#""content":"one""#) && printed.contains(r#""content":"two""#),
        "{printed}"
    );
}

#[tokio::test]
async fn doctor_finds_a_whole_system_well_and_names_what_is_missing() {
    let mut system = System::start().await;
    let (status, printed) = examine(&system, "well").await;
    assert!(status, "{printed}");
    system.postgres().stop().await;
    let (status, printed) = examine(&system, "postgres").await;
    assert!(
        !status && printed.to_lowercase().contains("postgres"),
        "{printed}"
    );
    system.nats().stop().await;
    let (status, printed) = examine(&system, "nats").await;
    assert!(!status && printed.to_lowercase().contains("nats"), "{printed}");
}

async fn examine(system: &System, name: &str) -> (bool, String) {
    let doctor: Program = system
        .program(&["doctor"])
        .into_file(system.directory().join(format!("doctor-{name}.log")));
    let (status, printed) = doctor.run().await;
    (status.success(), printed)
}
