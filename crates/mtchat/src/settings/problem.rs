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
                write!(
                    formatter,
                    "the configuration can not be used, {} things are wrong:",
                    all.len()
                )?;
                all.iter()
                    .try_for_each(|problem| write!(formatter, "\n  - {problem}"))
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
            // The section's own name comes last there.
            if path.last().is_some_and(|last| last == section) {
                path.pop();
            }
            path.insert(0, section.to_owned());
            let key = path.join(".");
            match &error.kind {
                Kind::InvalidType(actual, expected) => {
                    format!("`{key}` must be {}, but is {}", plain(expected), kind_of(actual))
                }
                Kind::InvalidValue(_, expected) => format!("`{key}` must be {}", plain(expected)),
                Kind::UnknownField(field, known) => {
                    format!(
                        "`{section}` has no key `{field}`; its keys are {}",
                        known.join(", ")
                    )
                }
                Kind::UnknownVariant(_, known) => format!("`{key}` must be one of {}", known.join(", ")),
                Kind::Message(message) => format!("`{key}`: {message}"),
                other => format!("`{key}`: {other}"),
            }
        })
        .collect()
}

/// The names of Rust's types say nothing to an operator.
fn plain(expected: &str) -> &str {
    match expected {
        "u16" => "a whole number up to 65535",
        "a nonzero u32" | "a nonzero u64" => "a whole number, at least 1",
        "u32" | "u64" | "usize" => "a whole number, not negative",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a string" => "text",
        other => other,
    }
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
