//! The configuration: defaults, under an optional TOML file, under the environment, under the command line.
//!
//! Each section is a file here and a table in the TOML file; what its fields mean is told by the [catalogue]. Everything
//! that is wrong is reported at once. Nothing else in the program reads the environment for its settings.

mod auth;
pub mod catalogue;
mod cors;
mod database;
mod environment;
mod files;
mod gateway;
mod http;
mod layer;
mod limits;
mod nats;
mod notifications;
mod problem;
mod seconds;
mod secret;
mod telemetry;
mod webhooks;
mod worker;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use figment::{
    Figment, Provider,
    providers::{Format, Toml},
};
use mtchat_server::ServerOptions;
use serde::de::DeserializeOwned;

pub use auth::AuthSettings;
pub use cors::CorsSettings;
pub use database::DatabaseSettings;
pub use environment::Environment;
pub use files::FileSettings;
pub(crate) use files::OWN_BUCKET;
pub use gateway::GatewaySettings;
pub use http::HttpSettings;
pub use layer::Layer;
pub use limits::LimitSettings;
pub use nats::NatsSettings;
pub use notifications::NotificationSettings;
pub use problem::SettingsError;
pub use secret::Secret;
pub use telemetry::TelemetrySettings;
pub use webhooks::WebhookSettings;
pub use worker::WorkerSettings;

const ENVIRONMENT: &str = "environment";

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `environment` / `MTCHAT_ENVIRONMENT`: `true` for `development`, where weak secrets and the default database are
    /// allowed; `false` for `production`, which is the default.
    pub development: bool,
    /// Who may come in.
    pub auth: AuthSettings,
    /// Which web pages may call.
    pub cors: CorsSettings,
    /// Postgres.
    pub database: DatabaseSettings,
    /// The store of files.
    pub files: FileSettings,
    /// The sockets.
    pub gateway: GatewaySettings,
    /// Where the edge listens.
    pub http: HttpSettings,
    /// How much anybody may ask for.
    pub limits: LimitSettings,
    /// The broker.
    pub nats: NatsSettings,
    /// How hosts are told of what users have not read.
    pub notifications: NotificationSettings,
    /// Where traces go.
    pub telemetry: TelemetrySettings,
    /// The endpoint that is told what happens.
    pub webhooks: WebhookSettings,
    /// The worker.
    pub worker: WorkerSettings,
}

/// Where the settings come from, weakest first.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// What holds instead of the built-in defaults.
    pub defaults: Layer,
    /// The TOML file.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Environment,
    /// What the command line says.
    pub command_line: Layer,
}

/// What the settings are for: only what matters for it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To look at them: nothing is judged beyond what can not be read at all.
    Inspect,
    /// An edge.
    Serve,
    /// Only the database is used.
    Migrate,
    /// Edge and worker in one process.
    Up,
    /// A worker.
    Work,
}

pub(crate) struct Context {
    development: bool,
}

