//! Bounds on what the HTML parser is given. Its cost is not linear: attributes of one tag are compared pairwise, and an unclosed
//! formatting tag is opened again in every paragraph after it. What a text of 50 000 characters can cost is therefore bounded
//! here, by counting that never believes the text to be honest.

/// Up to this many tags any nesting is harmless, so it is not looked at.
const FEW_TAGS: usize = 256;
/// More tags than any honest message.
const MOST_TAGS: usize = 4_000;
/// Deeper than any honest message.
const MOST_DEPTH: usize = 64;
/// Tags times depth: how many elements the parser may come to make.
const MOST_WORK: usize = 64_000;
/// More attributes in one tag than any honest message, and a longer tag.
const MOST_ATTRIBUTES: usize = 32;
const MOST_TAG_BYTES: usize = 4_096;

/// Elements whose content is not read like other content, so a scan could lose its place in them.
const UNUSUAL: &[&str] = &[
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "table",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// Elements without an end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// Whether the text may be given to the HTML parser.
pub(super) fn is_bearable(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut tags = 0;
    // Tags may hide in each other (`<a<a<a`), so every beginning is measured; what that may cost in all is bounded too.
    let mut steps = 4 * bytes.len() + MOST_TAG_BYTES;
    for start in beginnings(bytes) {
        tags += 1;
        let Some(tag) = Tag::read(&bytes[start..]) else {
            return false;
        };
        if tags > MOST_TAGS || tag.length > steps {
            return false;
        }
        steps -= tag.length;
    }
    tags <= FEW_TAGS || is_nested_sanely(bytes)
}

/// Where the parser could see a tag begin, wherever it thinks it is.
fn beginnings(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes
        .windows(2)
        .enumerate()
        .filter_map(|(at, pair)| (pair[0] == b'<' && pair[1].is_ascii_alphabetic()).then_some(at))
}

/// Long texts must be well-formed: an end tag counts only when it ends what began last, so the depth is never underestimated.
fn is_nested_sanely(bytes: &[u8]) -> bool {
    let (mut open, mut at): (Vec<&[u8]>, usize) = (Vec::new(), 0);
    let (mut tags, mut deepest) = (0, 0);
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'<') {
        at += found;
        let rest = &bytes[at + 1..];
        match rest.first() {
            Some(b'!' | b'?') => return false,
            Some(b'/') => {
                let name = name(&rest[1..]);
                if open.last().is_some_and(|last| last.eq_ignore_ascii_case(name)) {
                    open.pop();
                }
                at += 2 + name.len();
            }
            Some(letter) if letter.is_ascii_alphabetic() => {
                let name = name(rest);
                let is_one_of =
                    |list: &[&str]| list.iter().any(|one| one.as_bytes().eq_ignore_ascii_case(name));
                if is_one_of(UNUSUAL) {
                    return false;
                }
                if !is_one_of(VOID) {
                    open.push(name);
                }
                tags += 1;
                deepest = open.len().max(deepest);
                if deepest > MOST_DEPTH || tags * deepest > MOST_WORK {
                    return false;
                }
                at += Tag::read(&bytes[at..]).map_or(1, |tag| tag.length);
            }
            _ => at += 1,
        }
    }
    true
}

fn name(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| !byte.is_ascii_alphanumeric());
    &bytes[..end.unwrap_or(bytes.len())]
}

/// How long a tag is, read as the HTML tokenizer reads it.
struct Tag {
    length: usize,
}

enum Place {
    Name,
    /// Before the next attribute.
    Between,
    Attribute,
    /// After an attribute's name, where its `=` may still come.
    AfterAttribute,
    /// After `=`.
    BeforeValue,
    Quoted(u8),
    Unquoted,
}

