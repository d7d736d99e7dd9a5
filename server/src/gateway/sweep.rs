use std::time::{Duration, Instant};

use mtchat_protocol::Timestamp;
use tokio::{
    select,
    task::yield_now,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use super::{connection::Moment, hub::Hub, registry::Registry};

/// Once a second, look after all connections: the slow, the silent, those without identity. One task instead of timers per socket.
pub async fn run_sweeper(hub: Hub, stop: CancellationToken) {
    let began = Instant::now();
    let mut tick = interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        select! {
            biased;
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let seconds = u32::try_from(began.elapsed().as_secs()).unwrap_or(u32::MAX);
        let now = Moment {
            seconds,
            wall: Timestamp::now(),
        };
        hub.tick(now);
        for shard in 0..Registry::SHARDS {
            hub.sweep(shard, now);
            // A hundred thousand connections are some milliseconds of work.
            yield_now().await;
        }
    }
}
