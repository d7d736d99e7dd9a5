use std::{collections::BTreeMap, convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use mtchat_nats::log_state;
use mtchat_storage::Storage;
use tokio::{
    sync::watch,
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    charge::{Charge, Looked},
    client::WebhookClient,
    notes::Notes,
    post::{Post, State},
    profile::EndpointKey,
    roster::{MOST_ENDPOINTS, Roster},
    serve::serve,
};
use crate::{
    departure::{Departure, RoleError},
    duty::Duty,
    trouble::Trouble,
};

/// How often it is looked which endpoints there are, and how the log stands.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Most rows that are looked at.
const MOST_ROWS: u32 = 1_024;

/// Whoever told one endpoint has ended.
type Ended = (EndpointKey, Departure);

/// Lets every endpoint be told by a task of its own, so that whatever befalls one is no matter for the others.
pub(super) struct Supervisor<'a> {
    storage: &'a Storage,
    duty: &'a Duty,
    client: WebhookClient,
    roster: Roster,
    posts: BTreeMap<EndpointKey, Post>,
    tasks: JoinSet<Ended>,
    notes: Notes,
    log: watch::Sender<Option<Looked>>,
    /// Whether the last look told everything.
    well: bool,
    /// How far the slowest one was said to be.
    reported: Option<u64>,
}

impl<'a> Supervisor<'a> {
    pub(super) fn new(storage: &'a Storage, duty: &'a Duty) -> Self {
        let options = &duty.options.webhooks;
        let client = WebhookClient::new(options.reach.private, options.concurrency);
        Self {
            storage,
            duty,
            roster: Roster::default(),
            posts: BTreeMap::new(),
            tasks: JoinSet::new(),
            notes: Notes::new(storage, &client),
            client,
            log: watch::Sender::new(None),
            well: true,
            reported: None,
        }
    }

    /// Until the duty is over; then wait for what is under way.
    pub(super) async fn run(mut self) -> Result<Infallible, Departure> {
        self.duty.report.started(0);
        let mut look_at = Instant::now();
        loop {
            let now = Instant::now();
            if now >= look_at {
                self.look().await;
                look_at = Instant::now() + LOOK_EVERY;
            }
            self.muster();
            // Those that have rested enough while none can begin are no reason to wake up.
            let rested = self.posts.values().filter_map(Post::rested_at);
            let begin_at = rested.min().filter(|_| self.well);
            let wake_at = begin_at.map_or(look_at, |at| at.min(look_at));
            tokio::select! {
                biased;
                () = self.duty.over.cancelled() => break,
                Some(ended) = self.tasks.join_next() => self.ended(ended),
                () = self.notes.ended() => {}
                () = sleep_until(wake_at) => {}
            }
        }
        while self.tasks.join_next().await.is_some() {}
        Err(Departure::Over)
    }

    /// Look which endpoints there are, what is to be told beside the log, and how the log stands. What can not be found out stays as it
    /// was: nobody is told less because the database is away.
    async fn look(&mut self) {
        let was_well = self.well;
        self.well = match self.look_around().await {
            Ok(()) => true,
            Err(reason) => {
                self.duty.report.failing(&reason);
                false
            }
        };
        if self.well && !was_well {
            self.posts.values_mut().for_each(Post::rest_no_longer);
        }
    }

    async fn look_around(&mut self) -> Result<(), String> {
        if !*self.duty.broker.connected().borrow() {
            return Err("the broker is not connected".to_owned());
        }
        let asked_at = Instant::now();
        let log = log_state(&self.duty.broker, self.duty.shard).await;
        let log = log.map_err(|error| error.to_string())?;
        let last_seq = log.last_seq;
        self.log.send_replace(Some(Looked { log, asked_at }));
        let rows = self.storage.webhook_endpoints(MOST_ROWS).await;
        let rows = rows.map_err(|error| Trouble::of(&error).plain)?;
        let roster = Roster::of(&self.duty.options.webhooks, &rows);
        self.tell_of(&roster);
        self.roster = roster;
        let looked = self.notes.look(self.duty.shard, &self.roster).await;
        looked.map_err(|error| Trouble::of(&error).plain)?;
        self.remove().await;
        self.report(last_seq);
        Ok(())
    }

    /// Remove those that are to be removed and are told no more.
    async fn remove(&mut self) {
        let idle = self
            .roster
            .removed
            .iter()
            .filter(|key| !self.posts.contains_key(*key));
        for key in idle {
            if let Err(error) = self
                .storage
                .remove_webhook_endpoint(&key.app, &key.endpoint)
                .await
            {
                tracing::debug!(endpoint = %key, %error, "an endpoint could not be removed yet");
            }
        }
    }