impl Tag {
    /// `None`: too long, or too many attributes.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (mut place, mut attributes) = (Place::Name, 0);
        for (index, byte) in bytes.iter().copied().enumerate().skip(1) {
            if index > MOST_TAG_BYTES || attributes > MOST_ATTRIBUTES {
                return None;
            }
            let space = byte.is_ascii_whitespace();
            place = match place {
                Place::Quoted(quote) if byte == quote => Place::Between,
                Place::Quoted(quote) => Place::Quoted(quote),
                _ if byte == b'>' => return Some(Self { length: index + 1 }),
                Place::BeforeValue if space => Place::BeforeValue,
                Place::BeforeValue if matches!(byte, b'"' | b'\'') => Place::Quoted(byte),
                Place::BeforeValue => Place::Unquoted,
                Place::Unquoted if space => Place::Between,
                Place::Unquoted => Place::Unquoted,
                Place::Name if !space && byte != b'/' => Place::Name,
                Place::Attribute | Place::AfterAttribute if byte == b'=' => Place::BeforeValue,
                Place::Attribute | Place::AfterAttribute if space => Place::AfterAttribute,
                _ if space || byte == b'/' => Place::Between,
                Place::Attribute => Place::Attribute,
                Place::Name | Place::Between | Place::AfterAttribute => {
                    attributes += 1;
                    Place::Attribute
                }
            };
        }
        Some(Self { length: bytes.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_long_messages_pass() {
        let list = format!(
            "<ul>{}</ul>",
            "<li><p>one <b>item</b> of many</p></li>".repeat(300)
        );
        assert!(is_bearable(&list));
        let link = "<p><a href=\"https://example.com/?a=1&amp;b=2\" target=_blank>x</a><br></p>";
        assert!(is_bearable(&link.repeat(300)));
        assert!(is_bearable("1 < 2 and 3 > 2"));
        assert!(is_bearable(&"a < b ".repeat(5_000)));
    }

    #[test]
    fn deep_nesting_is_refused() {
        for bomb in [
            "<b>".repeat(16_000),
            "<b></i>".repeat(7_000),
            "<b><!--</b>-->".repeat(3_000),
            "<b title='</b>'>".repeat(3_000),
            "<ul><li>".repeat(6_000),
            "<svg><b>".repeat(300),
            "<script>\"<a b=\"</script><b>".repeat(300),
            format!("{}{}", "<p><b>".repeat(40), "</p><p>x".repeat(3_000)),
        ] {
            assert!(!is_bearable(&bomb), "{}", &bomb[..40]);
        }
    }

    #[test]
    fn tags_with_crowds_of_attributes_are_refused() {
        let crowd: String = (0..10_000).map(|n| format!(" a{n}")).collect();
        for bomb in [
            format!("<b{crowd}>"),
            format!("<b x='{crowd}"),
            format!("<b<b<b{crowd}"),
            format!("<b{}>", crowd.replace(' ', "/")),
            format!(
                "<b{}>",
                (0..10_000).map(|n| format!("a{n}=''")).collect::<String>()
            ),
            format!("<i title=\"<b{crowd}\">"),
            format!("<b x={}>", "y".repeat(5_000)),
        ] {
            assert!(!is_bearable(&bomb), "{}", &bomb[..40]);
        }
    }

    #[test]
    fn measuring_is_bounded() {
        let hidden = "<a".repeat(25_000);
        assert!(!is_bearable(&hidden));
        assert!(!is_bearable(&format!(
            "{}{}",
            "<a".repeat(3_000),
            " ".repeat(40_000)
        )));
    }

    #[test]
    fn a_tag_ends_where_the_tokenizer_ends_it() {
        let length = |tag: &str| Tag::read(tag.as_bytes()).unwrap().length;
        assert_eq!(length("<a b\">x"), 6);
        assert_eq!(length("<a b=\">\">x"), 9);
        assert_eq!(length("<a b = '>' >x"), 12);
        assert_eq!(length("<a b=c\">x"), 8);
        assert_eq!(length("<a ='>x"), 6);
        assert_eq!(length("<a b==\">x"), 8);
        assert_eq!(length("<a b=''=\">x"), 10);
        assert_eq!(length("<a b/=\">x"), 8);
    }
}
