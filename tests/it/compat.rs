//! Recorded requests and answers of an existing client (`tests/compat/*.json`, written from the parity checklist), run
//! against a server: whoever relies on these shapes goes on working.
//!
//! A file is a list of steps `{as, method, path, headers?, body?, status, answer?}`. `as` is `host`, `nobody` or a user, with
//! scopes as `user@tenant`. In an answer `<uuid>`, `<ts>`, `<text>`, `<any>` stand for any such value, `<uuid:name>` also keeps it for
//! later paths, bodies and answers as `{name}`; objects may have fields that the file does not name (fields are added, never removed), unless
//! it says `"<exact>": true`; lists are complete.

use std::{collections::HashMap, path::Path};

use http::Method;
use mtchat_protocol::Timestamp;
use mtchat_tests::{ADMIN_TOKEN, ApiDocument, System, token};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(rename = "as")]
    who: String,
    method: String,
    path: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    #[serde(default)]
    body: Option<Value>,
    status: u16,
    #[serde(default)]
    answer: Option<Value>,
}

#[derive(Default)]
struct Kept(HashMap<String, String>);

impl Kept {
    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }

    /// Where the answer is not as it should be; keeps what the file asks to keep.
    fn compare(&mut self, at: &str, expected: &Value, found: &Value) -> Result<(), String> {
        match (expected, found) {
            (Value::String(pattern), found) if pattern.starts_with('<') => self.pattern(at, pattern, found),
            (Value::String(text), Value::String(found)) if self.fill(text) == *found => Ok(()),
            (Value::Object(expected), Value::Object(found)) => self.objects(at, expected, found),
            (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
                for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
                    self.compare(&format!("{at}[{index}]"), expected, found)?;
                }
                Ok(())
            }
            (expected, found) if expected == found => Ok(()),
            _ => Err(format!("{at}: expected {expected}, found {found}")),
        }
    }

    fn objects(
        &mut self,
        at: &str,
        expected: &Map<String, Value>,
        found: &Map<String, Value>,
    ) -> Result<(), String> {
        let exact = expected.contains_key("<exact>");
        for (name, expected) in expected.iter().filter(|(name, _)| *name != "<exact>") {
            let at = format!("{at}.{name}");
            match found.get(name) {
                None if expected == "<absent>" => {}
                None => return Err(format!("{at} is missing")),
                Some(found) => self.compare(&at, expected, found)?,
            }
        }
        let more = found.keys().find(|name| exact && !expected.contains_key(*name));
        more.map_or(Ok(()), |name| Err(format!("{at}.{name} is not expected")))
    }

    fn pattern(&mut self, at: &str, pattern: &str, found: &Value) -> Result<(), String> {
        let pattern = pattern.trim_matches(['<', '>']);
        let (kind, name) = pattern
            .split_once(':')
            .map_or((pattern, None), |(kind, name)| (kind, Some(name)));
        let text = found.as_str().unwrap_or_default();
        let fits = match kind {
            "any" => true,
            "text" => found.is_string(),
            "ts" => serde_json::from_value::<Timestamp>(found.clone()).is_ok() && text.ends_with('Z'),
            "uuid" => Uuid::try_parse(text).is_ok_and(|id| id.hyphenated().to_string() == text),
            _ => return Err(format!("{at}: {pattern} is no pattern")),
        };
        if !fits {
            return Err(format!("{at}: {found} is no {kind}"));
        }
        if let Some(name) = name {
            self.0.insert(name.to_owned(), text.to_owned());
        }
        Ok(())
    }
}

fn bearer(who: &str) -> Option<String> {
    match who.split_once('@') {
        _ if who == "nobody" => None,
        _ if who == "host" => Some(ADMIN_TOKEN.to_owned()),
        Some((user, tenant)) => Some(token::scoped(user, &[tenant])),
        None => Some(token::of(who)),
    }
}

async fn replay(system: &System, document: &ApiDocument, name: &str, steps: &[Step]) -> Result<(), String> {
    let mut kept = Kept::default();
    let run = Uuid::now_v7().to_string();
    kept.0.insert("run".to_owned(), run);
    for (number, step) in (1..).zip(steps) {
        let said =
            |trouble: String| format!("{name}, step {number}: {} {}: {trouble}", step.method, step.path);
        let bearer = bearer(&kept.fill(&step.who)).map(|token| format!("Bearer {token}"));
        let mut headers: Vec<(&str, &str)> = step
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
        if step.body.is_some() {
            headers.push(("Content-Type", "application/json"));
        }
        let body = step
            .body
            .as_ref()
            .map_or_else(String::new, |body| kept.fill(&body.to_string()));
        let url = system.edge(0).url(&kept.fill(&step.path));
        let method: Method = step.method.parse().map_err(|_| said("no method".to_owned()))?;
        let answer = system.http().ask(method, &url, &headers, body).await;
        let answer = answer.map_err(|error| said(format!("{error:?}")))?;
        if answer.status.as_u16() != step.status {
            return Err(said(format!("{answer}, expected {}", step.status)));
        }
        let judged = document.judge(&step.method, &kept.fill(&step.path), step.status, &answer.body);
        if let Some(wrong) = judged {
            return Err(said(format!("not as the description says: {wrong}; {answer}")));
        }
        match &step.answer {
            None => {}
            Some(Value::Null) if answer.body.is_empty() => {}
            Some(expected) => {
                let found: Value = serde_json::from_slice(&answer.body)
                    .map_err(|error| said(format!("{error} in {answer}")))?;
                kept.compare("answer", expected, &found).map_err(said)?;
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_existing_client_gets_the_answers_that_it_knows() {
    let system = System::start().await;
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("compat");
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .expect("the recordings are there")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let document = ApiDocument::generated();
    let mut wrong = Vec::new();
    for file in &files {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file).expect("a recording can be read");
        let steps: Vec<Step> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!steps.is_empty(), "{name} is empty");
        wrong.extend(replay(&system, &document, &name, &steps).await.err());
    }
    assert!(files.len() >= 5, "recordings are missing");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_different_answer_is_noticed() {
    let differs = |expected: &str, found: &str| {
        let value = |text: &str| serde_json::from_str(text).unwrap();
        Kept::default()
            .compare("answer", &value(expected), &value(found))
            .is_err()
    };
    assert!(!differs(
        r#"{"a":"<uuid>"}"#,
        r#"{"a":"0199a9ae-0000-7000-8000-000000000000","b":1}"#
    ));
    assert!(differs(
        r#"{"a":"<uuid>"}"#,
        r#"{"a":"0199A9AE-0000-7000-8000-000000000000"}"#
    ));
    assert!(differs(r#"{"a":"<ts>"}"#, r#"{"a":"yesterday"}"#));
    assert!(differs(r#"{"a":1}"#, r#"{"a":"1"}"#));
    assert!(differs(r#"{"a":null}"#, "{}"));
    assert!(differs("[1]", "[1,2]"));
    assert!(differs(r#"{"<exact>":true,"a":1}"#, r#"{"a":1,"b":2}"#));
    assert!(differs(r#"{"a":"<absent>"}"#, r#"{"a":1}"#));
}
