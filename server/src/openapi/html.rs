use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::openapi::OpenApi;

const STYLE: &str = include_str!("page.css");

/// The description as a page: needs no script, asks nobody else for anything, and may do nothing but show itself.
pub(super) struct Page {
    pub(super) bytes: Bytes,
    /// Its Content-Security-Policy.
    pub(super) policy: String,
}

impl Page {
    pub(super) fn of(document: &OpenApi) -> Self {
        let document = serde_json::to_value(document).unwrap_or_default();
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        Self {
            bytes: Bytes::from(render(&document)),
            policy: format!(
                "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
        }
    }
}

fn render(document: &Value) -> String {
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} API</title><style>{STYLE}</style></head><body><header><h1>{title} <small>{version}</small></h1><p>{about}</p>\
         <p><a href=\"openapi.json\">openapi.json</a></p></header>",
        title = text(&document["info"]["title"]),
        version = text(&document["info"]["version"]),
        about = text(&document["info"]["description"]),
    );
    let sections = sections(document);
    html.push_str("<nav><ul>");
    for (tag, _) in &sections {
        let _ = write!(html, "<li><a href=\"#{}\">{}</a></li>", anchor(tag), escaped(tag));
    }
    html.push_str("<li><a href=\"#schemas\">Schemas</a></li></ul></nav><main>");
    for (tag, operations) in &sections {
        let _ = write!(html, "<section id=\"{}\"><h2>{}</h2>", anchor(tag), escaped(tag));
        for (path, method, operation) in operations {
            show_operation(&mut html, path, method, operation);
        }
        html.push_str("</section>");
    }
    html.push_str("<section id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let json = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            html,
            "<details id=\"schema-{id}\"><summary><code>{name}</code> {about}</summary><pre>{json}</pre></details>",
            id = anchor(name),
            name = escaped(name),
            about = text(&schema["description"]),
            json = escaped(&json),
        );
    }
    html.push_str("</section></main></body></html>");
    html
}

type Operation<'a> = (&'a str, &'a str, &'a Value);

/// The operations by their first tag, in the order of the tags' names.
fn sections(document: &Value) -> Vec<(String, Vec<Operation<'_>>)> {
    let mut sections: Vec<(String, Vec<Operation<'_>>)> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(tag) = operation["tags"][0].as_str() else {
                continue;
            };
            match sections.iter_mut().find(|(known, _)| known == tag) {
                Some((_, operations)) => operations.push((path, method, operation)),
                None => sections.push((tag.to_owned(), vec![(path, method, operation)])),
            }
        }
    }
    sections.sort_by(|a, b| a.0.cmp(&b.0));
    sections
}

fn show_operation(html: &mut String, path: &str, method: &str, operation: &Value) {
    let _ = write!(
        html,
        "<details id=\"{id}\"><summary><b class=\"{method}\">{shouted}</b> <code>{path}</code> {summary}</summary><p>{about}</p><p>{who}</p>",
        id = text(&operation["operationId"]),
        method = escaped(method),
        shouted = escaped(&method.to_uppercase()),
        path = escaped(path),
        summary = text(&operation["summary"]),
        about = text(&operation["description"]),
        who = who(operation),
    );
    let parameters = operation["parameters"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if !parameters.is_empty() {
        html.push_str("<table><caption>Parameters</caption>");
        for parameter in parameters {
            let needed = if parameter["required"] == true {
                ""
            } else {
                ", optional"
            };
            let _ = write!(
                html,
                "<tr><td><code>{}</code></td><td>{}{needed}</td><td>{}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                kind(&parameter["schema"]),
                text(&parameter["description"]),
            );
        }
        html.push_str("</table>");
    }
    for (content, body) in operation["requestBody"]["content"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let _ = write!(
            html,
            "<p>Body: {} <small>{}</small></p>",
            kind(&body["schema"]),
            escaped(content)
        );
    }
    html.push_str("<table><caption>Answers</caption>");
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let bodies = response["content"].as_object().into_iter().flatten();
        let bodies: Vec<String> = bodies.map(|(_, body)| kind(&body["schema"])).collect();
        let _ = write!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(status),
            bodies.join(", "),
            text(&response["description"]),
        );
    }
    html.push_str("</table></details>");
}

fn who(operation: &Value) -> &'static str {
    let schemes = operation["security"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let needs = |scheme: &str| schemes.iter().any(|one| one.get(scheme).is_some());
    match (needs("host"), needs("user")) {
        (true, _) => "For hosts.",
        (false, true) => "For users.",
        (false, false) => "For everybody.",
    }
}

/// A schema in a few words, with a link where it has a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next())
    {
        return format!("<a href=\"#schema-{}\">{}</a>", anchor(name), escaped(name));
    }
    if let Some(items) = schema.get("items") {
        return format!("list of {}", kind(items));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(one) => escaped(one),
        Value::Array(several) => several.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    }
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn anchor(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
