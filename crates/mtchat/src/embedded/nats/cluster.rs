//! Several nats-servers on one machine that replicate to each other.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::{ClusterMember, NatsOptions, NatsServer, POLL, probe};
use crate::embedded::{EmbeddedError, Port};

const READY_WITHIN: Duration = Duration::from_secs(60);

/// A cluster of nats-servers named `n1`, `n2`, …, each in its own directory. It ends when this is dropped.
#[derive(Debug)]
pub struct NatsCluster {
    nodes: Vec<NatsServer>,
    // Kept so that nobody takes them while a server is down.
    _ports: Vec<Port>,
}

impl NatsCluster {
    /// Starts `size` servers under the directory and waits until streams with as many replicas can be made.
    ///
    /// # Errors
    /// As for [`NatsServer::start`], or when they do not find together in time.
    pub async fn start(directory: &Path, size: usize) -> Result<Self, EmbeddedError> {
        let ports = (0..size * 2)
            .map(|_| Port::free())
            .collect::<Result<Vec<_>, _>>()?;
        let (routes, monitors) = ports.split_at(size);
        let routes: Vec<u16> = routes.iter().map(Port::number).collect();
        let starts = routes
            .iter()
            .zip(monitors)
            .enumerate()
            .map(|(index, (cluster_port, monitor))| {
                let server_name = format!("n{}", index + 1);
                let mut options = NatsOptions::new(directory.join(&server_name));
                options.cluster = Some(ClusterMember {
                    cluster: "mtchat".to_owned(),
                    server_name,
                    cluster_port: *cluster_port,
                    monitor_port: monitor.number(),
                    routes: routes.clone(),
                });
                NatsServer::start(options)
            });
        let nodes = try_join_all(starts).await?;
        let cluster = Self { nodes, _ports: ports };
        cluster.ready().await?;
        Ok(cluster)
    }

    /// The servers, in the order of their names.
    #[must_use]
    pub fn nodes(&self) -> &[NatsServer] {
        &self.nodes
    }

    /// The servers, to restart them.
    #[must_use]
    pub fn nodes_mut(&mut self) -> &mut [NatsServer] {
        &mut self.nodes
    }

    /// The server with this name, which is what the leader of a stream is called.
    #[must_use]
    pub fn node(&mut self, name: &str) -> Option<&mut NatsServer> {
        self.nodes
            .iter_mut()
            .find(|node| member(node).is_some_and(|member| member.server_name == name))
    }

    /// The addresses of all servers, joined with commas.
    #[must_use]
    pub fn url(&self) -> String {
        self.nodes
            .iter()
            .map(NatsServer::url)
            .collect::<Vec<_>>()
            .join(",")
    }

    /// Waits until all servers know each other and have a leader.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn ready(&self) -> Result<(), EmbeddedError> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let pages = join_all(self.nodes.iter().filter_map(member).map(|member| async {
                let page = probe::monitor(member.monitor_port, "/jsz").await;
                page.is_some_and(|page| leads_all(&page, &member.server_name, self.nodes.len()))
            }));
            let led = pages.await.into_iter().any(|leads| leads);
            let answers = join_all(
                self.nodes
                    .iter()
                    .map(|node| probe::jetstream_answers(node.port())),
            );
            if led && answers.await.into_iter().all(|answers| answers) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let waiting_for = "the other servers of its cluster";
                return match self.nodes.first() {
                    Some(node) => Err(node.process.not_ready(waiting_for, READY_WITHIN)),
                    None => Ok(()),
                };
            }
            sleep(POLL).await;
        }
    }

    /// Stops all servers.
    pub async fn stop(&self) -> Vec<ExitStatus> {
        join_all(self.nodes.iter().map(NatsServer::stop)).await
    }
}

fn member(node: &NatsServer) -> Option<&ClusterMember> {
    node.options.cluster.as_ref()
}

/// Whether this server is the leader and all the others follow it without a lag.
fn leads_all(page: &Value, server_name: &str, size: usize) -> bool {
    let meta = &page["meta_cluster"];
    let followers = meta["replicas"].as_array().map_or(&[][..], Vec::as_slice);
    let current = followers
        .iter()
        .filter(|replica| replica["current"] == true && replica["offline"] != true);
    meta["leader"] == server_name && current.count() + 1 == size
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_ready_cluster_takes_a_stream_with_three_replicas_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let cluster = NatsCluster::start(directory.path(), 3).await.unwrap();
        let stream = br#"{"name":"S","subjects":["s"],"storage":"file","num_replicas":3}"#;
        let request = probe::request(cluster.nodes()[0].port(), "$JS.API.STREAM.CREATE.S", stream);
        let answer = timeout(Duration::from_secs(10), request).await.unwrap().unwrap();
        assert_eq!(answer["config"]["num_replicas"], 3, "{answer}");
    }
}
