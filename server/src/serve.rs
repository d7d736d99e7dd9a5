use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    select,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{Edge, host_services::answer_services, limit::Peer, router};

/// The largest a connection's buffers grow. Headers must fit, also those whose token is too long, for they get our own answer;
/// bodies need not. A socket gives its buffers back when it is upgraded.
const CONNECTION_BUFFER: usize = 32 * 1_024;

/// How long the work beside requests may take to stop.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// Connections that may wait to be accepted: a herd of returning clients must not meet a full queue, for a dropped SYN is tried
/// again only after a second. The kernel's own limit (`net.core.somaxconn`) holds as well.
const BACKLOG: u32 = 4_096;

/// What the kernel may hold for one connection that does not read, in bytes. Left to itself it grows to megabytes, and a
/// reader that stopped would be noticed only when they are full.
const SEND_BUFFER: u32 = 64 * 1_024;

/// Listen for [`serve`], with buffers for many small connections.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serve until told to stop, then leave in order: not ready any more, a moment for load balancers to notice, sockets told to move
/// and requests finished, each within its time.
pub async fn serve(edge: Edge, listener: TcpListener, stop: CancellationToken) {
    let [closing, background_stop] = [CancellationToken::new(), CancellationToken::new()];
    let connections = TaskTracker::new();
    let background = edge.run(&background_stop);
    edge.revoking.begin(&edge.storage).await;
    // Requests on the broker are finished like those of connections.
    connections.spawn(answer_services(edge.clone(), stop.clone()));
    let drain = edge.options.drain.clone();
    let leave = async {
        stop.cancelled().await;
        tracing::info!("the edge is leaving");
        edge.readiness.drain();
        sleep(drain.notice).await;
    };
    select! {
        () = leave => {}
        () = accept(&listener, &edge, &connections, &closing) => {}
    }
    drop(listener);
    let finish_requests = async {
        closing.cancel();
        connections.close();
        if timeout(drain.requests, connections.wait()).await.is_err() {
            tracing::warn!(
                connections.count = connections.len(),
                "connections remained after the drain"
            );
        }
    };
    tokio::join!(edge.gateway.hub().drain(drain.sockets), finish_requests);
    background_stop.cancel();
    if timeout(LAST_MOMENT, background.wait()).await.is_err() {
        tracing::warn!("work beside requests did not stop in time");
    }
}

async fn accept(listener: &TcpListener, edge: &Edge, connections: &TaskTracker, closing: &CancellationToken) {
    let router = router(edge.clone());
    let header_timeout = edge.options.header_timeout;
    let mut pause = Duration::ZERO;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                pause = Duration::ZERO;
                connections.spawn(connection(
                    stream,
                    Peer(peer.ip()),
                    router.clone(),
                    header_timeout,
                    closing.clone(),
                ));
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                // Out of descriptors or memory: the next try fails the same way until something is closed, so trying at once
                // would only burn the processor.
                pause = (pause * 2).clamp(Duration::from_millis(10), Duration::from_secs(1));
                tracing::error!(%error, "no connection can be taken; waiting a moment");
                metrics::counter!("mtchat_http_accept_failures_total").increment(1);
                sleep(pause).await;
            }
        }
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

async fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    header_timeout: Duration,
    closing: CancellationToken,
) {
    // Answers and frames are small and complete, so waiting for more to send with them only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let router = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(CONNECTION_BUFFER)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .with_upgrades();
    let mut served = std::pin::pin!(served);
    let ended = select! {
        ended = served.as_mut() => ended,
        () = closing.cancelled() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}
