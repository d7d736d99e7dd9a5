//! Clients of the system that is measured: the client core, each on a socket of its own.
//!
//! They stand at their list of dialogs and look at none. To keep the rows of a timeline costs the generator more than all the rest,
//! and who looks at them is the same to the system.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use mtchat_client_core::{Client, Intent};
use mtchat_tests::{Driver, Tap};
use tokio::time::timeout;

use crate::target::Target;

/// How many connect at the same time.
const AT_ONCE: usize = 64;
/// How long one may take to connect and to load its list.
const PATIENCE: Duration = Duration::from_secs(60);

/// Connect clients with these tokens, each with somebody who listens. `None`: it did not come that far.
pub(crate) async fn connect<T: Tap>(target: &Target, clients: Vec<(String, T)>) -> Vec<Option<Driver>> {
    let connect = |(token, tap): (String, T)| async move {
        let driver = Driver::start(target.access(&token), tap);
        driver.wants(Intent::Connect);
        let ready = timeout(PATIENCE, driver.becomes(Client::is_settled)).await;
        ready.is_ok().then_some(driver)
    };
    stream::iter(clients)
        .map(connect)
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// The same where nobody may fail.
pub(crate) async fn connect_all<T: Tap>(target: &Target, clients: Vec<(String, T)>) -> Vec<Driver> {
    let connected = connect(target, clients).await;
    let connected: Option<Vec<Driver>> = connected.into_iter().collect();
    connected.expect("every client connects")
}
