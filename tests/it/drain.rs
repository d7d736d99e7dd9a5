//! An orderly stop.

use http::Method;
use mtchat_tests::{Http, PATIENCE, System, Traffic, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_that_is_stopped_finishes_what_it_has_and_sends_its_sockets_elsewhere() {
    let system = System::with().edges(2).start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    traffic.goes_on(200).await;
    let here = dialogs[0][0].device().clone();
    let status = system.edge(0).stop().await;
    assert!(status.success(), "the edge ended with {status}");
    assert_eq!(
        here.journal().frames.iter().map(|seen| seen.connection).max(),
        Some(here.journal().connections)
    );
    traffic.goes_on(200).await;
    assert!(
        here.journal().connections >= 2,
        "its sockets went to the other edge"
    );
    traffic.arrives_exactly_once(&system).await;
}

#[tokio::test]
async fn a_socket_is_told_to_come_back_when_its_edge_stops() {
    let system = System::start().await;
    let [alice] = system.dialog().between(["alice"]).await;
    let status = system.edge(0).stop().await;
    assert!(status.success(), "the edge ended with {status}");
    alice
        .device()
        .until("the end", |journal| !journal.connected)
        .await;
    let code = alice.device().journal().close_code;
    assert!(matches!(code, Some(4000..4100)), "closed with {code:?}");
}

#[tokio::test]
async fn an_edge_that_drains_says_so_before_it_goes() {
    let system = System::start().await;
    let [_alice] = system.dialog().between(["alice"]).await;
    let http = Http::default();
    let url = system.edge(0).url("/health/ready");
    let leaving = eventually("the edge to say that it leaves", PATIENCE, async || {
        match http.ask(Method::GET, &url, &[], "").await {
            Ok(answer) => (answer.status.as_u16() == 503).then_some(()),
            Err(_) => Some(()),
        }
    });
    let (status, ()) = tokio::join!(system.edge(0).stop(), leaving);
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_stopped_hands_over_at_once() {
    let system = System::with().workers(2).start().await;
    let dialogs = Traffic::dialogs(&system, 2, 3).await;
    let mut traffic = Traffic::over(&dialogs, 100);
    traffic.goes_on(100).await;
    for worker in system.workers() {
        let status = worker.stop().await;
        assert!(status.success(), "the worker ended with {status}");
        traffic.goes_on(100).await;
        worker.restart().await;
    }
    traffic.arrives_exactly_once(&system).await;
}
