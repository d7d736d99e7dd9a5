//! The scenarios on a small scale: what is measured is another matter, but nothing may be lost, doubled or refused.

use crate::{
    TargetArguments,
    flow::{self, Plan},
    herd,
    notifications::{self, NotificationArguments},
    report::Figures,
    slow, sockets,
    target::Target,
    webhooks::{self, WebhookArguments},
};

const OWN: TargetArguments = TargetArguments {
    url: None,
    jwt_secret: None,
    admin_token: None,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_scenarios_are_clean() {
    let target = Target::start(&OWN).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_are_told_of_everything() {
    let slowly = WebhookArguments {
        neighbours: false,
        rounds: 1,
        rate: Some(200),
        seconds: Some(1),
        answer_ms: 50,
        concurrency: 4,
    };
    let webhooks = webhooks::run(&OWN, &slowly).await;
    assert!(webhooks.is_clean(), "{webhooks}");
    let few = NotificationArguments {
        dialogs: 10,
        readers: 2,
        delay: 3,
        concurrency: 4,
        rounds: 1,
    };
    let notifications = notifications::run(&OWN, &few).await;
    assert!(notifications.is_clean(), "{notifications}");
}
