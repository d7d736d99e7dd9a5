//! Schemas of the log's facts, for the description of what hosts read there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Actor, Head, SCHEMA_VERSION, fact::data_schemas, openapi::with_its_parts};

/// The shape of every kind of fact.
#[derive(Debug, Clone, PartialEq)]
pub struct FactSchemas {
    /// Envelope and data of each kind, by its word.
    pub kinds: BTreeMap<&'static str, Value>,
    /// What they refer to as `#/components/schemas/<name>`.
    pub parts: BTreeMap<String, Value>,
}

/// Put together from the types.
pub fn fact_schemas() -> FactSchemas {
    let mut parts = with_its_parts::<Head>();
    parts.extend(with_its_parts::<Actor>());
    let mut kinds = BTreeMap::new();
    for (kind, schemas) in data_schemas() {
        if let Some((data, _)) = schemas.first() {
            kinds.insert(kind, envelope(kind, data));
        }
        parts.extend(schemas);
    }
    let parts = parts.into_iter().map(|(name, schema)| {
        // It is made of strings and lists, which JSON can not refuse.
        let mut schema = serde_json::to_value(schema).unwrap_or_default();
        without_links(&mut schema);
        (name, schema)
    });
    let parts = parts.collect();
    FactSchemas { kinds, parts }
}

/// Further fields may come within a version, so none is forbidden.
fn envelope(kind: &str, data: &str) -> Value {
    let part = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let uuid = |about: &str| json!({ "type": "string", "format": "uuid", "description": about });
    json!({
        "type": "object",
        "required": ["v", "id", "app", "dialog", "seq", "kind", "at", "actor", "head", "data"],
        "properties": {
            "v": { "const": SCHEMA_VERSION, "description": "Version of this shape." },
            "id": uuid("The fact's id, unique in its dialog; of `message_created` the message's."),
            "app": { "type": "string", "description": "The app." },
            "dialog": uuid("The dialog."),
            "seq": {
                "type": "integer",
                "minimum": 0,
                "description": "The number of the dialog's last ordered fact; of an ordered fact its own.",
            },
            "kind": { "const": kind },
            "at": { "type": "string", "format": "date-time", "description": "When it was decided." },
            "actor": part("Actor"),
            "head": part("Head"),
            "data": part(data),
        },
    })
}

/// Descriptions come from the source, where names are links.
fn without_links(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "description" => *text = plain(text),
                    other => without_links(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_links),
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::String(_) => {}
    }
}

fn plain(text: &str) -> String {
    let mut parts = text.split("](");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    plain.replace("[`", "`").replace("`]", "`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_referred_to_is_there() {
        let FactSchemas { kinds, parts } = fact_schemas();
        let text = json!([kinds, parts]).to_string();
        let mut referred = text.split("#/components/schemas/").skip(1);
        assert!(referred.all(|rest| {
            let name = rest.split('"').next().unwrap_or_default();
            parts.contains_key(name)
        }));
        assert!(kinds.contains_key("message_created") && parts.contains_key("Member"));
    }

    #[test]
    fn links_of_the_source_are_words() {
        assert_eq!(
            plain("Data of [`A::B`](crate::A::B), and [`C`]."),
            "Data of `A::B`, and `C`."
        );
    }
}
