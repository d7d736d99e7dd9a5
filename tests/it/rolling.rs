//! A deploy: every edge and every worker is replaced while clients talk, and nobody notices.

use std::time::Duration;

use mtchat_tests::Rolling;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_notices_that_every_edge_and_every_worker_is_replaced() {
    let rolling = Rolling {
        dialogs: 40,
        members: 5,
        rate: 100,
        steady: Duration::from_secs(3),
        admission: 100,
    };
    let system = rolling.system().start().await;
    let rolled = rolling.run(&system).await;
    println!("{rolled}");
    assert_eq!(rolled.broken(), Vec::<String>::new(), "\n{rolled}");
    assert!(rolled.sent > 0 && rolled.recovered >= 200, "\n{rolled}");
}
