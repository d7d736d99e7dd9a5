use std::{fmt::Write as _, io::IsTerminal};

use clap::Args;
use serde_json::json;

use super::{
    catalogue,
    metric::{Metric, Of, Values},
};

/// What `mtchat metrics` is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct MetricsArguments {
    /// As JSON, which is also what comes where nobody reads on a terminal
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// As the tables of the documentation
    #[arg(long)]
    markdown: bool,
}

/// Every metric, in words.
pub(crate) fn metrics(arguments: &MetricsArguments) -> String {
    if arguments.markdown {
        markdown()
    } else if arguments.json || !std::io::stdout().is_terminal() {
        json()
    } else {
        table()
    }
}

/// As JSON: a list of `{"name", "kind", "unit", "labels", "values", "help", "of"}`.
#[must_use]
pub fn json() -> String {
    let all: Vec<serde_json::Value> = catalogue()
        .map(|metric| {
            let labels: Vec<&str> = metric.labels.iter().map(|label| label.name).collect();
            let listed = metric.labels.iter().filter_map(|label| match label.values {
                Values::Listed(values) => Some((label.name.to_owned(), json!(values))),
                _ => None,
            });
            json!({
                "name": metric.name,
                "kind": metric.kind,
                "unit": metric.unit,
                "labels": labels,
                "values": listed.collect::<serde_json::Map<_, _>>(),
                "help": metric.help,
                "of": metric.of,
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

/// As the tables of the documentation: one for edges, one for workers, one for what both tell.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    for of in [Of::Edge, Of::Worker, Of::Both] {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(
            text,
            "{separator}| {} | kind | labels | meaning |\n|---|---|---|---|",
            word(of)
        );
        for metric in catalogue().filter(|metric| metric.of == of) {
            let labels: Vec<String> = metric
                .labels
                .iter()
                .map(|label| format!("`{}`: {}", label.name, label.values.in_words()))
                .collect();
            let (name, kind, help) = (metric.name, metric.kind.as_str(), metric.help);
            let _ = writeln!(text, "| `{name}` | {kind} | {} | {help} |", labels.join("; "));
        }
    }
    text
}

/// For people at a terminal.
fn table() -> String {
    let width = catalogue().map(|metric| metric.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for of in [Of::Edge, Of::Worker, Of::Both] {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{separator}{}", word(of).to_uppercase());
        for metric in catalogue().filter(|metric| metric.of == of) {
            let _ = writeln!(
                text,
                "  {:width$}  {:9}  {}",
                metric.name,
                metric.kind.as_str(),
                plain(metric)
            );
        }
    }
    text
}

/// Without what only Markdown needs, and with the names of the labels.
fn plain(metric: &Metric) -> String {
    let mut text = String::new();
    let mut rest = metric.help;
    // A link's address means nothing here.
    while let Some((before, after)) = rest.split_once("](") {
        text.push_str(&before.replacen('[', "", 1));
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    text.push_str(rest);
    let labels: Vec<&str> = metric.labels.iter().map(|label| label.name).collect();
    if labels.is_empty() {
        text
    } else {
        format!("{text} (by {})", labels.join(", "))
    }
}

const fn word(of: Of) -> &'static str {
    match of {
        Of::Both => "both",
        Of::Edge => "edge",
        Of::Worker => "worker",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_metric_is_a_line_of_every_form() {
        let read: Vec<serde_json::Value> = serde_json::from_str(&json()).unwrap();
        let (tables, people) = (markdown(), table());
        assert_eq!(read.len(), catalogue().count());
        for (metric, json) in catalogue().zip(&read) {
            assert_eq!(json["name"], metric.name);
            assert!(tables.contains(&format!("| `{}` |", metric.name)));
            assert!(people.contains(metric.name));
        }
        assert!(!people.contains("]("), "{people}");
        assert!(
            people.contains("what was refused for a limit (by of)"),
            "{people}"
        );
    }
}
