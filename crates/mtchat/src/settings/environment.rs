use std::{collections::BTreeMap, fmt};

use figment::value::Value;

use super::{
    Layer,
    catalogue::{Kind, variables},
};

/// The environment, as far as it concerns us. An empty variable counts as not set: that is what templates make of a
/// missing value.
///
/// Which variables there are stands in the [catalogue](super::catalogue). Of those that existing deployments set, `REDIS_URL` is left
/// alone because nothing depends on it, and `RUST_LOG` is read by the logs themselves.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// What this process was started with.
    #[must_use]
    pub fn of_process() -> Self {
        let named = |(name, _, _): (&str, String, Kind)| {
            let value = std::env::var_os(name)?;
            // What is no text keeps its place, so that it is reported instead of overlooked.
            Some((name.to_owned(), value.to_string_lossy().into_owned()))
        };
        Self(variables().filter_map(named).collect())
    }

    /// What the variables set, and a sentence for each that can not be read.
    pub(super) fn read(&self) -> (Layer, Vec<String>) {
        let mut layer = Layer::default();
        let mut problems = Vec::new();
        for (name, key, kind) in variables() {
            let Some(text) = self
                .0
                .get(name)
                .map(|text| text.trim())
                .filter(|text| !text.is_empty())
            else {
                continue;
            };
            match value(kind, text) {
                Ok(Some(value)) => layer.put(&key, value),
                Ok(None) => {}
                Err(expected) => problems.push(format!("{name} must be {expected}")),
            }
        }
        problems.dedup();
        (layer, problems)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl fmt::Debug for Environment {
    /// The names only: values may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// The value, or what it should have been. The text itself is not repeated: it may be a secret in the wrong place.
fn value(kind: Kind, text: &str) -> Result<Option<Value>, &'static str> {
    Ok(Some(match kind {
        Kind::Flag => match text.to_ascii_lowercase().as_str() {
            "1" | "on" | "true" | "yes" => Value::from(true),
            "0" | "false" | "no" | "off" => Value::from(false),
            _ => return Err("`true` or `false`"),
        },
        Kind::List => {
            let items: Vec<&str> = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .collect();
            if items.is_empty() {
                return Ok(None);
            }
            Value::from(items)
        }
        Kind::Number => Value::from(text.parse::<u64>().map_err(|_| "a whole number, not negative")?),
        Kind::Single => Value::from(vec![text]),
        Kind::Text => Value::from(text),
    }))
}
