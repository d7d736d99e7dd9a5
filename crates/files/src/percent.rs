/// Percent-encode every byte that is not kept.
pub(crate) fn percent_encoded(text: &str, is_kept: impl Fn(u8) -> bool) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii() && is_kept(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(DIGITS[usize::from(byte >> 4)]));
            encoded.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn bytes_and_not_characters_are_encoded() {
        assert_eq!(
            percent_encoded("a é/€", |byte| byte == b'a'),
            "a%20%C3%A9%2F%E2%82%AC"
        );
        assert_eq!(percent_encoded("é", |_| true), "%C3%A9");
    }
}
