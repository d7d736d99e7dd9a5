use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures_util::StreamExt;
use mtchat_nats::{
    Broker, EdgeSays, VIEWING_EVERY, publish_edge, publish_users, publish_viewing, subscribe_presence,
};
use mtchat_protocol::{AppId, ServerFrame, UserId};
use mtchat_storage::{Storage, StorageError};
use tokio::{
    select,
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{Change, Presence, Question, moment};
use crate::gateway::{delivery::text, hub::Hub};

/// How often news of this edge is told to the others.
const NEWS: Duration = Duration::from_millis(100);
/// How often an edge says that it is there.
const ALIVE: Duration = Duration::from_secs(5);
/// How often it tells its whole set, which repairs what got lost.
const WHOLE: Duration = Duration::from_secs(30);
/// The least time between two whole sets that others asked for.
const WHOLE_AGAIN: Duration = Duration::from_secs(1);
/// How often sockets are told of changes, and questions answered: all of that time in one look into the database.
const TELL: Duration = Duration::from_millis(250);
/// Pause after the database or the broker did not answer.
const RETRY: Duration = Duration::from_secs(1);
/// How many users' contacts are looked for at once, and how many questions are answered at once.
const AT_ONCE: usize = 200;
const QUESTIONS: usize = 2_000;

/// Keep presence: tell the other edges of this one's connections, hear of theirs, tell the sockets, until told to stop.
pub async fn run_presence(broker: Broker, hub: Hub, storage: Storage, stop: CancellationToken) {
    let keep = async {
        tokio::join!(
            announce(&broker, hub.presence()),
            hear(&broker, &hub),
            tell(&broker, &hub, &storage)
        )
    };
    select! {
        () = stop.cancelled() => {}
        _ = keep => {}
    }
    publish_edge(&broker, hub.presence().inner.me, EdgeSays::Leaving).await;
}

async fn announce(broker: &Broker, presence: &Presence) {
    let me = presence.inner.me;
    let mut ticks = interval(NEWS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut alive, mut whole, mut shown): (Option<Instant>, Option<Instant>, Option<Instant>) =
        (None, None, None);
    let due = |last: Option<Instant>, every: Duration| last.is_none_or(|last| last.elapsed() >= every);
    loop {
        ticks.tick().await;
        let (words, mut screens, asked) = {
            let mut state = presence.state();
            let screens = state.screens.news(me);
            (state.local.news(), screens, std::mem::take(&mut state.asked))
        };
        for (app, said) in words {
            publish_users(broker, me, &app, &said).await;
        }
        if due(shown, VIEWING_EVERY) {
            screens.extend(presence.state().screens.all(me));
            shown = Some(Instant::now());
        }
        for (app, said) in screens {
            publish_viewing(broker, &app, &said).await;
        }
        if due(alive, ALIVE) {
            publish_edge(broker, me, EdgeSays::Alive).await;
            alive = Some(Instant::now());
        }
        if due(whole, WHOLE) || (asked && due(whole, WHOLE_AGAIN)) {
            let words = presence.state().local.whole();
            for (app, said) in words {
                publish_users(broker, me, &app, &said).await;
            }
            whole = Some(Instant::now());
        } else if asked {
            presence.state().asked = true;
        }
    }
}

async fn hear(broker: &Broker, hub: &Hub) {
    let presence = hub.presence();
    loop {
        match subscribe_presence(broker).await {
            Ok(heard) => {
                let mut heard = std::pin::pin!(heard);
                publish_edge(broker, presence.inner.me, EdgeSays::Asking).await;
                while let Some(heard) = heard.next().await {
                    presence.learn(heard, hub.seconds());
                }
            }
            Err(error) => tracing::warn!(%error, "presence can not be followed; trying again"),
        }
        sleep(RETRY).await;
    }
}

async fn tell(broker: &Broker, hub: &Hub, storage: &Storage) {
    let presence = hub.presence();
    let mut connected = broker.connected();
    let mut ticks = interval(TELL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        ticks.tick().await;
        if connected.has_changed().unwrap_or(false) && *connected.borrow_and_update() {
            // What was said meanwhile is lost.
            publish_edge(broker, presence.inner.me, EdgeSays::Asking).await;
        }
        let (changes, (asking, questions)) = {
            let mut state = presence.state();
            let now = moment(hub.seconds());
            if !*connected.borrow() {
                state.view.hold(now.seconds);
            }
            metrics::gauge!("mtchat_presence_online").set(state.view.len() as f64);
            (state.view.changes(now), state.watches.questions(QUESTIONS))
        };
        let told = async {
            tell_changes(hub, storage, changes).await?;
            answer(hub, storage, &questions).await
        };
        match told.await {
            Ok(()) => failing = false,
            Err(error) => {
                // Nobody is told of these changes; whoever looks finds the truth in the list of participants.
                metrics::counter!("mtchat_presence_untold_total").increment(1);
                presence.state().watches.ask_again(&asking);
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, "who may know of whose presence can not be read; it is not told meanwhile");
                }
                sleep(RETRY).await;
            }
        }
    }
}

