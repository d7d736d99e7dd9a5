use std::fmt;

use figment::error::{Actual, Kind};

/// The configuration can not be used. Holds everything that is wrong with it, not only the first thing.
#[derive(Debug, thiserror::Error)]
pub struct SettingsError {
    /// One sentence for each thing that is wrong.
    pub problems: Vec<String>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [only] => write!(formatter, "the configuration can not be used: {only}"),
            all => {
                write!(formatter, "the configuration can not be used, {} things are wrong:", all.len())?;
                all.iter().try_for_each(|problem| write!(formatter, "\n  - {problem}"))
            }
        }
    }
}

/// What figment says, without the value: it may be a secret.
pub(super) fn in_words(error: figment::Error, section: &str) -> Vec<String> {
    error
        .into_iter()
        .map(|error| {
            let mut path = error.path.clone();
            if path.first().is_none_or(|first| first != section) {
                path.insert(0, section.to_owned());
            }
            let key = path.join(".");
            match &error.kind {
                Kind::InvalidType(actual, expected) => {
                    format!("`{key}` must be {expected}, but is {}", kind_of(actual))
                }
                Kind::InvalidValue(_, expected) => format!("`{key}` must be {expected}"),
                Kind::UnknownField(field, known) => {
                    format!("`{section}` has no key `{field}`; its keys are {}", known.join(", "))
                }
                Kind::UnknownVariant(_, known) => format!("`{key}` must be one of {}", known.join(", ")),
                Kind::Message(message) => format!("`{key}`: {message}"),
                other => format!("`{key}`: {other}"),
            }
        })
        .collect()
}

fn kind_of(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) => "a number",
        Actual::Char(_) | Actual::Str(_) => "text",
        Actual::Seq => "a list",
        Actual::Map => "a table",
        Actual::Bytes(_)
        | Actual::Unit
        | Actual::Option
        | Actual::NewtypeStruct
        | Actual::Enum
        | Actual::UnitVariant
        | Actual::NewtypeVariant
        | Actual::TupleVariant
        | Actual::StructVariant
        | Actual::Other(_) => "something else",
    }
}
