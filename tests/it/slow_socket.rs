//! A socket that stops reading harms nobody but itself.

use mtchat_tests::{Heard, PATIENCE, Socket, System, User, eventually};

/// What an edge may need for sockets, ring and allocator while a slow socket hangs on it.
const MEMORY_BOUND: u64 = 200 << 20;
const LARGE: usize = 40_000;
/// So many large messages whoever reads has read before there are more, however busy this machine is.
const AT_ONCE: usize = 20;

async fn send_all(alice: &User, texts: &[String]) {
    for text in texts {
        alice.send_accepted(text).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_stops_reading_is_closed_and_the_others_get_everything() {
    let system = System::start().await;
    let [alice, bob, carol] = system.dialog().between(["alice", "bob", "carol"]).await;
    let query = format!("?token={}", carol.token());
    let mut slow = Socket::open_narrow(system.edge(0).port(), &query).await.unwrap();
    slow.hears().await;

    let before = system.edge(0).memory();
    let filler = "x".repeat(LARGE);
    let texts: Vec<String> = (0..300).map(|number| format!("{number} {filler}")).collect();
    let others = async {
        for some in texts.chunks(AT_ONCE) {
            send_all(&alice, some).await;
            bob.sees(some).await;
            carol.sees(some).await;
        }
    };
    // The edge waits a moment, and only that, for its farewell to be read.
    let given_up = async {
        eventually("the slow socket to be given up", PATIENCE, async || {
            (system.edge(0).metric("mtchat_gateway_closed_total").await >= 1.0).then_some(())
        })
        .await;
        slow.ends().await
    };
    let ((), end) = tokio::join!(others, given_up);
    assert_eq!(end, Heard::Closed(Some(4008)));
    let grown = system.edge(0).memory().saturating_sub(before);
    assert!(grown < MEMORY_BOUND, "the edge grew by {grown} bytes");
    assert_eq!(bob.device().journal().connections, 1);

    alice.send("after").await;
    bob.sees("after").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_comes_back_and_has_everything() {
    let system = System::start().await;
    let [alice, bob] = system.dialog().between(["alice", "bob"]).await;
    alice.send("first").await;
    bob.sees("first").await;
    let (epoch, pos) = bob.device().journal().place.clone().unwrap();
    let query = format!("?token={}", bob.token());
    let mut slow = Socket::open_narrow(system.edge(0).port(), &query).await.unwrap();
    slow.hears().await;
    let filler = "x".repeat(LARGE);
    let texts: Vec<String> = (0..300).map(|number| format!("{number} {filler}")).collect();
    for some in texts.chunks(AT_ONCE) {
        send_all(&alice, some).await;
        bob.sees(some).await;
    }
    slow.ends().await;

    let query = format!("{query}&epoch={epoch}&pos={pos}");
    let mut back = Socket::open(system.edge(0).port(), &query).await.unwrap();
    assert_eq!(back.hears().await["recovered"], true);
    for text in &texts {
        assert_eq!(back.hears().await["content"], text.as_str());
    }
}
