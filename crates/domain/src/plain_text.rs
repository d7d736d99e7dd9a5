use std::borrow::Cow;

/// Tags between which words do not run together.
const BREAKING: &[&str] = &["blockquote", "br", "li", "ol", "p", "pre", "ul"];

/// Longest entity between `&` and `;`.
const ENTITY: usize = 8;

/// The text of sanitised HTML as a reader sees it. Takes the sanitiser's output, which is well-formed; of anything else it makes
/// some text, and never a tag.
pub fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('<') {
            skip_tag(rest, &mut text)
        } else {
            read_entity(rest, &mut text)
        };
    }
    text.push_str(rest);
    text
}

/// The value of an attribute of sanitised HTML as it was meant.
pub(crate) fn unescaped(value: &str) -> Cow<'_, str> {
    if !value.contains('&') {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = read_entity(&rest[at..], &mut text);
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The rest behind a tag; a `>` within quotes does not end it.
fn skip_tag<'a>(html: &'a str, text: &mut String) -> &'a str {
    let mut quote = None;
    let mut end = html.len();
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => {
                end = at + 1;
                break;
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            (None | Some(_), _) => {}
        }
    }
    let (tag, rest) = html.split_at(end);
    let name = tag.trim_start_matches(['<', '/']);
    let name = name.split(|next: char| !next.is_ascii_alphanumeric()).next();
    if name.is_some_and(|name| BREAKING.contains(&name)) {
        text.push('\n');
    }
    rest
}

/// The rest behind an entity; an `&` that begins none is text.
fn read_entity<'a>(html: &'a str, text: &mut String) -> &'a str {
    let body = html.get(1..).unwrap_or_default();
    let end = body.bytes().take(ENTITY + 1).position(|byte| byte == b';');
    let Some((end, character)) = end.and_then(|end| Some((end, entity(&body[..end])?))) else {
        text.push('&');
        return body;
    };
    text.push(character);
    &body[end + 1..]
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "apos" => Some('\''),
        "gt" => Some('>'),
        "lt" => Some('<'),
        "nbsp" => Some('\u{a0}'),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// Text as it may stand in HTML.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut html = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    Cow::Owned(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_entities_become_what_they_stand_for() {
        for (html, expected) in [
            ("hi", "hi"),
            ("f<b>oo</b> bar", "foo bar"),
            ("<p>one</p><p>two<br>three</p>", "\none\n\ntwo\nthree\n"),
            ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
            ("&quot;a&quot; &#39;b&#x27;&nbsp;c", "\"a\" 'b'\u{a0}c"),
            ("<a href=\"https://x.example/?a>b\">link</a>", "link"),
            ("<a title='\">'>link</a>", "link"),
            ("AT&T & &unknown; &", "AT&T & &unknown; &"),
            ("&#xffffff; &#;", "&#xffffff; &#;"),
            ("open <b", "open "),
            ("ж<b>ё</b>&amp;й&ж", "жё&й&ж"),
        ] {
            assert_eq!(plain_text(html), expected, "{html}");
        }
    }

    #[test]
    fn an_escaped_text_is_read_back() {
        let text = "<script>\"a\" && 'b'</script>";
        assert_eq!(plain_text(&escaped(text)), text);
        assert_eq!(unescaped(&escaped(text)), text);
        assert_eq!(unescaped("a & b&"), "a & b&");
    }
}
