//! Reading JSON where every byte of program counts, in the page. serde_json reads the same and says more about what is wrong, but it
//! brings along the printing of floating-point numbers, a second way to read every structure (as an array) and a sentence for each
//! mistake: in a page that is a third of the program.

mod parts;
#[cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "only the page's program keeps JSON as text")
)]
mod raw;
mod reader;
mod strings;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::de::{self, DeserializeOwned};

/// JSON that is kept as it is and only handed on.
#[cfg(target_arch = "wasm32")]
pub use raw::RawJson as OpaqueJson;
/// JSON that is kept as it is and only handed on.
#[cfg(not(target_arch = "wasm32"))]
pub use serde_json::Value as OpaqueJson;

use reader::Reader;

/// How deep arrays and objects may stand in each other.
const DEEPEST: u8 = 100;

/// Something is not JSON, or not of the shape that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson {
    /// At which byte that showed.
    pub at: usize,
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not the JSON that is expected, at byte {}", self.at)
    }
}

impl std::error::Error for NotJson {}

/// Where that is, the reader knows.
impl de::Error for NotJson {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self { at: 0 }
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self { at: 0 }
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self { at: 0 }
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self { at: 0 }
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self { at: 0 }
    }

    fn missing_field(_: &'static str) -> Self {
        Self { at: 0 }
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self { at: 0 }
    }
}

/// Read a value from a text that holds nothing else. Structures are objects; an unknown field is passed over.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, NotJson> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|_| NotJson { at: reader.place() })
}
