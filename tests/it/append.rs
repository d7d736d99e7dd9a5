//! Compare-and-append: many writers, one dense order, on one node and on a cluster that loses its leader.

use std::collections::HashSet;

use mtchat::embedded::{NatsCluster, NatsOptions, NatsServer};
use mtchat_nats::{Broker, BrokerOptions, StreamOptions, log_state, reconcile};
use mtchat_protocol::{DialogId, Fact, FactId, ShardId};
use mtchat_tests::{PATIENCE, append_handles, append_in_turn, append_together, eventually, read_all};
use tokio::sync::watch;

const HANDLES: usize = 4;
const TASKS: usize = 32;
const FACTS: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_make_one_dense_order_on_one_node() {
    let directory = tempfile::tempdir().unwrap();
    let server = NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
    let broker = broker(&server.url(), 1).await;
    let handles = append_handles(&[server.url()], HANDLES).await;
    let (dialog, appended) = append_together(&handles, TASKS, FACTS, watch::Sender::default()).await;
    is_dense(&broker, dialog, &appended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_make_one_dense_order_although_the_server_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
    let broker = broker(&server.url(), 1).await;
    let handles = append_handles(&[server.url()], HANDLES).await;
    let progress = watch::Sender::new(0);
    let mut count = progress.subscribe();
    let writing = tokio::spawn(async move { append_together(&handles, TASKS, FACTS, progress).await });
    count.wait_for(|count| *count >= FACTS / 2).await.unwrap();
    server.kill().await;
    server.restart().await.unwrap();
    let (dialog, appended) = writing.await.unwrap();
    is_dense(&broker, dialog, &appended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_make_one_dense_order_on_a_cluster_whose_leader_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut cluster = NatsCluster::start(directory.path(), 3).await.unwrap();
    let urls: Vec<String> = cluster.nodes().iter().map(NatsServer::url).collect();
    let broker = broker(&cluster.url(), 3).await;
    let handles = append_handles(&urls, HANDLES).await;
    let progress = watch::Sender::new(0);
    let mut count = progress.subscribe();
    let writing = tokio::spawn(async move { append_together(&handles, TASKS, FACTS, progress).await });
    count.wait_for(|count| *count >= FACTS / 2).await.unwrap();
    let leader = leader(&cluster.url()).await;
    cluster.node(&leader).unwrap().kill().await;
    let (dialog, appended) = writing.await.unwrap();
    is_dense(&broker, dialog, &appended).await;
    cluster.node(&leader).unwrap().restart().await.unwrap();
    cluster.ready().await.unwrap();
    is_dense(&broker, dialog, &appended).await;
}

/// What one edge has answered for holds at another that has heard nothing of it: it refuses nothing because of it, and leaves nothing
/// undone.
#[tokio::test]
async fn an_edge_that_is_behind_decides_on_the_newest_state() {
    let directory = tempfile::tempdir().unwrap();
    let server = NatsServer::start(NatsOptions::new(directory.path()))
        .await
        .unwrap();
    let _broker = broker(&server.url(), 1).await;
    let handles = append_handles(&[server.url()], 2).await;
    append_in_turn([&handles[0], &handles[1]], 5).await;
}

async fn broker(url: &str, replicas: usize) -> Broker {
    let options = BrokerOptions {
        url: url.to_owned(),
        name: "test".to_owned(),
        connect_timeout: PATIENCE,
    };
    let broker = Broker::connect(&options).await.unwrap();
    let streams = StreamOptions {
        replicas,
        ..StreamOptions::default()
    };
    reconcile(&broker, &streams).await.unwrap();
    broker
}

/// The name of the server that leads the log.
async fn leader(url: &str) -> String {
    let urls: Vec<async_nats::ServerAddr> = url.split(',').map(|url| url.parse().unwrap()).collect();
    let client = async_nats::connect(&urls[..]).await.unwrap();
    let stream = async_nats::jetstream::new(client)
        .get_stream("MTCHAT_LOG_0")
        .await
        .unwrap();
    let info = stream.cached_info().clone();
    info.cluster
        .and_then(|cluster| cluster.leader)
        .expect("the log has a leader")
}

/// The log holds exactly these facts of the dialog, numbered without a hole.
async fn is_dense(broker: &Broker, dialog: DialogId, appended: &[FactId]) {
    let state = eventually("the log to answer", PATIENCE, async || {
        log_state(broker, ShardId(0)).await.ok()
    })
    .await;
    let facts = read_all(broker, state.last_seq).await;
    let numbers: Vec<u64> = facts
        .iter()
        .filter(|fact| fact.dialog == dialog)
        .map(Fact::seq)
        .collect();
    assert_eq!(numbers, (1..=FACTS as u64).collect::<Vec<_>>());
    let ids: HashSet<FactId> = facts.iter().map(|fact| fact.id).collect();
    assert_eq!(ids.len(), facts.len(), "a fact stands in the log twice");
    assert_eq!(ids, appended.iter().copied().collect());
}
