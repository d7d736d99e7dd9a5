//! Whether bytes are text, in whatever alphabet.

/// The byte order mark of UTF-8.
pub(super) const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// An SVG has its first element this near to the start; before it stand declarations, entities and comments.
const SVG_WITHIN: usize = 8 * 1024;

/// Whether these bytes can be read as text: UTF-8, UTF-16 with a byte order mark, or any of the old encodings that keep ASCII
/// where it is. The old ones give a meaning to every byte above ASCII, so control characters are what tells. Nothing at all is
/// text, too.
pub(super) fn is_text(start: &[u8]) -> bool {
    match utf16(start) {
        Some(units) => units.is_some_and(|text| !text.chars().any(is_control)),
        None => !start.iter().any(|byte| is_control(char::from(*byte))),
    }
}

/// Whether this is a drawing: text with an `<svg` element near the start that no page is wrapped around.
pub(super) fn is_svg(start: &[u8]) -> bool {
    if !is_text(start) {
        return false;
    }
    let start = match utf16(start) {
        Some(text) => text.unwrap_or_default().into_bytes(),
        None => start.to_vec(),
    };
    let start = start.get(..SVG_WITHIN).unwrap_or(&start).to_ascii_lowercase();
    let Some(at) = find(&start, b"<svg") else {
        return false;
    };
    let before = &start[..at];
    !contains(before, b"<html") && !contains(before, b"<!doctype html") && !contains(before, b"<body")
}

/// Whether `needle` is in there.
pub(super) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    find(bytes, needle).is_some()
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// The text after a byte order mark of UTF-16, or in it nothing when that is none. A pair at the end may be cut in two.
fn utf16(start: &[u8]) -> Option<Option<String>> {
    let (unit, rest): (fn([u8; 2]) -> u16, _) = match start {
        [0xFF, 0xFE, rest @ ..] => (u16::from_le_bytes, rest),
        [0xFE, 0xFF, rest @ ..] => (u16::from_be_bytes, rest),
        _ => return None,
    };
    let (pairs, odd) = rest.as_chunks::<2>();
    let mut units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    units.pop_if(|last| (0xD800..0xDC00).contains(last));
    Some(String::from_utf16(&units).ok().filter(|_| odd.is_empty()))
}

/// Escape begins colours in the records of terminals.
fn is_control(character: char) -> bool {
    character.is_ascii_control() && !matches!(character, '\t' | '\n' | '\x0B' | '\x0C' | '\r' | '\x1B')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_le(text: &str) -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    fn utf16_be(text: &str) -> Vec<u8> {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        units.flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn text_of_every_alphabet_is_text() {
        let windows_1251 = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0x2C, 0x20, 0x98, b'\r', b'\n'];
        let cut = "Привет".as_bytes();
        for text in [
            &b""[..],
            b"a,b\r\n\"1\",\"2\"\r\n",
            b"\xEF\xBB\xBFa;b\n",
            "Привет 🎉\n".as_bytes(),
            &cut[..cut.len() - 1],
            &windows_1251,
            b"\x1b[31mred\x1b[0m\x0c",
            &utf16_le("Привет 🎉\n"),
            &utf16_be("a\tb"),
        ] {
            assert!(is_text(text), "{text:?}");
        }
        let mut cut = utf16_be("🎉");
        cut.truncate(4);
        assert!(is_text(&cut));
    }

    #[test]
    fn what_controls_is_no_text() {
        let lonely = [0xFF, 0xFE, 0x00, 0xDC, b'a', 0x00];
        let mut odd = utf16_le("ab");
        odd.push(b'c');
        for bytes in [
            &b"a\0b"[..],
            b"\x01",
            b"a\x7Fb",
            b"\xFF\xFE\x00\x00a\0\0\0",
            &utf16_le("a\0"),
            &utf16_be("a\x08"),
            &lonely,
            &odd,
        ] {
            assert!(!is_text(bytes), "{bytes:?}");
        }
    }

    #[test]
    fn a_drawing_is_one_by_its_first_element() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;
        for text in [
            svg.as_bytes(),
            format!("\u{feff}<?xml version=\"1.0\"?>\n<!-- made by hand -->\n{svg}").as_bytes(),
            b"<!DOCTYPE svg [<!ENTITY a \"b\">]><svg:svg/>",
            &utf16_le(svg),
        ] {
            assert!(is_svg(text), "{text:?}");
        }
        let far = format!("{}{svg}", " ".repeat(SVG_WITHIN));
        for text in [
            &b""[..],
            b"svg",
            b"<html><body><svg/></body></html>",
            b"<!DOCTYPE HTML><title>a</title><svg/>",
            b"<svg/>\0",
            far.as_bytes(),
        ] {
            assert!(!is_svg(text), "{text:?}");
        }
    }
}
