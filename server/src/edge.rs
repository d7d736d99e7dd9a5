use std::{ops::Deref, sync::Arc, time::Duration};

use axum::extract::FromRef;
use mtchat_domain::ColdDialogs;
use mtchat_nats::{Broker, Log, LogOptions};
use mtchat_protocol::{AppId, MessageView, Position, ShardId};
use mtchat_storage::{Storage, StorageError};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ApiError, MetricsPage, OptionsError, Readiness, Revoking, ServerOptions, Watermark,
    auth::{AdminTokens, App, Authenticator, Tickets, follow_apps},
    extract::{BaseUrl, Caller},
    files::Files,
    gateway::{Gateway, Hub, Typists, run_presence, run_sweeper, run_tail, run_typing, run_unread},
    limit::Limits,
    origins::AppOrigins,
    shelf::Shelves,
};

/// Shards of the log. A deployment has one until it is split.
const SHARDS: u16 = 1;
/// How long anything that can do without the database waits for it.
const GLANCE: Duration = Duration::from_secs(1);

/// What every handler works with. One pointer, cheap to clone.
#[derive(Clone)]
pub struct Edge(Arc<EdgeParts>);

/// The parts of an [`Edge`].
pub struct EdgeParts {
    /// Tokens of hosts.
    pub admin: AdminTokens,
    /// Goes off when the table of apps has been read once.
    pub(crate) apps_known: CancellationToken,
    /// Tokens of users.
    pub auth: Arc<Authenticator>,
    /// The connection to the broker.
    pub broker: Broker,
    /// Files, where they are switched on.
    pub(crate) files: Option<Files>,
    /// Sockets.
    pub gateway: Gateway,
    /// How much anybody may ask for.
    pub limits: Arc<Limits>,
    /// Where facts are appended.
    pub log: Log,
    /// Renders the metrics page.
    pub metrics: MetricsPage,
    /// How it was told to behave.
    pub options: ServerOptions,
    /// Pages of the apps.
    pub(crate) origins: AppOrigins,
    /// Whether this process can take work.
    pub readiness: Readiness,
    /// Whose tokens are not good any more.
    pub revoking: Revoking,
    /// Users' lists, as this edge remembers them.
    pub(crate) shelves: Shelves,
    /// What is stored.
    pub storage: Storage,
    /// What opens sockets.
    pub tickets: Tickets,
    /// How far it is stored.
    pub watermark: Watermark,
}

impl Edge {
    /// Put an edge together; all that is wrong with the options is said at once.
    pub fn new(
        options: ServerOptions,
        log: LogOptions,
        broker: Broker,
        storage: Storage,
        metrics: MetricsPage,
    ) -> Result<Self, Vec<OptionsError>> {
        let wrong = options.check();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let auth = Arc::new(Authenticator::new(&options.auth).map_err(|error| vec![error])?);
        if auth.insecure_app().is_some() {
            tracing::warn!(
                bind = %options.bind,
                "INSECURE: callers are who they say they are; switch JWT on for anything but development"
            );
        } else if auth.trusts_scope_header() {
            tracing::warn!("the unsigned X-Scope-Config header counts for tokens without scopes");
        }
        let files = options.files.clone().map(Files::new).transpose();
        let files = files.map_err(|error| vec![error.into()])?;
        let watermark = Watermark::new(SHARDS);
        let stored = watermark.subscribe(ShardId::default());
        let hub = Hub::new(options.gateway.clone(), stored);
        let limits = Arc::new(Limits::new(&options.limits));
        let revoking = Revoking::new(&options.auth, auth.revocations().clone(), hub.clone());
        let log = Log::new(broker.clone(), log, Arc::new(storage.clone()));
        let gateway = Gateway::new(
            hub.clone(),
            auth.clone(),
            limits.clone(),
            options.limits.trusted_proxies,
        );
        let origins = AppOrigins::default();
        Ok(Self(Arc::new(EdgeParts {
            admin: AdminTokens::new(&options.admin_tokens),
            apps_known: CancellationToken::new(),
            files,
            gateway: gateway
                .with_origins(origins.clone())
                .with_tickets(Tickets::new(broker.clone()))
                .with_typists(Typists::new(broker.clone(), log.clone())),
            origins,
            auth,
            limits,
            revoking,
            log,
            metrics,
            options,
            shelves: Shelves::new(storage.clone(), hub.clone()),
            readiness: Readiness::new(broker.clone(), hub),
            tickets: Tickets::new(broker.clone()),
            broker,
            storage,
            watermark,
        })))
    }

