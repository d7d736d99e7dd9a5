//! Strings of JSON (RFC 8259, section 7).

use std::borrow::Cow;

use super::{NotJson, reader::Reader};

impl<'de> Reader<'de> {
    /// A string, after its first quotation mark; borrowed when nothing in it is escaped.
    pub(super) fn rest_of_string(&mut self) -> Result<Cow<'de, str>, NotJson> {
        let begin = self.at;
        let mut text = Cow::Borrowed("");
        let mut from = begin;
        loop {
            let plain = self.bytes()[self.at..]
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20));
            self.at += plain.unwrap_or_default();
            let end = self.at;
            match plain.and_then(|_| self.next()) {
                Some(b'"') => {
                    let last = self.slice(from, end)?;
                    return Ok(if from == begin {
                        Cow::Borrowed(last)
                    } else {
                        text + last
                    });
                }
                Some(b'\\') => {
                    text.to_mut().push_str(self.slice(from, end)?);
                    let letter = self.escaped()?;
                    text.to_mut().push(letter);
                    from = self.at;
                }
                _ => return self.fail(),
            }
        }
    }

    /// What stands after a backslash.
    fn escaped(&mut self) -> Result<char, NotJson> {
        Ok(match self.next() {
            Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.hexadecimal()?;
                let code = if (0xd800..0xdc00).contains(&first) {
                    // The first of two halves.
                    if (self.next(), self.next()) != (Some(b'\\'), Some(b'u')) {
                        return self.fail();
                    }
                    let second = self.hexadecimal()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return self.fail();
                    }
                    0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code).ok_or(NotJson { at: self.at })?
            }
            _ => return self.fail(),
        })
    }

    fn hexadecimal(&mut self) -> Result<u32, NotJson> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or(NotJson { at: self.at })?;
        }
        Ok(code)
    }
}
