//! What arrays, objects and variants are made of.

use serde::de::{self, Visitor};

use super::{NotJson, reader::Reader};

/// The parts of an array or object.
pub(super) struct Parts<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    end: u8,
    began: bool,
    ended: bool,
}

impl<'a, 'de> Parts<'a, 'de> {
    /// Those before a closing bracket.
    pub(super) fn new(reader: &'a mut Reader<'de>, end: u8) -> Self {
        Self {
            reader,
            end,
            began: false,
            ended: false,
        }
    }

    /// Whether there is one more; if so, what stands between them is passed over.
    pub(super) fn further(&mut self) -> Result<bool, NotJson> {
        self.ended = self.ended || self.reader.takes(self.end);
        if !self.ended && std::mem::replace(&mut self.began, true) {
            self.reader.must(b',')?;
        }
        Ok(!self.ended)
    }
}

impl<'de> de::SeqAccess<'de> for &mut Parts<'_, 'de> {
    type Error = NotJson;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NotJson> {
        if !self.further()? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> de::MapAccess<'de> for Parts<'_, 'de> {
    type Error = NotJson;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, NotJson> {
        if !self.further()? {
            return Ok(None);
        }
        let key = seed.deserialize(&mut *self.reader)?;
        self.reader.must(b':')?;
        Ok(Some(key))
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NotJson> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant that is a word.
pub(super) struct Word<'a, 'de>(pub(super) &'a mut Reader<'de>);

/// A variant with something in it.
pub(super) struct Tagged<'a, 'de>(pub(super) &'a mut Reader<'de>);

impl<'de> de::EnumAccess<'de> for Word<'_, 'de> {
    type Error = NotJson;
    type Variant = NoContent;

    fn variant_seed<V: de::DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, NoContent), NotJson> {
        Ok((seed.deserialize(self.0)?, NoContent))
    }
}

impl<'de> de::EnumAccess<'de> for Tagged<'_, 'de> {
    type Error = NotJson;
    type Variant = Self;

    fn variant_seed<V: de::DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), NotJson> {
        let variant = seed.deserialize(&mut *self.0)?;
        self.0.must(b':')?;
        Ok((variant, self))
    }
}

pub(super) struct NoContent;

impl<'de> de::VariantAccess<'de> for NoContent {
    type Error = NotJson;

    fn unit_variant(self) -> Result<(), NotJson> {
        Ok(())
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, NotJson> {
        Err(NotJson { at: 0 })
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, NotJson> {
        Err(NotJson { at: 0 })
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, NotJson> {
        Err(NotJson { at: 0 })
    }
}

impl<'de> de::VariantAccess<'de> for Tagged<'_, 'de> {
    type Error = NotJson;

    fn unit_variant(self) -> Result<(), NotJson> {
        self.0.peek();
        self.0.word("null")
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, NotJson> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, NotJson> {
        self.0.array(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotJson> {
        self.0.object(visitor)
    }
}
