//! The description of the API, as whoever checks answers against it reads it.

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The checked-in or generated description.
#[derive(Debug, Clone)]
pub struct ApiDocument(Value);

impl ApiDocument {
    /// What this build says.
    pub fn generated() -> Self {
        let json = mtchat::openapi_json();
        Self(serde_json::from_str(&json).expect("the description is JSON"))
    }

    /// Every operation: method in capitals, path, and what is said of it.
    pub fn operations(&self) -> impl Iterator<Item = (String, &str, &Value)> {
        let paths = self.0["paths"].as_object().expect("there are paths");
        paths.iter().flat_map(|(path, item)| {
            let item = item.as_object().expect("a path has operations");
            item.iter()
                .map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
        })
    }

    /// What is wrong with an answer; nothing when it is as described. Fields that the description does not name are wrong here,
    /// though clients ignore them.
    pub fn judge(&self, method: &str, path: &str, status: u16, body: &[u8]) -> Option<String> {
        let path = path.split('?').next().unwrap_or_default();
        let found = self
            .operations()
            .find(|(known, template, _)| known == method && fits(template, path));
        // What there is not is not described either.
        let (_, _, operation) = found?;
        let Some(response) = operation["responses"].get(status.to_string()) else {
            return Some(format!("{status} is not described"));
        };
        let Some(schema) = response["content"]["application/json"].get("schema") else {
            let bodiless = response.get("content").is_none();
            return (bodiless && !body.is_empty()).then(|| "a body is not described".to_owned());
        };
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Some("the body is no JSON".to_owned());
        };
        let validator = Validator::new(&self.strict(schema)).expect("a sound schema");
        let wrong: Vec<String> = validator
            .iter_errors(&body)
            .map(|error| format!("{} at {}", error, error.instance_path()))
            .collect();
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }

    /// A schema without references that lets no further fields through.
    fn strict(&self, schema: &Value) -> Value {
        let mut schema = self.inlined(schema);
        close(&mut schema, true);
        schema
    }

    fn inlined(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(object) => match object.get("$ref").and_then(Value::as_str) {
                Some(reference) => {
                    let place = reference.strip_prefix('#').expect("a reference within");
                    self.inlined(self.0.pointer(place).expect("what is referred to is there"))
                }
                None => object
                    .iter()
                    .map(|(name, value)| (name.clone(), self.inlined(value)))
                    .collect::<Map<_, _>>()
                    .into(),
            },
            Value::Array(list) => list.iter().map(|one| self.inlined(one)).collect(),
            other => other.clone(),
        }
    }
}

/// Parts of `allOf` see only their own fields, so the whole is closed and not its parts.
fn close(schema: &mut Value, whole: bool) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    let is_object = object.contains_key("properties") || object.contains_key("allOf");
    for (name, part) in object.iter_mut() {
        match (name.as_str(), part) {
            ("properties", Value::Object(properties)) => {
                properties.values_mut().for_each(|property| close(property, true));
            }
            ("allOf", Value::Array(parts)) => parts.iter_mut().for_each(|part| close(part, false)),
            ("oneOf" | "anyOf", Value::Array(parts)) => parts.iter_mut().for_each(|part| close(part, true)),
            ("items", part) => close(part, true),
            _ => {}
        }
    }
    if whole && is_object {
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(expected, found)| expected.starts_with('{') || expected == found)
}
