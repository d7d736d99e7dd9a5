//! A broker that asks who comes.

use std::{process::Command, time::Duration};

use mtchat::embedded::{Port, binary};
use mtchat_nats::{Broker, BrokerError, BrokerOptions};
use mtchat_tests::{PATIENCE, eventually};

/// Every character that has to be written differently in an address.
const PASSWORD: &str = "p@ss:w/o%r?d";
const WRITTEN: &str = "p%40ss%3Aw%2Fo%25r%3Fd";

struct Server(std::process::Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(port: &Port, arguments: &[&str]) -> Server {
    let mut command = Command::new(binary::nats_server().unwrap());
    command.args([
        "-a",
        "127.0.0.1",
        "-p",
        &port.number().to_string(),
        "--log",
        "/dev/null",
    ]);
    Server(command.args(arguments).spawn().unwrap())
}

async fn connect(credentials: &str, port: &Port) -> Result<Broker, BrokerError> {
    let url = format!("nats://{credentials}127.0.0.1:{}", port.number());
    let connect_timeout = Duration::from_millis(1);
    let name = "test".to_owned();
    Broker::connect(&BrokerOptions {
        url,
        name,
        connect_timeout,
    })
    .await
}

#[tokio::test]
async fn we_come_in_with_the_user_and_password_of_the_address() {
    let port = Port::free().unwrap();
    let _server = start(&port, &["--user", "mtchat", "--pass", PASSWORD]);
    let right = format!("mtchat:{WRITTEN}@");
    eventually("to be let in", PATIENCE, async || {
        connect(&right, &port).await.ok()
    })
    .await;
    for wrong in ["", "mtchat:password@", "another:password@", "token@"] {
        assert!(
            matches!(connect(wrong, &port).await, Err(BrokerError::Connect(_))),
            "{wrong:?} came in"
        );
    }
}

#[tokio::test]
async fn we_come_in_with_the_token_of_the_address() {
    let port = Port::free().unwrap();
    let _server = start(&port, &["--auth", "s3cr3t@token"]);
    eventually("to be let in", PATIENCE, async || {
        connect("s3cr3t%40token@", &port).await.ok()
    })
    .await;
    for wrong in ["", "another@", "s3cr3t%40token:s3cr3t%40token@"] {
        assert!(
            matches!(connect(wrong, &port).await, Err(BrokerError::Connect(_))),
            "{wrong:?} came in"
        );
    }
}