    /// Only what has changed is told.
    fn tell_of(&self, roster: &Roster) {
        let before = &self.roster;
        let unfit = roster.unfit.iter();
        for (key, unfit) in unfit.filter(|(key, unfit)| before.unfit.get(*key) != Some(*unfit)) {
            tracing::error!(endpoint = %key, reason = %unfit, "the endpoint can be told nothing");
        }
        match (before.beyond > 0, roster.beyond > 0) {
            (false, true) => tracing::error!(
                endpoints.most = MOST_ENDPOINTS,
                endpoints.beyond = roster.beyond,
                "there are more endpoints than a worker tells: the newest ones are told nothing"
            ),
            (true, false) => tracing::info!("every endpoint is told again"),
            (true, true) | (false, false) => {}
        }
    }

    /// How far the slowest one is that is told; without any, there is nothing to be done.
    fn report(&mut self, last_seq: u64) {
        let progress = self
            .posts
            .values()
            .filter(|post| post.serves())
            .map(Post::progress);
        let position = progress.clone().filter_map(|one| one.position()).min();
        let position = position.map_or(last_seq, |position| position.min(last_seq));
        let stored: usize = progress.map(|one| one.stored()).sum();
        if self.reported.replace(position) != Some(position) {
            self.duty.report.progress(position);
        }
        self.duty.report.seen(position, last_seq);
        gauge("mtchat_webhook_pending", stored);
        gauge("mtchat_webhook_endpoints", self.posts.len());
        gauge(
            "mtchat_webhook_endpoints_untold",
            self.roster.beyond + self.roster.unfit.len(),
        );
    }

    /// End those that are not to be told any more or otherwise, and begin those whose time has come.
    fn muster(&mut self) {
        for key in self.roster.orders(&self.told()).end {
            if self.posts.get_mut(&key).is_some_and(Post::end) {
                self.posts.remove(&key);
            }
        }
        for key in self.roster.orders(&self.told()).begin {
            if let Some(revision) = self.roster.told.get(&key) {
                self.posts.insert(key, Post::new(*revision));
            }
        }
        // Without the broker none can begin; when it is back, they all do.
        if !self.well {
            return;
        }
        let now = Instant::now();
        for (key, post) in &mut self.posts {
            post.settle_down(now, key);
            if !post.may_begin(now) {
                continue;
            }
            let Some(profile) = self.roster.known.get(key).cloned() else {
                continue;
            };
            let over = self.duty.over.child_token();
            let charge = charge(self.storage, self.duty, &over, &self.log, post);
            post.begins(over, now);
            let (key, client) = (key.clone(), self.client.clone());
            self.tasks.spawn(async move {
                let served = AssertUnwindSafe(serve(&charge, profile, client))
                    .catch_unwind()
                    .await;
                let departure = match served {
                    Ok(Err(departure)) => departure,
                    Ok(Ok(never)) => match never {},
                    Err(_panic) => Departure::Failed(RoleError::Panicked),
                };
                (key, departure)
            });
        }
    }

    /// Those that are told, or were and have not ended yet, with their revisions.
    fn told(&self) -> BTreeMap<EndpointKey, i64> {
        let posts = self.posts.iter();
        posts.map(|(key, post)| (key.clone(), post.revision())).collect()
    }

    fn ended(&mut self, ended: Result<Ended, JoinError>) {
        let Ok((key, departure)) = ended else {
            // Each catches its own panics, and none is aborted.
            return;
        };
        let Some(post) = self.posts.get_mut(&key) else {
            return;
        };
        // One that was told to end is begun anew if it is to be.
        if matches!(post.state(), State::Ending) {
            self.posts.remove(&key);
        } else {
            post.fell(Instant::now(), &key, &departure);
        }
    }
}

fn charge(
    storage: &Storage,
    duty: &Duty,
    over: &CancellationToken,
    log: &watch::Sender<Option<Looked>>,
    post: &Post,
) -> Charge {
    let options = &duty.options.webhooks;
    Charge {
        storage: storage.clone(),
        broker: duty.broker.clone(),
        shard: duty.shard,
        largest_fact: duty.options.largest_fact,
        concurrency: options.concurrency,
        disable_after: options.disable_after,
        over: over.clone(),
        log: log.subscribe(),
        report: Arc::clone(post.progress()),
    }
}

fn gauge(name: &'static str, number: usize) {
    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!(name).set(number as f64);
}