/// Tell everybody who shares a dialog with them, and who watches them, and write down when they were seen last.
async fn tell_changes(hub: &Hub, storage: &Storage, changes: Vec<Change>) -> Result<(), StorageError> {
    let mut apps: HashMap<AppId, Vec<Change>> = HashMap::new();
    for change in changes {
        apps.entry(change.app.clone()).or_default().push(change);
    }
    for (app, changes) in apps {
        for some in changes.chunks(AT_ONCE) {
            keep_last_seen(storage, &app, some).await?;
            for (user, hearers) in hearers(hub, storage, &app, some).await? {
                let change = some.iter().rfind(|change| change.user == user);
                if let Some(change) = change {
                    mention(hub, change, hearers);
                }
            }
        }
    }
    Ok(())
}

async fn keep_last_seen(storage: &Storage, app: &AppId, changes: &[Change]) -> Result<(), StorageError> {
    let kept = changes.iter().filter(|change| change.keep);
    let seen: Vec<_> = kept
        .filter_map(|change| Some((change.user.clone(), change.last_seen?)))
        .collect();
    if seen.is_empty() {
        return Ok(());
    }
    storage.keep_last_seen(app, &seen).await
}

/// Who must hear of these changes: asked anew each time, so that nobody hears of somebody with whom they share nothing any more.
async fn hearers(
    hub: &Hub,
    storage: &Storage,
    app: &AppId,
    changes: &[Change],
) -> Result<HashMap<UserId, HashSet<UserId>>, StorageError> {
    let users: Vec<UserId> = changes.iter().map(|change| change.user.clone()).collect();
    let mut hearers: HashMap<UserId, HashSet<UserId>> = HashMap::new();
    for (user, contact) in storage.contacts(app, &users).await? {
        hearers.entry(user).or_default().insert(contact);
    }
    let watched: Vec<(UserId, UserId)> = {
        let state = hub.presence().state();
        let pairs = users.iter().flat_map(|user| {
            let watchers = state.watches.watchers(app, user);
            watchers.into_iter().map(|watcher| (user.clone(), watcher))
        });
        let known = |(user, watcher): &(UserId, UserId)| {
            hearers.get(user).is_some_and(|hearers| hearers.contains(watcher))
        };
        pairs.filter(|pair| !known(pair)).collect()
    };
    for some in watched.chunks(QUESTIONS) {
        for acquainted in storage.acquainted(app, some).await? {
            hearers
                .entry(acquainted.user)
                .or_default()
                .insert(acquainted.asker);
        }
    }
    Ok(hearers)
}

fn mention(hub: &Hub, change: &Change, hearers: HashSet<UserId>) {
    let frame = ServerFrame::PresenceUpdate {
        user_id: change.user.clone(),
        is_online: change.last_seen.is_none(),
        last_seen: change.last_seen,
    };
    if let Some(bytes) = text(&frame) {
        let hearers: Vec<UserId> = hearers.into_iter().collect();
        hub.mention(&change.app, &hearers, &change.user, &bytes);
    }
}

/// Tell who watches somebody since a moment ago how it is now. Of those with whom they share no dialog they are told nothing.
async fn answer(hub: &Hub, storage: &Storage, questions: &[Question]) -> Result<(), StorageError> {
    let mut apps: HashMap<&AppId, Vec<(UserId, UserId)>> = HashMap::new();
    for question in questions {
        let pair = (question.user.clone(), question.asker.clone());
        apps.entry(&question.app).or_default().push(pair);
    }
    for (app, pairs) in apps {
        for acquainted in storage.acquainted(app, &pairs).await? {
            let is_online = hub.presence().is_online(app, &acquainted.user);
            let frame = ServerFrame::PresenceUpdate {
                user_id: acquainted.user.clone(),
                is_online,
                last_seen: acquainted.last_seen.filter(|_| !is_online),
            };
            if let Some(bytes) = text(&frame) {
                hub.mention(app, &[acquainted.asker], &acquainted.user, &bytes);
            }
        }
    }
    Ok(())
}
