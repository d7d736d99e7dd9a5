use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeStruct};

use super::reader::RAW;

/// JSON as its text.
#[allow(unreachable_pub, reason = "only the page's program hands it on")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawJson(String);

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = RawJson;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<RawJson, E> {
                Ok(RawJson(text.to_owned()))
            }
        }
        deserializer.deserialize_newtype_struct(RAW, Visitor)
    }
}

/// Under this name serde_json's writer takes a text as it is, as it does for its own `RawValue`; that one can only be had from its
/// reader. A test holds it.
const AS_IT_IS: &str = "$serde_json::private::RawValue";

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = serializer.serialize_struct(AS_IT_IS, 1)?;
        text.serialize_field(AS_IT_IS, &self.0)?;
        text.end()
    }
}