impl Settings {
    /// Reads and judges them.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub fn load(sources: &Sources, purpose: Purpose) -> Result<Self, SettingsError> {
        let mut problems = Vec::new();
        let figment = layers(sources, &mut problems);
        let development = development(&figment, &mut problems);
        let mut broken = Vec::new();
        let settings = Self {
            development,
            auth: section(&figment, "auth", &mut broken, &mut problems),
            cors: section(&figment, "cors", &mut broken, &mut problems),
            database: section(&figment, "database", &mut broken, &mut problems),
            files: section(&figment, "files", &mut broken, &mut problems),
            gateway: section(&figment, "gateway", &mut broken, &mut problems),
            http: section(&figment, "http", &mut broken, &mut problems),
            limits: section(&figment, "limits", &mut broken, &mut problems),
            nats: section(&figment, "nats", &mut broken, &mut problems),
            notifications: section(&figment, "notifications", &mut broken, &mut problems),
            telemetry: section(&figment, "telemetry", &mut broken, &mut problems),
            webhooks: section(&figment, "webhooks", &mut broken, &mut problems),
            worker: section(&figment, "worker", &mut broken, &mut problems),
        };
        problems.extend(settings.judge(purpose, &broken));
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(SettingsError { problems })
        }
    }

    /// Everything that is wrong with them for a purpose.
    #[must_use]
    pub fn problems(&self, purpose: Purpose) -> Vec<String> {
        self.judge(purpose, &[])
    }

    /// As the edge takes them.
    #[must_use]
    pub fn server_options(&self) -> ServerOptions {
        ServerOptions {
            admin_tokens: self.auth.admin_tokens(),
            cors: self.cors.cors_options(),
            gateway: self.gateway.gateway_options(&self.auth),
            limits: self.limits.limit_options(),
            drain: self.http.drain_options(),
            files: self.files.edge_options(),
            public_url: self.http.public_url.clone(),
            webhook_reach: self.webhooks.reach(self.development),
            development: self.development,
            ..ServerOptions::new(self.http.address(), self.auth.auth_options())
        }
    }

    /// What could not be read was replaced by its defaults; those are not judged.
    fn judge(&self, purpose: Purpose, broken: &[&str]) -> Vec<String> {
        let context = Context {
            development: self.development,
        };
        let listens = matches!(purpose, Purpose::Serve | Purpose::Up);
        let works = matches!(purpose, Purpose::Work | Purpose::Up);
        let sound = |section: &str| !broken.contains(&section);
        let mut problems = Vec::new();
        if listens && sound("auth") {
            self.auth.validate(&context, &mut problems);
            if sound("http") {
                self.auth.validate_bind(&self.http, &mut problems);
            }
        }
        if listens && sound("cors") {
            self.cors.validate(&mut problems);
        }
        if listens && sound("http") {
            self.http.validate(&mut problems);
        }
        if listens && sound("gateway") {
            self.gateway.validate(&mut problems);
        }
        if (listens || works || purpose == Purpose::Migrate) && sound("database") {
            self.database.validate(&context, &mut problems);
        }
        if (listens || works) && sound("files") {
            self.files.validate(&mut problems);
        }
        if (listens || works) && sound("nats") {
            self.nats.validate(&mut problems);
        }
        if (listens || works) && sound("telemetry") {
            self.telemetry.validate(&mut problems);
        }
        if works && sound("notifications") {
            self.notifications.validate(&mut problems);
        }
        if works && sound("webhooks") {
            self.webhooks.validate(&context, &mut problems);
        }
        if works && sound("worker") {
            self.worker.validate(&mut problems);
        }
        problems
    }
}

fn layers(sources: &Sources, problems: &mut Vec<String>) -> Figment {
    let mut figment = Figment::from(sources.defaults.clone());
    if let Some(path) = &sources.file {
        match std::fs::read_to_string(path) {
            Err(error) => problems.push(format!("{} can not be read: {error}", path.display())),
            Ok(text) => {
                let file = Toml::string(&text);
                match file.data() {
                    // Only where, not what: the line may hold a secret.
                    Err(_) => problems.push(format!("{} is not valid TOML{}", path.display(), place(&text))),
                    Ok(profiles) => {
                        problems.extend(
                            profiles
                                .values()
                                .flat_map(|keys| keys.keys())
                                .filter_map(|key| unknown(key)),
                        );
                        figment = figment.merge(file);
                    }
                }
            }
        }
    }
    let (environment, unreadable) = sources.environment.read();
    problems.extend(unreadable);
    figment.merge(environment).merge(sources.command_line.clone())
}

fn place(text: &str) -> String {
    // The reader gives the place only inside its message, as `line 3, column 7`.
    let Err(error) = Toml::string(text).data() else {
        return String::new();
    };
    let message = error.to_string();
    message
        .split_once("line ")
        .map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
        .filter(|line| !line.is_empty())
        .map(|line| format!(" (line {line})"))
        .unwrap_or_default()
}

fn unknown(key: &str) -> Option<String> {
    let mut tables: Vec<&str> = catalogue::SECTIONS.iter().map(|section| section.name).collect();
    tables.retain(|name| !name.is_empty());
    tables.sort_unstable();
    (key != ENVIRONMENT && !tables.contains(&key)).then(|| {
        format!(
            "`{key}` is unknown; there are `{ENVIRONMENT}` and the tables {}",
            tables.join(", ")
        )
    })
}

fn development(figment: &Figment, problems: &mut Vec<String>) -> bool {
    if !figment.contains(ENVIRONMENT) {
        return false;
    }
    match figment.extract_inner::<String>(ENVIRONMENT).as_deref() {
        Ok("development") => true,
        Ok("production") => false,
        Ok(_) | Err(_) => {
            problems.push("MTCHAT_ENVIRONMENT must be `development` or `production`".to_owned());
            false
        }
    }
}

fn section<T: DeserializeOwned + Default>(
    figment: &Figment,
    name: &'static str,
    broken: &mut Vec<&'static str>,
    problems: &mut Vec<String>,
) -> T {
    if !figment.contains(name) {
        return T::default();
    }
    figment.extract_inner(name).unwrap_or_else(|error| {
        broken.push(name);
        problems.extend(problem::in_words(error, name));
        T::default()
    })
}
