use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use mtchat_protocol::{Invalid, MessageText, Reason, RichText};

use super::{complexity, href};

/// A longer result than any honest message has; entities may make the text up to six times as long.
const MOST_BYTES: usize = 320 * 1024;

/// How often what is cleaned may be cleaned again until nothing changes. Honest texts need one round.
const MOST_ROUNDS: usize = 4;

/// The longest name of a programming language in `language-…`.
const LONGEST_LANGUAGE: usize = 32;

const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "em",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strike",
    "strong",
    "u",
    "ul",
];

/// Make HTML safe to show: only what the allow-list names stays, of everything else the text. Doing it again changes nothing.
pub fn sanitise(text: &MessageText) -> Result<RichText, Invalid> {
    let text = text.as_str();
    // Most messages are plain text and come out as they went in.
    if !text
        .bytes()
        .any(|byte| matches!(byte, b'<' | b'>' | b'&' | b'\0' | b'\r'))
    {
        return Ok(RichText::sanitised(text));
    }
    // Without a single `>` no tag ever ends, so `<` is only a sign here, and the parser must not eat the rest.
    let text = if text.contains('>') {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.replace('<', "&lt;"))
    };
    if !complexity::is_bearable(&text) {
        return Err(too_complex());
    }
    let mut clean = round(&text);
    for _ in 0..MOST_ROUNDS {
        if clean.len() > MOST_BYTES {
            return Err(too_complex());
        }
        if !clean.contains('<') {
            return Ok(RichText::sanitised(&clean));
        }
        let again = round(&clean);
        if again == clean {
            return Ok(RichText::sanitised(&clean));
        }
        clean = again;
    }
    // It never comes to rest, so it was made to be read differently each time.
    Err(too_complex())
}

/// Whether there is nothing to see.
pub fn is_blank(content: &RichText) -> bool {
    let mut text = content.as_str();
    while let Some(first) = text.chars().next() {
        let seen = if first == '<' {
            // In sanitised text `<` begins a tag and `>` ends it, for in values and in text they are entities.
            text.find('>').map_or(text.len(), |end| end + 1)
        } else if text.starts_with("&nbsp;") {
            "&nbsp;".len()
        } else if first.is_whitespace() || first.is_control() || href::is_invisible(first) {
            first.len_utf8()
        } else {
            return false;
        };
        text = &text[seen..];
    }
    true
}

fn too_complex() -> Invalid {
    Invalid::new("content", Reason::Malformed("simpler HTML"))
}

fn round(text: &str) -> String {
    keep_first_newlines(CLEANER.clean(text).to_string())
}

/// The parser drops a newline right after `<pre>`, and the serialiser does not put it back; without this each round would eat one.
fn keep_first_newlines(html: String) -> String {
    let mut kept = String::new();
    let mut rest = html.as_str();
    while let Some(start) = rest.find("<pre") {
        let Some(end) = rest[start..].find('>').map(|end| start + end + 1) else {
            break;
        };
        kept.push_str(&rest[..end]);
        rest = &rest[end..];
        if rest.starts_with('\n') {
            kept.push('\n');
        }
    }
    if kept.is_empty() {
        return html;
    }
    kept.push_str(rest);
    kept
}

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let set = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let attributes = HashMap::from([
        ("a", set(&["href", "target"])),
        ("code", set(&["class"])),
        ("pre", set(&["class"])),
        (
            "span",
            set(&["class", "data-id", "data-label", "data-mention", "data-type"]),
        ),
    ]);
    let mut cleaner = Builder::empty();
    cleaner
        .tags(set(TAGS))
        .tag_attributes(attributes)
        .generic_attributes(HashSet::new())
        .clean_content_tags(set(&["script", "style"]))
        .url_schemes(set(&["http", "https"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow ugc"))
        .strip_comments(true)
        .attribute_filter(attribute);
    cleaner
});

/// The value that an attribute of the allow-list keeps, if any.
fn attribute<'a>(tag: &str, name: &str, value: &'a str) -> Option<Cow<'a, str>> {
    match name {
        "href" => {
            let value = value.trim_ascii();
            href::is_honest(value).then_some(Cow::Borrowed(value))
        }
        "target" => (value == "_blank").then_some(Cow::Borrowed(value)),
        "class" => {
            let kept: Vec<&str> = value
                .split_ascii_whitespace()
                .filter(|class| is_known_class(tag, class))
                .collect();
            (!kept.is_empty()).then(|| Cow::Owned(kept.join(" ")))
        }
        _ => Some(Cow::Borrowed(value)),
    }
}

fn is_known_class(tag: &str, class: &str) -> bool {
    match tag {
        "span" => class == "mtchat-mention",
        "code" | "pre" => class.strip_prefix("language-").is_some_and(|language| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'#' | b'.' | b'-' | b'_');
            !language.is_empty() && language.len() <= LONGEST_LANGUAGE && language.bytes().all(allowed)
        }),
        _ => false,
    }
}

#[cfg(test)]
#[path = "sanitise_tests.rs"]
mod tests;
