//! The file that the server is started with.

use std::path::Path;

use serde_json::{Value, json};

use super::{NatsOptions, hosts::Hosts};

/// The server's configuration format contains JSON, which leaves no question of quoting.
pub(super) fn render(options: &NatsOptions, port: u16, pid_file: &Path, hosts: Option<Hosts>) -> String {
    let mut configuration = json!({
        "listen": loopback(port),
        "server_name": "mtchat",
        "pid_file": pid_file,
        "max_payload": options.max_payload,
        // A client that reads nothing for this long is cut off; its bytes are held in memory until then.
        "write_deadline": "10s",
        "jetstream": {
            "store_dir": options.store_dir.join("jetstream"),
            "max_memory_store": options.max_memory_store,
            "max_file_store": options.max_file_store,
            "sync_interval": options.sync_interval,
        },
    });
    if let Some(member) = &options.cluster {
        let routes: Vec<String> = member
            .routes
            .iter()
            .map(|port| format!("nats://{}", loopback(*port)))
            .collect();
        configuration["server_name"] = Value::from(member.server_name.as_str());
        configuration["http"] = Value::from(loopback(member.monitor_port));
        configuration["cluster"] =
            json!({ "name": member.cluster, "listen": loopback(member.cluster_port), "routes": routes });
    }
    if let Some(hosts) = hosts {
        hosts.add_to(&mut configuration);
    }
    format!("{configuration:#}\n")
}

fn loopback(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_listens_on_loopback_only_and_syncs_every_second() {
        let options = NatsOptions::new("/data/a \"quoted\" place");
        let text = render(&options, 4222, Path::new("/data/pid"), None);
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["listen"], "127.0.0.1:4222");
        assert_eq!(read["jetstream"]["sync_interval"], "1s");
        assert_eq!(
            read["jetstream"]["store_dir"],
            "/data/a \"quoted\" place/jetstream"
        );
        assert_eq!(read["cluster"], Value::Null);
        assert_eq!(read["accounts"], Value::Null);
    }
}
