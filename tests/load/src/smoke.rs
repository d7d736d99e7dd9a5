//! The scenarios on a small scale: what is measured is another matter, but nothing may be lost, doubled or refused.

use crate::{
    TargetArguments,
    flow::{self, Plan},
    herd,
    report::Figures,
    slow, sockets,
    target::Target,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_scenarios_are_clean() {
    let own = TargetArguments {
        url: None,
        jwt_secret: None,
        admin_token: None,
    };
    let target = Target::start(&own).await;
    let plan = Plan {
        scenario: "fanout",
        dialogs: 3,
        members: 3,
        silent: 1,
        rate: Some(50),
        seconds: 1,
        connections: 4,
    };
    let flow = flow::run(&target, &plan).await;
    assert!(flow.is_clean(), "{flow}");
    let Figures::Flow(figures) = &flow.figures else {
        panic!("a flow was measured")
    };
    assert_eq!((figures.accepted, figures.delivered), (50, 150));

    let herd = herd::run(&target, 12, 4, 3).await;
    assert!(herd.is_clean(), "{herd}");
    let sockets = sockets::run(&target, 20).await;
    assert!(sockets.is_clean(), "{sockets}");
    let dialogs = target.dialogs(1, 2).await;
    assert_eq!(slow::stall(&target, &dialogs, 3).await.len(), 3);
}
