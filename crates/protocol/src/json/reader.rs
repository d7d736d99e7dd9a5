use std::borrow::Cow;

use serde::{Deserializer, de::Visitor, forward_to_deserialize_any};

use super::{
    DEEPEST, NotJson,
    parts::{Parts, Tagged, Word},
};

/// The name under which [`RawJson`](super::raw::RawJson) asks for text as it is.
pub(super) const RAW: &str = "$mtchat::RawJson";

/// Reads a text from its beginning to its end (RFC 8259).
pub(super) struct Reader<'de> {
    text: &'de str,
    pub(super) at: usize,
    depth: u8,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    pub(super) fn place(&self) -> usize {
        self.at
    }

    pub(super) fn bytes(&self) -> &'de [u8] {
        self.text.as_bytes()
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> Result<&'de str, NotJson> {
        self.text.get(from..to).ok_or(NotJson { at: from })
    }

    pub(super) fn fail<T>(&self) -> Result<T, NotJson> {
        Err(NotJson { at: self.at })
    }

    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.bytes().get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }

    /// What stands next, behind blanks.
    pub(super) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes().get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    pub(super) fn takes(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    pub(super) fn must(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.takes(byte) { Ok(()) } else { self.fail() }
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), NotJson> {
        if !self.bytes()[self.at..].starts_with(word.as_bytes()) {
            return self.fail();
        }
        self.at += word.len();
        Ok(())
    }

    /// Nothing but blanks follows.
    pub(super) fn end(&mut self) -> Result<(), NotJson> {
        if self.peek().is_none() {
            Ok(())
        } else {
            self.fail()
        }
    }

    fn string(&mut self) -> Result<Cow<'de, str>, NotJson> {
        self.must(b'"')?;
        self.rest_of_string()
    }

    /// The text of a number.
    fn number(&mut self) -> Result<&'de str, NotJson> {
        self.peek();
        let from = self.at;
        self.at += usize::from(self.bytes().get(self.at) == Some(&b'-'));
        let whole = self.digits()?;
        if whole > 1 && self.bytes()[self.at - whole] == b'0' {
            return self.fail();
        }
        if self.bytes().get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.bytes().get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes().get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.slice(from, self.at)
    }

    fn digits(&mut self) -> Result<usize, NotJson> {
        let rest = &self.bytes()[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { self.fail() } else { Ok(count) }
    }

    /// Go into an array or object, and out of it again.
    fn enter<T>(&mut self, inside: impl FnOnce(&mut Self) -> Result<T, NotJson>) -> Result<T, NotJson> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fail();
        }
        let value = inside(self)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Pass over a value, whatever it is.
    fn skip(&mut self) -> Result<(), NotJson> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            Some(open @ (b'{' | b'[')) => {
                self.at += 1;
                self.enter(|reader| {
                    // In ASCII the closing one is the next but one.
                    let mut parts = Parts::new(reader, open + 2);
                    while parts.further()? {
                        if open == b'{' {
                            parts.reader.string()?;
                            parts.reader.must(b':')?;
                        }
                        parts.reader.skip()?;
                    }
                    Ok(())
                })
            }
            _ => self.number().map(drop),
        }
    }

    pub(super) fn array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, NotJson> {
        self.must(b'[')?;
        self.enter(|reader| {
            let mut parts = Parts::new(reader, b']');
            let value = visitor.visit_seq(&mut parts)?;
            if parts.further()? {
                return parts.reader.fail();
            }
            Ok(value)
        })
    }

    pub(super) fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, NotJson> {
        self.must(b'{')?;
        self.enter(|reader| visitor.visit_map(Parts::new(reader, b'}')))
    }

    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, NotJson> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_str(&text),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = NotJson;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        match self.peek() {
            Some(b'"') => self.text(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            Some(b'[') => self.array(visitor),
            Some(b'{') => self.object(visitor),
            _ => {
                let number = self.number()?;
                let at = self.at;
                if let Ok(number) = number.parse() {
                    return visitor.visit_u64(number);
                }
                match number.parse() {
                    // A negative nothing is no whole number.
                    Ok(number) if number != 0 => visitor.visit_i64(number),
                    _ => {
                        let number: f64 = number.parse().map_err(|_| NotJson { at })?;
                        if !number.is_finite() {
                            return Err(NotJson { at });
                        }
                        visitor.visit_f64(number)
                    }
                }
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        let yes = self.peek() == Some(b't');
        self.word(if yes { "true" } else { "false" })?;
        visitor.visit_bool(yes)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        let number = self.number()?;
        visitor.visit_u64(number.parse().map_err(|_| NotJson { at: self.at })?)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        if self.peek() == Some(b'n') {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.peek();
        self.word("null")?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, NotJson> {
        if name == RAW {
            self.peek();
            let from = self.at;
            self.skip()?;
            return visitor.visit_borrowed_str(self.slice(from, self.at)?);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.array(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.object(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotJson> {
        self.object(visitor)
    }

    /// A word, or an object with the word as its only key.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotJson> {
        if self.peek() == Some(b'"') {
            return visitor.visit_enum(Word(self));
        }
        self.must(b'{')?;
        self.enter(|reader| {
            let value = visitor.visit_enum(Tagged(&mut *reader))?;
            reader.must(b'}')?;
            Ok(value)
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotJson> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i8 i16 i32 i64 i128 u128 f32 f64 char bytes byte_buf unit_struct tuple tuple_struct }
}
