//! An edge dies under load.

use mtchat_tests::{System, Traffic};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_one_of_two_edges_is_killed() {
    let system = System::with().edges(2).start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    traffic.goes_on(200).await;
    system.edge(0).kill().await;
    traffic.goes_on(300).await;
    system.edge(0).restart().await;
    system.edge(1).kill().await;
    traffic.goes_on(300).await;
    system.edge(1).restart().await;
    traffic.goes_on(100).await;
    traffic.arrives_exactly_once(&system).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_only_edge_is_killed() {
    let system = System::start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    traffic.goes_on(200).await;
    system.edge(0).kill().await;
    system.edge(0).restart().await;
    traffic.goes_on(200).await;
    traffic.arrives_exactly_once(&system).await;
}
