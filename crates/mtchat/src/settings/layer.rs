use std::fmt;

use figment::{
    Metadata, Profile, Provider,
    value::{Dict, Map, Value},
};

/// Some settings, to be laid over or under others.
#[derive(Clone, Default)]
pub struct Layer(Dict);

impl Layer {
    /// With this one too; the key is `section.name`, or the name alone for what stands outside of sections.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.put(key, value.into());
        self
    }

    /// With this one too, if there is one.
    #[must_use]
    pub fn with_some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(super) fn put(&mut self, key: &str, value: Value) {
        let Some((section, name)) = key.split_once('.') else {
            self.0.insert(key.to_owned(), value);
            return;
        };
        let section = self
            .0
            .entry(section.to_owned())
            .or_insert_with(|| Value::from(Dict::new()));
        if let Value::Dict(_, fields) = section {
            fields.insert(name.to_owned(), value);
        }
    }
}

impl fmt::Debug for Layer {
    /// The sections only: values may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named("mtchat")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.0.clone()))
    }
}
