//! `mtchat app`: host applications beside the configured one, while everything runs.

mod choice;
mod listed;
mod nats;
mod own;

use std::{io, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use mtchat_nats::HostError;
use mtchat_protocol::{AppId, Timestamp};
use mtchat_server::{AuthOptions, JwtKey, JwtOptions, KeyMaterial, auth::Authenticator};
use mtchat_storage::{Storage, StoredApp, StoredKey};
use sha2::{Digest, Sha256};

use listed::listed;
use own::{Own, advice};

use crate::{
    Failure,
    credentials::{Credentials, random},
    settings::{Purpose, Settings, Sources},
};

/// The shortest HS256 secret, as RFC 7518 asks.
const LEAST_SECRET_BYTES: usize = 32;

/// What `mtchat app` is asked for.
#[derive(Debug, Clone, Args)]
pub struct AppArguments {
    /// The data directory of a running `mtchat up`, which knows its database
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Clone, Subcommand)]
enum Verb {
    /// Add a key that verifies the tokens of its users
    AddKey {
        /// Which app
        app: AppId,
        /// What signs them
        #[arg(long, value_enum, default_value_t = Algorithm::Hs256)]
        algorithm: Algorithm,
        /// The file of the key: a secret (HS256) or a public key as PEM; without it a secret is made
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Add a token of its Management API and show it, this once
    AddToken {
        /// Which app
        app: AppId,
    },
    /// Change what an app has of its own; it holds within seconds
    Change {
        /// Which app
        app: AppId,
        #[command(flatten)]
        own: Box<Own>,
    },
    /// Make an app, with a management token, and a JWT secret unless it publishes its keys, which are shown this once
    Create {
        /// Its id: 1 to 63 of a-z, 0-9, - and _
        app: AppId,
        #[command(flatten)]
        own: Box<Own>,
    },
    /// Let nobody of the app in any more
    Disable {
        /// Which app
        app: AppId,
    },
    /// Let everybody of the app in again
    Enable {
        /// Which app
        app: AppId,
    },
    /// Show all apps, without anything secret
    List,
    /// Make a durable consumer of its facts in the log of the broker, for its services
    NatsConsumer(nats::Consumer),
    /// Make a key with which its services come to the broker, in place of the one before, and show it, this once
    NatsCredentials {
        /// Which app
        app: AppId,
        /// The directory of the files that nats-server's configuration includes
        #[arg(long, value_name = "DIR")]
        server_config: PathBuf,
    },
    /// Take a key away
    RemoveKey {
        /// Which app
        app: AppId,
        /// Its number in `mtchat app list`
        number: usize,
    },
    /// Take a management token away
    RemoveToken {
        /// Which app
        app: AppId,
        /// Its number in `mtchat app list`
        number: usize,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Algorithm {
    #[value(name = "EdDSA")]
    EdDsa,
    #[value(name = "ES256")]
    Es256,
    #[value(name = "HS256")]
    Hs256,
    #[value(name = "RS256")]
    Rs256,
}

/// An app could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is one already.
    #[error("app `{0}` exists already")]
    Exists(AppId),
    /// The key's file can not be read.
    #[error("{} can not be read: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What is in the file is no such key.
    #[error("this is no key for {algorithm}: {reason}")]
    Key {
        /// The algorithm.
        algorithm: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The consumer of its services can not be made.
    #[error(transparent)]
    NatsConsumer(HostError),
    /// No key could be made.
    #[error("no key for NATS can be made: {0}")]
    NatsKey(String),
    /// What has been granted on the broker can not be read.
    #[error("{} is damaged: {reason}", .path.display())]
    NatsRecord {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// There is no such number in the list.
    #[error("app `{app}` has no {what} number {number}: see `mtchat app list`")]
    Number {
        /// The app.
        app: AppId,
        /// What was to be taken away.
        what: &'static str,
        /// Which.
        number: usize,
    },
    /// A public key can not be made here: its private half must stay with the host.
    #[error("{0} needs --file with the public key")]
    PublicKey(&'static str),
    /// The key verifies another app's tokens already.
    #[error("this key is app `{0}`'s: a token of one would be a token of the other")]
    Taken(AppId),
    /// There is none.
    #[error("there is no app `{0}`")]
    Unknown(AppId),
}

pub(crate) async fn app(arguments: &AppArguments, mut sources: Sources) -> Result<String, Failure> {
    if let Some(directory) = &arguments.data {
        let Credentials {
            database_url,
            nats_url,
            ..
        } = Credentials::of(directory)?;
        sources.command_line = std::mem::take(&mut sources.command_line)
            .with_some("database.url", database_url)
            .with_some("nats.url", nats_url);
    }
    let settings = Settings::load(&sources, Purpose::Migrate)?;
    let storage = Storage::connect_lazy(&settings.database.storage_options())?;
    let said = carry_out(&storage, &settings, &arguments.verb).await;
    storage.close().await;
    said
}

async fn carry_out(storage: &Storage, settings: &Settings, verb: &Verb) -> Result<String, Failure> {
    match verb {
        Verb::AddKey { app, algorithm, file } => {
            let mut stored = known(storage, app).await?;
            let key = key(*algorithm, file.as_ref())?;
            is_nobody_elses(storage, settings, app, &key).await?;
            let said = match (algorithm, file) {
                (Algorithm::Hs256, None) => format!("JWT_SECRET={}\n", key.key),
                _ => format!("The key of {app} is taken.\n"),
            };
            stored.keys.push(key);
            change(storage, &stored).await?;
            Ok(said)
        }
        Verb::AddToken { app } => {
            let mut stored = known(storage, app).await?;
            let token = random()?;
            stored.admin_tokens.push(hash(&token));
            change(storage, &stored).await?;
            Ok(format!("ADMIN_API_TOKEN={token}\n"))
        }
        Verb::Change { app, own } => {
            let mut stored = known(storage, app).await?;
            own.apply(&mut stored);
            change(storage, &stored).await?;
            Ok(format!("App {app} is changed.\n{}", advice(&stored)))
        }
        Verb::Create { app, own } => create(storage, app, own).await,
        Verb::Disable { app } => enable(storage, app, false).await,
        Verb::Enable { app } => enable(storage, app, true).await,
        Verb::List => Ok(listed(&storage.apps().await?)),
        Verb::NatsConsumer(wanted) => {
            must_be(storage, &wanted.app).await?;
            nats::new_consumer(wanted, &settings.nats).await
        }
        Verb::NatsCredentials { app, server_config } => {
            must_be(storage, app).await?;
            nats::new_key(app, server_config)
        }
        Verb::RemoveKey { app, number } => {
            let mut stored = known(storage, app).await?;
            take_away(&mut stored.keys, app, "key", *number)?;
            change(storage, &stored).await?;
            Ok(format!("Key {number} of {app} is gone.\n"))
        }
        Verb::RemoveToken { app, number } => {
            let mut stored = known(storage, app).await?;
            take_away(&mut stored.admin_tokens, app, "token", *number)?;
            change(storage, &stored).await?;
            Ok(format!("Token {number} of {app} is gone.\n"))
        }
    }
}

async fn create(storage: &Storage, app: &AppId, own: &Own) -> Result<String, Failure> {
    let token = random()?;
    let mut stored = StoredApp::new(app.clone(), Timestamp::now());
    stored.admin_tokens.push(hash(&token));
    own.apply(&mut stored);
    let mut said = format!("ADMIN_API_TOKEN={token}\n");
    // A secret that nobody needs is only one more to lose.
    if !own.publishes() {
        let secret = random()?;
        said.push_str(&format!("JWT_SECRET={secret}\n"));
        stored.keys.push(StoredKey {
            algorithm: Algorithm::Hs256.name().to_owned(),
            key: secret,
        });
    }
    if !storage.add_app(&stored).await? {
        return Err(AppError::Exists(app.clone()).into());
    }
    Ok(said + &advice(&stored))
}

async fn known(storage: &Storage, app: &AppId) -> Result<StoredApp, Failure> {
    let stored = storage.app(app).await?;
    Ok(stored.ok_or_else(|| AppError::Unknown(app.clone()))?)
}

/// The configured app is in no table.
async fn must_be(storage: &Storage, app: &AppId) -> Result<(), Failure> {
    if *app != AppId::default_app() {
        known(storage, app).await?;
    }
    Ok(())
}

async fn change(storage: &Storage, app: &StoredApp) -> Result<(), Failure> {
    if storage.change_app(app).await? {
        Ok(())
    } else {
        Err(AppError::Unknown(app.id.clone()).into())
    }
}

async fn enable(storage: &Storage, app: &AppId, enabled: bool) -> Result<String, Failure> {
    let mut stored = known(storage, app).await?;
    stored.enabled = enabled;
    change(storage, &stored).await?;
    let says = if enabled { "comes in again" } else { "is shut out" };
    Ok(format!("App {app} {says} within seconds.\n"))
}

fn take_away<T>(list: &mut Vec<T>, app: &AppId, what: &'static str, number: usize) -> Result<(), AppError> {
    if number == 0 || number > list.len() {
        let app = app.clone();
        return Err(AppError::Number { app, what, number });
    }
    list.remove(number - 1);
    Ok(())
}

fn key(algorithm: Algorithm, file: Option<&PathBuf>) -> Result<StoredKey, Failure> {
    let name = algorithm.name();
    let text = match (file, algorithm) {
        (Some(path), _) => std::fs::read_to_string(path).map_err(|source| AppError::File {
            path: path.clone(),
            source,
        })?,
        (None, Algorithm::Hs256) => random()?,
        (None, Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256) => {
            return Err(AppError::PublicKey(name).into());
        }
    };
    let key = StoredKey {
        algorithm: name.to_owned(),
        key: text.trim().to_owned(),
    };
    check(&key, name)?;
    Ok(key)
}

/// Whether an edge will take the key.
fn check(key: &StoredKey, algorithm: &'static str) -> Result<(), AppError> {
    let wrong = |reason: String| AppError::Key { algorithm, reason };
    if algorithm == Algorithm::Hs256.name() && key.key.len() < LEAST_SECRET_BYTES {
        return Err(wrong(format!("fewer than {LEAST_SECRET_BYTES} bytes")));
    }
    let material = KeyMaterial::parse(algorithm, &key.key).ok_or_else(|| wrong("unknown".to_owned()))?;
    let app = AppId::default_app();
    let options = AuthOptions::Jwt(JwtOptions {
        keys: vec![JwtKey { app, material }],
        ..JwtOptions::default()
    });
    Authenticator::new(&options).map_err(|error| wrong(error.to_string()))?;
    Ok(())
}

async fn is_nobody_elses(
    storage: &Storage,
    settings: &Settings,
    app: &AppId,
    key: &StoredKey,
) -> Result<(), Failure> {
    let default = AppId::default_app();
    let configured = settings
        .auth
        .jwt_secrets
        .iter()
        .any(|secret| *secret.expose() == key.key);
    if configured && *app != default {
        return Err(AppError::Taken(default).into());
    }
    let apps = storage.apps().await?;
    let other = apps
        .into_iter()
        .find(|other| other.id != *app && other.keys.contains(key));
    other.map_or(Ok(()), |other| Err(AppError::Taken(other.id).into()))
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
        }
    }
}
