use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Invalid, Reason, emoji::check_emoji, invalid::check_text, limits};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(Arc<str>);

        impl $name {
            /// Check the limits of this text and take it.
            pub fn new(text: &str) -> Result<Self, Invalid> {
                let check: fn(&'static str, &str) -> Result<(), Invalid> = $check;
                check($field, text)?;
                Ok(Self(Arc::from(text)))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            // Names and texts of people never reach a log by accident.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.0.len())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        write!(f, "a string for {}", $field)
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::new(text).map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    };
}

text!(
    /// A dialog's title, at most 500 characters.
    Title, "title", |field, text| check_text(field, text, limits::TITLE)
);
text!(
    /// A person's name as others see it: at most 200 characters, not blank.
    DisplayName, "display_name", |field, text| {
        if text.trim().is_empty() {
            return Err(Invalid::new(field, Reason::Blank));
        }
        check_text(field, text, limits::NAME)
    }
);

impl DisplayName {
    /// What stands where the name of somebody stood who is forgotten.
    pub fn of_the_erased() -> Self {
        Self(Arc::from("Deleted user"))
    }
}

text!(
    /// A company's name, at most 200 characters.
    Company, "company", |field, text| check_text(field, text, limits::NAME)
);
text!(
    /// An e-mail address as the host gave it, at most 254 characters.
    Email, "email", |field, text| check_text(field, text, limits::EMAIL)
);
text!(
    /// A phone number as the host gave it, at most 50 characters.
    Phone, "phone", |field, text| check_text(field, text, limits::PHONE)
);
text!(
    /// One emoji, 1–32 bytes, as the client wrote it: emoji that only look alike are different ones.
    Emoji, "emoji", check_emoji
);
text!(
    /// A link back to the host's page; kept verbatim, rendered as a link only when it is absolute http(s).
    ObjectUrl, "object_url", |field, text| check_text(field, text, limits::URL)
);
text!(
    /// What a user typed, before sanitising: at most 50 000 characters.
    MessageText, "content", |field, text| {
        if text.len() > limits::MESSAGE && text.chars().count() > limits::MESSAGE {
            return Err(Invalid::new(field, Reason::TooLong(limits::MESSAGE)));
        }
        Ok(())
    }
);
text!(
    /// Sanitised HTML, as it is stored and shown. Made only by the server's sanitiser or read back from the log.
    RichText, "content", |_, _| Ok(())
);

impl RichText {
    /// Take text that is safe to show: the sanitiser's output, or the JSON of a system message.
    pub fn sanitised(html: &str) -> Self {
        Self(Arc::from(html))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_characters_not_bytes() {
        assert!(Title::new(&"ж".repeat(500)).is_ok());
        assert!(Title::new(&"ж".repeat(501)).is_err());
        assert!(MessageText::new(&"👍".repeat(50_000)).is_ok());
        assert!(MessageText::new(&"👍".repeat(50_001)).is_err());
    }

    #[test]
    fn a_name_is_not_blank() {
        assert_eq!(DisplayName::new(" \t").unwrap_err().reason, Reason::Blank);
    }

    #[test]
    fn a_text_does_not_show_in_debug_output() {
        assert!(!format!("{:?}", DisplayName::new("Alice").unwrap()).contains("Alice"));
    }
}
