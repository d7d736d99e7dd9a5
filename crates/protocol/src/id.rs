use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::{Invalid, Reason, Timestamp, invalid::check_text, limits};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(Arc<str>);

        impl $name {
            /// Check the rules of this id and take it.
            pub fn new(text: &str) -> Result<Self, Invalid> {
                $check($field, text)?;
                Ok(Self(Arc::from(text)))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), &*self.0)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
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

fn external(field: &'static str, text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(field, Reason::Blank));
    }
    check_text(field, text, limits::EXTERNAL_ID)
}

fn object_key(field: &'static str, text: &str) -> Result<(), Invalid> {
    check_text(field, text, limits::EXTERNAL_ID)
}

/// An app id is one NATS subject token, so nothing in it may end or widen a subject.
fn subject_token(field: &'static str, text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(field, Reason::Blank));
    }
    if text.len() > limits::APP_ID {
        return Err(Invalid::new(field, Reason::TooLong(limits::APP_ID)));
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    if !text.bytes().all(allowed) {
        return Err(Invalid::new(field, Reason::Character));
    }
    Ok(())
}

text_id!(
    /// One host application: the isolation boundary. 1–63 of `a-z`, `0-9`, `-`, `_`; also a NATS subject token.
    AppId, "app", subject_token
);
text_id!(
    /// A user of the host, in the host's own words: any 1–255 characters.
    UserId, "user_id", external
);
text_id!(
    /// The business object that a dialog belongs to, any 1–255 characters.
    ObjectId, "object_id", external
);
text_id!(
    /// The kind of business object, `order` or `tender`; any 1–255 characters.
    ObjectType, "object_type", external
);
text_id!(
    /// Which of an object's dialogs, for those that are found or created: any 0–255 characters.
    ObjectKey, "key", object_key
);
text_id!(
    /// One value of one level of an access scope, any 1–255 characters.
    ScopeValue, "scope value", external
);

impl AppId {
    /// The app of a deployment without configuration.
    pub fn default_app() -> Self {
        Self(Arc::from("default"))
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh id (UUIDv7), made from the system's clock and randomness.
            #[cfg(not(target_arch = "wasm32"))]
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::try_parse(text).map(Self)
            }
        }
    };
}

uuid_id!(
    /// A dialog, the chat itself.
    DialogId
);
uuid_id!(
    /// A message. Clients make it (UUIDv7) before the first try; it is the key end to end.
    MessageId
);
uuid_id!(
    /// A file of a message.
    AttachmentId
);
uuid_id!(
    /// A fact. The fact that creates a message has the message's id.
    FactId
);

impl MessageId {
    /// When the id says it was made; `None` when it is not a UUIDv7.
    pub fn made_at(self) -> Option<Timestamp> {
        if self.0.get_version_num() != 7 {
            return None;
        }
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?;
        Some(Timestamp::from_micros(micros + i64::from(nanos / 1_000)))
    }
}

impl From<MessageId> for FactId {
    fn from(id: MessageId) -> Self {
        Self(id.0)
    }
}

impl From<FactId> for MessageId {
    fn from(id: FactId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_id_can_not_smuggle_a_subject() {
        for bad in ["", "a.b", "*", ">", "a b", "A", "ü", "a\n", &"a".repeat(64)] {
            assert!(AppId::new(bad).is_err(), "{bad:?} was taken");
        }
        assert!(AppId::new("shop-1_eu").is_ok());
    }

    #[test]
    fn an_external_id_is_any_text_of_1_to_255_characters() {
        assert!(UserId::new("").is_err());
        assert!(UserId::new(&"я".repeat(256)).is_err());
        assert!(UserId::new("a\0b").is_err());
        assert!(UserId::new(&"я".repeat(255)).is_ok());
        assert!(UserId::new("*.> /?").is_ok());
    }

    #[test]
    fn limits_hold_when_reading_json() {
        assert!(serde_json::from_str::<UserId>("\"\"").is_err());
        assert!(serde_json::from_str::<UserId>("7").is_err());
        assert_eq!(
            serde_json::from_str::<UserId>("\"a\\u0041\"").unwrap().as_str(),
            "aA"
        );
    }

    #[test]
    fn a_message_id_tells_when_it_was_made() {
        let id = MessageId::fresh();
        let made = id.made_at().unwrap();
        assert!((Timestamp::now().micros() - made.micros()).abs() < 10_000_000);
        assert!(MessageId(Uuid::nil()).made_at().is_none());
    }
}
