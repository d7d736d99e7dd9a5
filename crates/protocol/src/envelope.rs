use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Actor, AppId, DialogId, FactData, FactId, Head, Timestamp};

/// Version of the envelope's schema. Fields may be added within a version.
pub const SCHEMA_VERSION: u16 = 1;

/// Something that has happened in a dialog: one message of the log.
///
/// On the wire: `{ v, id, app, dialog, seq, kind, at, actor, head, data }`. Unknown fields are ignored, unknown
/// kinds are kept as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// The fact's id; for `message_created` the message's.
    pub id: FactId,
    /// The isolation boundary.
    pub app: AppId,
    /// The dialog.
    pub dialog: DialogId,
    /// When the edge decided it.
    pub at: Timestamp,
    /// Who made it happen.
    pub actor: Actor,
    /// The dialog's state after it; `head.seq` is the fact's own number.
    pub head: Head,
    /// What happened.
    pub data: FactData,
}

/// Bytes that are not a fact.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not the JSON of an envelope.
    #[error("the envelope can not be read: {0}")]
    Envelope(#[source] serde_json::Error),
    /// The data does not fit its kind.
    #[error("the data of {kind} can not be read: {source}")]
    Data {
        /// The kind that the envelope names.
        kind: String,
        /// What does not fit.
        source: serde_json::Error,
    },
    /// A schema version that this build does not read.
    #[error("schema version {0} is not known")]
    Version(u16),
}

#[derive(Serialize)]
struct Encoded<'a> {
    v: u16,
    id: FactId,
    app: &'a AppId,
    dialog: DialogId,
    seq: u64,
    kind: &'a str,
    at: Timestamp,
    actor: &'a Actor,
    head: &'a Head,
    data: &'a FactData,
}

#[derive(Deserialize)]
struct Decoded<'a> {
    v: u16,
    id: FactId,
    app: AppId,
    dialog: DialogId,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    at: Timestamp,
    actor: Actor,
    head: Head,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Fact {
    /// The bytes that go into the log.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&Encoded {
            v: SCHEMA_VERSION,
            id: self.id,
            app: &self.app,
            dialog: self.dialog,
            seq: self.head.seq,
            kind: self.data.kind_str(),
            at: self.at,
            actor: &self.actor,
            head: &self.head,
            data: &self.data,
        })
    }

    /// Read the bytes of the log.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let decoded: Decoded<'_> = serde_json::from_slice(bytes).map_err(DecodeError::Envelope)?;
        if decoded.v != SCHEMA_VERSION {
            return Err(DecodeError::Version(decoded.v));
        }
        let data = FactData::parse(&decoded.kind, decoded.data).map_err(|source| DecodeError::Data {
            kind: decoded.kind.into_owned(),
            source,
        })?;
        let Decoded {
            id,
            app,
            dialog,
            at,
            actor,
            head,
            ..
        } = decoded;
        Ok(Self {
            id,
            app,
            dialog,
            at,
            actor,
            head,
            data,
        })
    }

    /// The fact's number in its dialog.
    pub fn seq(&self) -> u64 {
        self.head.seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DialogUpdated, ObjectId, ObjectType, Title};

    fn fact(data: FactData) -> Fact {
        Fact {
            id: FactId::fresh(),
            app: AppId::default_app(),
            dialog: DialogId::fresh(),
            at: Timestamp::now(),
            actor: Actor::Host,
            head: Head {
                seq: 3,
                count: 1,
                object_type: ObjectType::new("order").unwrap(),
                object_id: ObjectId::new("7").unwrap(),
                title: None,
                frozen: false,
                deleted: false,
                members_rev: 1,
                members: Some([].into()),
            },
            data,
        }
    }

    #[test]
    fn a_fact_survives_the_wire() {
        let title = Some(Some(Title::new("t\"<ü").unwrap()));
        let sent = fact(FactData::DialogUpdated(DialogUpdated {
            title,
            object_url: Some(None),
            meta: None,
            frozen: None,
        }));
        let bytes = sent.encode().unwrap();
        assert_eq!(Fact::decode(&bytes).unwrap(), sent);
    }

    #[test]
    fn unknown_kinds_and_fields_are_kept_or_ignored() {
        let raw = RawValue::from_string("{\"colour\":[1, 2]}".to_owned()).unwrap();
        let sent = fact(FactData::Unknown(crate::UnknownData {
            kind: "dialog_painted".into(),
            data: raw,
        }));
        let text = String::from_utf8(sent.encode().unwrap()).unwrap();
        let with_more = text.replacen("{\"v\":1", "{\"v\":1,\"later\":true", 1);
        assert_eq!(Fact::decode(with_more.as_bytes()).unwrap(), sent);
    }

    #[test]
    fn another_schema_version_is_refused() {
        let text = String::from_utf8(
            fact(FactData::DialogUpdated(DialogUpdated::default()))
                .encode()
                .unwrap(),
        );
        let bytes = text.unwrap().replacen("\"v\":1", "\"v\":2", 1);
        assert!(matches!(
            Fact::decode(bytes.as_bytes()),
            Err(DecodeError::Version(2))
        ));
    }
}