    /// Files, where they are switched on.
    pub(crate) fn files(&self) -> Result<&Files, ApiError> {
        self.files.as_ref().ok_or(ApiError::FilesOff)
    }

    /// Most bytes of a file of this app.
    pub(crate) fn most_file_bytes(&self, app: &AppId) -> u64 {
        let of_all = self.files.as_ref().map_or(0, Files::most_bytes);
        self.limits.file_bytes(app, of_all)
    }

    /// Links to the files of messages, for the caller who reads them.
    pub(crate) fn link_messages(&self, base: &BaseUrl, caller: &Caller, messages: &mut [MessageView]) {
        if let Some(files) = &self.files {
            files.link_messages(base.as_str(), &caller.app, &caller.user, messages);
        }
    }

    /// A look into the database that sending waits for only a moment, because it can do without: `None` when it does not answer.
    pub(crate) async fn glance<T>(&self, look: impl Future<Output = Result<T, StorageError>>) -> Option<T> {
        if !self.readiness.database() {
            return None;
        }
        timeout(GLANCE, look).await.ok()?.ok()
    }

    /// A read waits a moment for what it has to see; when that is not stored by then it is to come again.
    pub(crate) async fn must_be_stored(&self, position: Position) -> Result<(), ApiError> {
        if self.watermark.wait(position, self.options.read_wait).await {
            Ok(())
        } else {
            Err(ApiError::NotStored)
        }
    }

    /// Take these apps beside the configured one in place of those known before.
    fn learn_apps(&self, apps: &[App]) {
        let gone = self.auth.replace_apps(apps);
        self.admin.replace_apps(apps);
        self.limits
            .replace_own(apps.iter().map(|app| (app.id.clone(), app.limits)));
        let sockets = apps
            .iter()
            .filter_map(|app| Some((app.id.clone(), app.limits.sockets?)));
        self.gateway.hub().replace_own_most(sockets.collect());
        let origins = apps
            .iter()
            .filter_map(|app| Some((app.id.clone(), app.origins.clone()?)));
        self.origins.replace(origins.collect());
        // After the keys are gone: nobody comes in again behind this.
        let hub = self.gateway.hub();
        gone.iter().for_each(|(app, signer)| hub.end_signed(app, *signer));
    }

    /// What goes on besides requests: the live path, sockets' timeouts, the watermark, readiness. Until told to stop.
    pub(crate) fn run(&self, stop: &CancellationToken) -> TaskTracker {
        let tasks = TaskTracker::new();
        let (broker, hub) = (self.broker.clone(), self.gateway.hub().clone());
        let cold: Arc<dyn ColdDialogs> = Arc::new(self.storage.clone());
        tasks.spawn(run_tail(
            broker.clone(),
            hub.clone(),
            self.log.clone(),
            cold,
            self.files.clone(),
            stop.clone(),
        ));
        if let Some(files) = self.files.clone() {
            tasks.spawn(files.run(stop.clone()));
        }
        tasks.spawn(run_typing(broker.clone(), hub.clone(), stop.clone()));
        let storage = self.storage.clone();
        tasks.spawn(run_presence(broker.clone(), hub.clone(), storage, stop.clone()));
        tasks.spawn(run_unread(hub.clone(), self.storage.clone(), stop.clone()));
        tasks.spawn(run_sweeper(hub, stop.clone()));
        tasks.spawn(
            self.watermark
                .clone()
                .run(broker, self.storage.clone(), stop.clone()),
        );
        let (limits, until) = (self.limits.clone(), stop.clone());
        tasks.spawn(async move { limits.run(until).await });
        tasks.spawn(
            self.revoking
                .clone()
                .run(self.broker.clone(), self.storage.clone(), stop.clone()),
        );
        tasks.spawn(self.readiness.clone().run(self.storage.clone(), stop.clone()));
        let (edge, stop) = (self.clone(), stop.clone());
        tasks.spawn(async move {
            let learn = |apps: &[App]| edge.learn_apps(apps);
            follow_apps(edge.storage.clone(), learn, &edge.apps_known, &stop).await;
            edge.auth.follow_nobody();
        });
        tasks.close();
        tasks
    }
}

impl FromRef<Edge> for Gateway {
    fn from_ref(edge: &Edge) -> Self {
        edge.gateway.clone()
    }
}

impl Deref for Edge {
    type Target = EdgeParts;

    fn deref(&self) -> &EdgeParts {
        &self.0
    }
}
