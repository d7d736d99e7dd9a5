//! Accounts of apps whose services may come.

use std::fs;
use std::io;
use std::path::Path;

use mtchat_nats::SERVICE_ACCOUNT;
use serde_json::{Map, Value, json};

use crate::embedded::EmbeddedError;

/// Who comes without saying who they are: MTChat's own parts, on this machine.
const OWN: &str = "mtchat";
/// Where JetStream keeps what belongs to no named account.
const NAMELESS: &str = "$G";

/// What the files of a directory grant.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    accounts: Map<String, Value>,
    exports: Value,
}

impl Hosts {
    /// Read the files; without them nothing is granted.
    pub(super) fn read(directory: &Path) -> Result<Self, EmbeddedError> {
        let accounts = match read_json(&directory.join("accounts.conf"))? {
            Value::Object(accounts) => accounts,
            _ => Map::new(),
        };
        let mut exports = read_json(&directory.join("exports.conf"))?;
        let exports = exports.get_mut("exports").map(Value::take).unwrap_or_default();
        Ok(Self { accounts, exports })
    }

    pub(super) fn add_to(self, configuration: &mut Value) {
        let mut accounts = self.accounts;
        let own = json!({
            "jetstream": "enabled",
            // Nobody needs the password, and the server has no users without one.
            "users": [{ "user": OWN, "password": OWN }],
            "exports": self.exports.as_array().cloned().unwrap_or_default(),
        });
        accounts.insert(SERVICE_ACCOUNT.to_owned(), own);
        configuration["accounts"] = Value::Object(accounts);
        configuration["no_auth_user"] = Value::from(OWN);
    }
}

/// A server that had no accounts before keeps what it has: its streams go to the account of MTChat.
pub(super) fn take_over(store_dir: &Path) -> Result<(), EmbeddedError> {
    // The server puts a directory of this name into the one that it is given.
    let store = store_dir.join("jetstream").join("jetstream");
    let (nameless, own) = (store.join(NAMELESS), store.join(SERVICE_ACCOUNT));
    if own.exists() || !nameless.exists() {
        return Ok(());
    }
    fs::rename(&nameless, &own).map_err(EmbeddedError::io("move", &nameless))
}

fn read_json(path: &Path) -> Result<Value, EmbeddedError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map_err(|error| EmbeddedError::io("read", path)(io::Error::other(error))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(json!({})),
        Err(error) => Err(EmbeddedError::io("read", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_stand_beside_the_account_of_mtchat() {
        let directory = tempfile::tempdir().unwrap();
        let mut configuration = json!({});
        Hosts::read(directory.path()).unwrap().add_to(&mut configuration);
        assert_eq!(configuration["accounts"].as_object().unwrap().len(), 1);
        fs::write(directory.path().join("accounts.conf"), r#"{"shop":{"users":[]}}"#).unwrap();
        fs::write(
            directory.path().join("exports.conf"),
            r#"{"exports":[{"service":"a"}]}"#,
        )
        .unwrap();
        Hosts::read(directory.path()).unwrap().add_to(&mut configuration);
        assert_eq!(configuration["accounts"]["shop"], json!({ "users": [] }));
        assert_eq!(configuration["accounts"]["MTCHAT"]["exports"][0]["service"], "a");
    }
}
