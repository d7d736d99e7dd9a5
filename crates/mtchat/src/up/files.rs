use std::{path::Path, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::progress::Progress;
use crate::{
    credentials::FileCredentials,
    embedded::{EmbeddedError, FileServer, FileServerOptions},
};

/// A server that lived so long has recovered: its next death is the first one.
const RECOVERED: Duration = Duration::from_secs(60);
const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// Our own store of files, kept running beside the chat. Nobody waits for it, and nothing ends because of it.
pub(super) struct Files {
    pub(super) endpoint: String,
    ready: watch::Receiver<bool>,
    stop: CancellationToken,
    task: JoinHandle<()>,
    _stop_on_drop: DropGuard,
}

impl Files {
    /// Takes a place and an address, and starts the rest in the background. `None` where that can not work: files are off
    /// then, and somebody has been told.
    pub(super) async fn start(
        data: &Path,
        credentials: &FileCredentials,
        progress: Progress,
    ) -> Option<Self> {
        let options = FileServerOptions::new(
            data.join("files"),
            &credentials.access_key_id,
            &credentials.secret_access_key,
        );
        let server = match FileServer::prepare(options).await {
            Ok(server) => server,
            Err(error) => {
                progress.say(&format!("  {:<16} off: {error}", "files"));
                return None;
            }
        };
        let endpoint = server.endpoint();
        let stop = CancellationToken::new();
        let (tell, ready) = watch::channel(false);
        let task = tokio::spawn(keep_alive(server, progress, tell, stop.clone()));
        Some(Self {
            endpoint,
            ready,
            _stop_on_drop: stop.clone().drop_guard(),
            stop,
            task,
        })
    }

    /// Says so when it is not ready yet; when it is, it has said so itself.
    pub(super) fn say_if_starting(&self, progress: &Progress) {
        if !*self.ready.borrow() {
            progress.say(&format!(
                "  {:<16} starting; the chat does not wait for it",
                "files"
            ));
        }
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the file server was not stopped as it should be");
        }
    }
}

/// Starts it again and again, however often it ends or fails to come up.
async fn keep_alive(
    mut server: FileServer,
    progress: Progress,
    ready: watch::Sender<bool>,
    stop: CancellationToken,
) {
    let mut failures = 0;
    loop {
        let began = Instant::now();
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            ended = live(&mut server, progress, &ready) => ended,
        };
        ready.send_replace(false);
        failures = if began.elapsed() > RECOVERED {
            1
        } else {
            failures + 1
        };
        match ended {
            Ok(status) => {
                tracing::warn!(child.status = %status, "the file server ended and is started again");
            }
            Err(error) => tracing::warn!(%error, "the file server does not start; it is tried again"),
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            () = sleep(delay(failures)) => {}
        }
    }
    server.stop().await;
}

/// One life of it, from the start to the end; how it ended.
async fn live(
    server: &mut FileServer,
    progress: Progress,
    ready: &watch::Sender<bool>,
) -> Result<String, EmbeddedError> {
    let began = Instant::now();
    server.restart().await?;
    progress.done("files", began, &format!("port {}", server.port()));
    ready.send_replace(true);
    let status = server.wait_exit().await;
    Ok(status.map_or_else(|| "never started".to_owned(), |status| status.to_string()))
}

fn delay(failures: u32) -> Duration {
    FIRST_DELAY
        .saturating_mul(1 << failures.saturating_sub(1).min(16))
        .min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_up_to_a_bound_and_never_ends() {
        let delays = [1, 2, 3, 9, 10, u32::MAX].map(|failures| delay(failures).as_millis());
        assert_eq!(delays, [100, 200, 400, 25_600, 30_000, 30_000]);
    }
}
