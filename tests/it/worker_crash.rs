//! A worker dies, hangs, or comes back from the dead, under load.

use mtchat_tests::{System, Traffic};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_only_worker_is_killed() {
    let system = System::start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    traffic.goes_on(200).await;
    system.worker(0).kill().await;
    traffic.goes_on(200).await;
    system.worker(0).restart().await;
    traffic.goes_on(200).await;
    traffic.arrives_exactly_once(&system).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_one_of_two_workers_is_killed() {
    let system = System::with().workers(2).start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    traffic.goes_on(200).await;
    system.worker(0).kill().await;
    traffic.goes_on(300).await;
    system.worker(0).restart().await;
    system.worker(1).kill().await;
    traffic.goes_on(300).await;
    system.worker(1).restart().await;
    traffic.arrives_exactly_once(&system).await;
}

/// While each hangs the other takes over; when it goes on it still believes that it is the one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_that_both_believe_to_be_active_do_the_work_of_one() {
    let system = System::with().workers(2).start().await;
    let dialogs = Traffic::dialogs(&system, 4, 3).await;
    let mut traffic = Traffic::over(&dialogs, 200);
    for _ in 0..2 {
        for worker in system.workers() {
            traffic.goes_on(100).await;
            worker.pause();
            // Longer than a lease lasts.
            traffic.goes_on(1_200).await;
            worker.unpause();
        }
    }
    traffic.arrives_exactly_once(&system).await;
}
