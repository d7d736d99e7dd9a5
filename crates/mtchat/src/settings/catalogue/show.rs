use std::{fmt::Write as _, io::IsTerminal};

use clap::Args;
use serde_json::json;

use super::{Default, SECTIONS, Section, Setting};

/// Lines of comments in the example are no longer than this.
const WIDTH: usize = 118;

/// What `mtchat settings` is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct SettingsArguments {
    /// As JSON, which is also what comes where nobody reads on a terminal
    #[arg(long, conflicts_with_all = ["markdown", "example"])]
    json: bool,
    /// As the tables of the documentation
    #[arg(long, conflicts_with = "example")]
    markdown: bool,
    /// As a TOML file with every key, its default and its meaning
    #[arg(long)]
    example: bool,
}

/// Everything that can be set, in words.
pub(crate) fn settings(arguments: &SettingsArguments) -> String {
    if arguments.example {
        example()
    } else if arguments.markdown {
        markdown()
    } else if arguments.json || !std::io::stdout().is_terminal() {
        json()
    } else {
        table()
    }
}

/// As JSON: a list of `{"section", "key", "variables", "default", "meaning"}`; `default` is null where nothing holds.
#[must_use]
pub fn json() -> String {
    let all: Vec<serde_json::Value> = each()
        .map(|(section, setting)| {
            let default = match setting.default {
                Default::Is { toml, .. } => value(toml),
                Default::Unset { .. } => serde_json::Value::Null,
            };
            json!({
                "section": section.name,
                "key": setting.key,
                "variables": setting.variables().collect::<Vec<_>>(),
                "default": default,
                "meaning": without_links(setting.meaning),
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
    text.push('\n');
    text
}

/// As tables with headings.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    for section in SECTIONS {
        let heading = if section.name.is_empty() {
            "general"
        } else {
            section.name
        };
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(
            text,
            "{separator}## {heading}\n\n{}",
            section_markdown(section).trim_end()
        );
    }
    text
}

/// The table of one section.
#[must_use]
pub fn section_markdown(section: &Section) -> String {
    let key = if section.name.is_empty() {
        "key".to_owned()
    } else {
        format!("key `{}.`", section.name)
    };
    let mut text = format!("| variable | {key} | default | meaning |\n|---|---|---|---|\n");
    for setting in section.settings {
        let variables: Vec<String> = setting.variables().map(|name| format!("`{name}`")).collect();
        let variables = if variables.is_empty() {
            "–".to_owned()
        } else {
            variables.join(" or ")
        };
        let (default, meaning) = (default_markdown(setting), setting.meaning);
        let _ = writeln!(
            text,
            "| {variables} | `{}` | {default} | {meaning} |",
            setting.key
        );
    }
    text
}

fn default_markdown(setting: &Setting) -> String {
    let (toml, which_is) = match setting.default {
        Default::Is { toml, which_is } => (toml, which_is),
        Default::Unset { instead: "", .. } => return "–".to_owned(),
        Default::Unset { instead, .. } => return instead.to_owned(),
    };
    let default = match value(toml) {
        serde_json::Value::String(text) => format!("`{text}`"),
        serde_json::Value::Array(items) if items.is_empty() => "–".to_owned(),
        serde_json::Value::Array(items) => {
            let items: Vec<&str> = items.iter().filter_map(serde_json::Value::as_str).collect();
            format!("`{}`", items.join(","))
        }
        other => other.to_string(),
    };
    if which_is.is_empty() {
        default
    } else {
        format!("{default} ({which_is})")
    }
}

/// The example file: valid as it is, and the same as no file at all.
#[must_use]
pub fn example() -> String {
    let mut text = String::from(
        "# Every setting of MTChat with its default, as `mtchat settings --example` prints it. Read with `--config FILE` or\n\
         # MTCHAT_CONFIG; a variable of the environment, named with each key that has one, wins over this file. Unknown keys\n\
         # are errors.\n",
    );
    for section in SECTIONS {
        text.push('\n');
        if !section.name.is_empty() {
            comment(&mut text, &capitalised(section.about));
            let _ = writeln!(text, "[{}]", section.name);
        }
        for setting in section.settings {
            let names: Vec<&str> = setting.variables().collect();
            let mut meaning = capitalised(&without_links(setting.meaning));
            if let Default::Unset { instead, .. } = setting.default
                && !instead.is_empty()
            {
                let _ = write!(meaning, ". Unless set: {instead}");
            }
            if !names.is_empty() {
                let _ = write!(meaning, ". {}", names.join(" or "));
            }
            comment(&mut text, &meaning);
            let _ = match setting.default {
                Default::Is { toml, which_is: "" } => writeln!(text, "{} = {toml}", setting.key),
                Default::Is { toml, which_is } => writeln!(text, "{} = {toml} # {which_is}", setting.key),
                Default::Unset { example, .. } => writeln!(text, "# {} = {example}", setting.key),
            };
        }
    }
    text
}

/// For people at a terminal.
fn table() -> String {
    let mut text = String::new();
    for section in SECTIONS {
        let separator = if text.is_empty() { "" } else { "\n" };
        let name = if section.name.is_empty() {
            String::new()
        } else {
            format!("[{}] ", section.name)
        };
        let _ = writeln!(text, "{separator}{name}{}", section.about);
        for setting in section.settings {
            let default = match setting.default {
                Default::Is { toml, .. } => toml.to_owned(),
                Default::Unset { instead: "", .. } => "not set".to_owned(),
                Default::Unset { instead, .. } => instead.to_owned(),
            };
            let names: Vec<&str> = setting.variables().collect();
            let _ = writeln!(text, "  {} = {default}  {}", setting.key, names.join(", "));
            wrapped(&without_links(setting.meaning), WIDTH - 6)
                .iter()
                .for_each(|line| {
                    let _ = writeln!(text, "      {line}");
                });
        }
    }
    text
}

fn each() -> impl Iterator<Item = (&'static Section, &'static Setting)> {
    SECTIONS
        .iter()
        .flat_map(|section| section.settings.iter().map(move |setting| (section, setting)))
}

/// What TOML writes here is JSON as well: text, numbers, truths, and lists of text.
fn value(toml: &str) -> serde_json::Value {
    serde_json::from_str(toml).unwrap_or_default()
}

fn comment(text: &mut String, words: &str) {
    for line in wrapped(words, WIDTH - 2) {
        let _ = writeln!(text, "# {line}");
    }
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Links lead to places of the documentation: what remains are the words.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        match before.rsplit_once('[') {
            Some((lead, words)) => plain.extend([lead, words]),
            None => plain.push_str(before),
        }
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let Some(line) = lines.last_mut() else { continue };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_can_be_read() {
        for (section, setting) in each() {
            let (Default::Is { toml, .. } | Default::Unset { example: toml, .. }) = setting.default;
            let path = section.path(setting);
            assert!(!value(toml).is_null(), "{path} = {toml}");
            assert!(
                !setting.meaning.is_empty() && !setting.meaning.ends_with('.'),
                "{path}"
            );
        }
    }

    #[test]
    fn words_remain_of_links_and_lines_are_not_too_long() {
        assert_eq!(without_links("see [a b](c.md#d), [e](f)."), "see a b, e.");
        assert!(
            example()
                .lines()
                .all(|line| !line.starts_with('#') || line.chars().count() <= WIDTH)
        );
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
    }
}
