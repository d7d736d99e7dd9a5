use std::{collections::HashMap, time::Duration};

use mtchat_protocol::{AppId, DialogId, UserId};
use mtchat_storage::{Storage, StorageError};
use tokio::{
    select,
    time::{MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;

use super::Due;
use crate::gateway::{connection::Owner, hub::Hub};

/// How often totals are told: all of that time in one look into the database.
const TELL: Duration = Duration::from_millis(250);
/// Pause after the database did not answer.
const RETRY: Duration = Duration::from_secs(1);
/// About how many users it is asked at once, and about how many of them of all their dialogs.
const AT_ONCE: usize = 500;

/// Tell totals to those who asked for them, until told to stop.
pub async fn run_unread(hub: Hub, storage: Storage, stop: CancellationToken) {
    let tell = async {
        let mut ticks = interval(TELL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            ticks.tick().await;
            let due = hub.totals().due(hub.stored(), AT_ONCE);
            match settle(&hub, &storage, due).await {
                Ok(()) => failing = false,
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(%error, "totals of unread messages can not be read; they are not told meanwhile");
                    }
                    sleep(RETRY).await;
                }
            }
        }
    };
    select! {
        () = stop.cancelled() => {}
        () = tell => {}
    }
}

async fn settle(hub: &Hub, storage: &Storage, due: Vec<Due>) -> Result<(), StorageError> {
    let (whole, parts): (Vec<Due>, Vec<Due>) = due.into_iter().partition(|due| due.dialogs.is_none());
    let mut failed = None;
    for due in whole {
        let Owner { app, user } = &due.owner;
        let read = match &failed {
            None => storage
                .unread_by_dialog(app, user)
                .await
                .map_err(|error| failed = Some(error)),
            Some(_) => Err(()),
        };
        match read {
            Ok(unread) => hub.totals().settle(&due, unread),
            Err(()) => hub.totals().ask_again(due),
        }
    }
    let mut apps: HashMap<AppId, Vec<Due>> = HashMap::new();
    for due in parts {
        apps.entry(due.owner.app.clone()).or_default().push(due);
    }
    for (app, due) in apps {
        let read = match &failed {
            None => read_parts(storage, &app, &due)
                .await
                .map_err(|error| failed = Some(error)),
            Some(_) => Err(()),
        };
        match read {
            Ok(mut unread) => due.into_iter().for_each(|due| {
                let unread = unread.remove(&due.owner.user).unwrap_or_default();
                hub.totals().settle(&due, unread);
            }),
            Err(()) => due.into_iter().for_each(|due| hub.totals().ask_again(due)),
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn read_parts(
    storage: &Storage,
    app: &AppId,
    due: &[Due],
) -> Result<HashMap<UserId, Vec<(DialogId, u64)>>, StorageError> {
    let pairs: Vec<(&UserId, DialogId)> = due
        .iter()
        .flat_map(|due| {
            due.dialogs
                .iter()
                .flatten()
                .map(|dialog| (&due.owner.user, *dialog))
        })
        .collect();
    let mut unread: HashMap<UserId, Vec<(DialogId, u64)>> = HashMap::new();
    for (user, dialog, count) in storage.unread_in(app, &pairs).await? {
        unread.entry(user).or_default().push((dialog, count));
    }
    Ok(unread)
}
