//! Texts of the other deployment, made safe to show and as long as they may be here.

use mtchat_domain::plain_text;
use mtchat_protocol::{MessageText, limits};
use mtchat_server::content::sanitise;

/// What became of a text.
pub(super) struct Cleaned {
    pub(super) text: String,
    /// Why it is another one.
    pub(super) why: Option<&'static str>,
}

/// What a user wrote. The allow-list of today may be another one than when it was written.
pub(super) fn content(text: String) -> Cleaned {
    let clean = MessageText::new(&text).and_then(|text| sanitise(&text));
    match clean {
        Ok(clean) if clean.as_str() == text => Cleaned { text, why: None },
        Ok(clean) => Cleaned {
            text: clean.as_str().to_owned(),
            why: Some("made safe by the allow-list of today"),
        },
        Err(_) => Cleaned {
            text: escaped(plain_text(&text).trim()),
            why: Some("too long or too complex, kept as plain text"),
        },
    }
}

/// A name that is not blank and not longer than names are; `None` when it has to be another one.
pub(super) fn name(text: &str) -> Option<&str> {
    if text.trim().is_empty() {
        return None;
    }
    Some(cut(text, limits::NAME))
}

/// The beginning of a text, so many characters at most.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_texts_stay_and_others_become_safe() {
        for honest in ["hello", "<p>hello <strong>you</strong></p>", "a &amp; b"] {
            assert!(content(honest.to_owned()).why.is_none(), "{honest}");
        }
        let evil = content("<p>a</p><script>alert(1)</script><img src=x onerror=alert(1)>".to_owned());
        assert_eq!(evil.text, "<p>a</p>");
        assert!(evil.why.is_some());
    }

    #[test]
    fn what_is_too_long_is_kept_as_text() {
        let long = format!("<p>{}</p><script>x</script>", "a &lt; b ".repeat(limits::MESSAGE));
        let kept = content(long);
        assert!(kept.why.is_some() && !kept.text.contains('<') && kept.text.starts_with("a &lt; b a"));
    }

    #[test]
    fn names_are_cut_by_characters() {
        assert_eq!(name(" \t"), None);
        assert_eq!(name(&"ж".repeat(255)).map(|name| name.chars().count()), Some(200));
        assert_eq!(cut("abc", 3), "abc");
    }
}
