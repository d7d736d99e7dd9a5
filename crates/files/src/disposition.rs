use crate::percent::percent_encoded;

/// The longest name that is offered, in bytes: file systems take 255, and what downloads adds to it.
const LONGEST_NAME: usize = 200;
/// The longest ending that is kept when a name is cut, the dot included.
const LONGEST_ENDING: usize = 17;

/// How a link shows a file. Whoever uploaded it may have chosen the words: none of them gets out of its place in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The type that a browser is told. What is no media type is told as bytes of no known kind.
    pub content_type: String,
    /// Whether the browser shows it in the page, or offers to save it.
    pub inline: bool,
    /// The name it is saved under; the last part of it, when it is a path.
    pub filename: String,
}

impl Shown {
    /// The value of `Content-Disposition` (RFC 6266): the name once for everybody, in ASCII, and once as it is.
    pub(crate) fn disposition(&self) -> String {
        let kind = if self.inline { "inline" } else { "attachment" };
        let name = offered_name(&self.filename);
        let plain: String = name.chars().map(plain).collect();
        let encoded = percent_encoded(&name, is_attr_char);
        format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
    }

    /// The value of `Content-Type`.
    pub(crate) fn media_type(&self) -> &str {
        let is_visible = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        let text = self.content_type.as_str();
        if text.contains('/') && text.len() <= 255 && text.bytes().all(is_visible) {
            text
        } else {
            "application/octet-stream"
        }
    }
}

/// A name that is one name, on one line, read in the direction it is written, and not longer than a file system takes.
fn offered_name(filename: &str) -> String {
    let last = filename.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.chars().filter(|&letter| !is_hidden(letter)).collect();
    // A leading dot hides a file, a trailing one is cut off by Windows.
    let name = visible.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
    if name.is_empty() {
        return "file".to_owned();
    }
    shortened(name)
}

/// What no name needs: control characters, the ends of lines, and those that turn the direction of reading around, by which
/// `exe.png` is shown for `gnp.exe`.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// Cut out of the middle, so that the ending stays.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let ending = match name.rfind('.') {
        Some(dot) if name.len() - dot <= LONGEST_ENDING => &name[dot..],
        _ => "",
    };
    let stem = &name[..name.floor_char_boundary(LONGEST_NAME - ending.len())];
    format!("{stem}{ending}")
}

/// A letter that every browser reads alike between quotes: some decode `%`, and some do not know `\`.
fn plain(letter: char) -> char {
    match letter {
        '"' | '%' | '\\' => '_',
        ' '..='~' => letter,
        _ => '_',
    }
}

/// `attr-char` of RFC 8187.
fn is_attr_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment(filename: &str) -> String {
        let shown = Shown {
            content_type: "image/png".to_owned(),
            inline: false,
            filename: filename.to_owned(),
        };
        let value = shown.disposition();
        assert!(
            value.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{value:?}"
        );
        assert_eq!(value.matches('"').count(), 2, "{value}");
        value
            .strip_prefix("attachment; ")
            .expect("it is to be saved")
            .to_owned()
    }

    #[test]
    fn a_plain_name_stays_as_it_is() {
        assert_eq!(attachment("a.png"), r#"filename="a.png"; filename*=UTF-8''a.png"#);
        assert_eq!(
            attachment("a b.png"),
            r#"filename="a b.png"; filename*=UTF-8''a%20b.png"#
        );
    }

    #[test]
    fn what_is_shown_in_the_page_says_so() {
        let shown = Shown {
            content_type: "image/png".to_owned(),
            inline: true,
            filename: "a.png".to_owned(),
        };
        assert_eq!(
            shown.disposition(),
            r#"inline; filename="a.png"; filename*=UTF-8''a.png"#
        );
    }

    #[test]
    fn quotes_end_nothing() {
        assert_eq!(
            attachment(r#"a"; filename="b.exe"#),
            r#"filename="a_; filename=_b.exe"; filename*=UTF-8''a%22%3B%20filename%3D%22b.exe"#
        );
        assert_eq!(
            attachment("50%22.png"),
            r#"filename="50_22.png"; filename*=UTF-8''50%2522.png"#
        );
        assert_eq!(attachment("it's"), r#"filename="it's"; filename*=UTF-8''it%27s"#);
    }

    #[test]
    fn no_line_ends_inside() {
        assert_eq!(
            attachment("a\r\nSet-Cookie: x=1\0.png"),
            r#"filename="aSet-Cookie: x=1.png"; filename*=UTF-8''aSet-Cookie%3A%20x%3D1.png"#
        );
        assert_eq!(
            attachment("a\u{2028}b\u{85}c"),
            r#"filename="abc"; filename*=UTF-8''abc"#
        );
    }

    #[test]
    fn a_path_is_its_last_name() {
        for path in ["../../x", "/etc/x", r"C:\Windows\x", r"..\x", "./.x", "x. "] {
            assert_eq!(attachment(path), r#"filename="x"; filename*=UTF-8''x"#, "{path}");
        }
        for path in ["", "..", "a/", "../..", "\r\n", " . "] {
            assert_eq!(
                attachment(path),
                r#"filename="file"; filename*=UTF-8''file"#,
                "{path:?}"
            );
        }
    }

    #[test]
    fn other_alphabets_have_a_name_for_everybody() {
        assert_eq!(
            attachment("Счёт €.pdf"),
            r#"filename="____ _.pdf"; filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%20%E2%82%AC.pdf"#
        );
    }

    #[test]
    fn nothing_turns_the_reading_around() {
        assert_eq!(
            attachment("photo\u{202e}gnp.exe"),
            r#"filename="photognp.exe"; filename*=UTF-8''photognp.exe"#
        );
        assert_eq!(
            attachment("a\u{2067}\u{200f}\u{feff}b"),
            r#"filename="ab"; filename*=UTF-8''ab"#
        );
    }

    #[test]
    fn a_very_long_name_keeps_its_ending() {
        let name = offered_name(&format!("{}.tar.gz", "a".repeat(5_000)));
        assert_eq!(name.len(), LONGEST_NAME);
        assert!(name.ends_with("a.gz"), "{name}");
        let wide = offered_name(&format!("{}.png", "ё".repeat(5_000)));
        assert!(wide.len() <= LONGEST_NAME && wide.ends_with("ё.png"), "{wide}");
        assert_eq!(
            offered_name(&format!("a.{}", "b".repeat(5_000))).len(),
            LONGEST_NAME
        );
    }

    #[test]
    fn a_type_is_told_only_when_it_is_one() {
        let told = |content_type: &str| {
            let content_type = content_type.to_owned();
            let filename = String::new();
            let shown = Shown {
                content_type,
                inline: false,
                filename,
            };
            shown.media_type().to_owned()
        };
        assert_eq!(told("text/plain; charset=utf-8"), "text/plain; charset=utf-8");
        for wrong in [
            "",
            "html",
            "text/html\r\nX: y",
            "text/ё",
            &format!("a/{}", "b".repeat(300)),
        ] {
            assert_eq!(told(wrong), "application/octet-stream", "{wrong:?}");
        }
    }
}
