//! What services of an app may do on the broker, as the files say that nats-server reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use mtchat_nats::{
    Broker, ConsumerName, HOST_API, HostStart, host_account, host_consumer, host_exports, make_host_consumer,
};
use mtchat_protocol::AppId;
use nkeys::KeyPair;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::AppError;
use crate::{Failure, settings::NatsSettings};

/// What has been granted: the two files for nats-server are made from it.
const RECORD: &str = "hosts.json";
/// Accounts of the apps.
const ACCOUNTS: &str = "accounts.conf";
/// What the account of MTChat lets them call.
const EXPORTS: &str = "exports.conf";
/// How long to try to reach the broker.
const CONNECT: Duration = Duration::from_secs(5);

/// A consumer that is to be made.
#[derive(Debug, Clone, Args)]
pub(super) struct Consumer {
    /// Which app
    pub(super) app: AppId,
    /// Its name within the app: 1 to 32 of a-z, 0-9, - and _
    name: ConsumerName,
    /// The directory of the files that nats-server's configuration includes
    #[arg(long, value_name = "DIR")]
    server_config: PathBuf,
    /// With what it begins: `first`, `next`, a sequence of the log, or a moment like 2026-01-31T12:00:00Z
    #[arg(long, value_name = "WHERE", default_value = "first")]
    from: HostStart,
    /// Only facts of this kind, like `message_created`; repeated: of these kinds
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// Take a consumer of this name away before, with how far it had come
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    /// The user's public key; nobody has the private one but the host.
    user: Option<String>,
    #[serde(default)]
    consumers: BTreeSet<String>,
}

/// The directory of the files.
struct Grants {
    directory: PathBuf,
    hosts: BTreeMap<String, Host>,
}

/// Make a key for an app's services, in place of the one before. What is secret of it is in the answer and nowhere else.
pub(super) fn new_key(app: &AppId, directory: &Path) -> Result<String, Failure> {
    let key = KeyPair::new_user();
    let seed = key.seed().map_err(|error| AppError::NatsKey(error.to_string()))?;
    let mut grants = Grants::read(directory)?;
    let host = grants.hosts.entry(app.as_str().to_owned()).or_default();
    host.user = Some(key.public_key());
    let consumers: Vec<String> = host.consumers.iter().cloned().collect();
    grants.write()?;
    let mut said = format!("NATS_NKEY_SEED={seed}\nNATS_API_PREFIX={HOST_API}\n");
    for name in consumers {
        said.push_str(&format!("# consumer {app}:{name}\n"));
    }
    Ok(said + "# It holds once nats-server has been restarted, one node after another\n")
}

/// Make a durable consumer in the log, and let the app's services at it.
pub(super) async fn new_consumer(wanted: &Consumer, nats: &NatsSettings) -> Result<String, Failure> {
    // What can not be written down is not made.
    let mut grants = Grants::read(&wanted.server_config)?;
    let options = nats.broker_options("mtchat app", CONNECT);
    let broker = Broker::connect(&options).await.map_err(Failure::Broker)?;
    let Consumer { app, name, .. } = wanted;
    make_host_consumer(&broker, app, name, wanted.from, &wanted.kinds, wanted.replace)
        .await
        .map_err(AppError::NatsConsumer)?;
    let host = grants.hosts.entry(app.as_str().to_owned()).or_default();
    host.consumers.insert(name.as_str().to_owned());
    let advice = if host.user.is_none() {
        format!("# {app} has no key yet: mtchat app nats-credentials {app}\n")
    } else {
        String::new()
    };
    grants.write()?;
    Ok(format!(
        "NATS_CONSUMER={}\n{advice}# It is open once nats-server has been restarted, one node after another\n",
        host_consumer(app, name)
    ))
}

impl Grants {
    fn read(directory: &Path) -> Result<Self, Failure> {
        let path = directory.join(RECORD);
        let hosts = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| AppError::NatsRecord {
                path,
                reason: error.to_string(),
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(Failure::io("read", path)(error)),
        };
        let directory = directory.to_owned();
        Ok(Self { directory, hosts })
    }

    /// An account for each app, and what the account of MTChat lets them call.
    fn configuration(&self) -> Result<(Map<String, Value>, Vec<Value>), Failure> {
        let (mut accounts, mut exports) = (Map::new(), Vec::new());
        for (app, host) in &self.hosts {
            let damaged = |reason: String| AppError::NatsRecord {
                path: self.directory.join(RECORD),
                reason,
            };
            let app = AppId::new(app).map_err(|error| damaged(error.to_string()))?;
            let names = host.consumers.iter().map(|name| name.parse::<ConsumerName>());
            let consumers = names
                .collect::<Result<BTreeSet<_>, _>>()
                .map_err(|error| damaged(error.to_string()))?;
            // Whoever has no key can not come in, so there is nothing to let in.
            if let Some(user) = &host.user {
                accounts.insert(app.as_str().to_owned(), host_account(&app, user, &consumers));
                exports.extend(host_exports(&app, &consumers));
            }
        }
        Ok((accounts, exports))
    }

    fn write(&self) -> Result<(), Failure> {
        let (accounts, exports) = self.configuration()?;
        fs::create_dir_all(&self.directory).map_err(Failure::io("make", &self.directory))?;
        self.write_one(ACCOUNTS, &Value::Object(accounts))?;
        self.write_one(EXPORTS, &json!({ "exports": exports }))?;
        self.write_one(RECORD, &json!(self.hosts))
    }

    /// nats-server may read at any moment, so it finds the old file or the new one.
    fn write_one(&self, name: &str, content: &Value) -> Result<(), Failure> {
        let (path, partial) = (
            self.directory.join(name),
            self.directory.join(format!(".{name}.partial")),
        );
        let write = || {
            let mut file = fs::File::create(&partial)?;
            // The server's configuration format contains JSON.
            writeln!(file, "{content:#}")?;
            file.sync_all()?;
            fs::rename(&partial, &path)
        };
        write().map_err(Failure::io("write", &path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_takes_the_place_of_the_old_one_and_nothing_secret_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let app = AppId::new("shop").unwrap();
        let keys: Vec<String> = (0..2)
            .map(|_| {
                let said = new_key(&app, directory.path()).unwrap();
                let line = said.lines().next().unwrap();
                line.strip_prefix("NATS_NKEY_SEED=").unwrap().to_owned()
            })
            .collect();
        assert_ne!(keys[0], keys[1]);
        let public = KeyPair::from_seed(&keys[1]).unwrap().public_key();
        let (accounts, _) = Grants::read(directory.path()).unwrap().configuration().unwrap();
        assert_eq!(accounts["shop"]["users"][0]["nkey"], public);
        for name in [RECORD, ACCOUNTS, EXPORTS] {
            let text = fs::read_to_string(directory.path().join(name)).unwrap();
            assert!(keys.iter().all(|seed| !text.contains(seed)), "{name}");
        }
    }

    #[test]
    fn a_damaged_record_is_told_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(RECORD);
        fs::write(&path, "{\"shop\":{\"keys\":[]}}").unwrap();
        assert!(new_key(&AppId::new("shop").unwrap(), directory.path()).is_err());
        assert!(fs::read_to_string(&path).unwrap().contains("keys"));
    }
}
