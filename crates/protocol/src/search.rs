use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{DialogId, Invalid, MessageId, ObjectId, ObjectType, Reason, Timestamp, Title, UserId, limits};

/// A page of what was found, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchPage {
    /// The messages.
    pub results: Vec<SearchHitView>,
    /// Where the next page begins; absent on the last one. A page may be shorter than asked for without being the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<SearchCursor>,
}

impl SearchPage {
    /// A page's size from what the caller asked for: 1–50, default 20.
    pub fn limit(asked: Option<i64>) -> u32 {
        let (default, most) = limits::SEARCH_PAGE;
        match asked {
            None => default,
            Some(limit) => u32::try_from(limit.clamp(1, i64::from(most))).unwrap_or(default),
        }
    }
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHitView {
    /// Which message, and where it stands.
    pub message: FoundMessageView,
    /// The text around the first hit: escaped HTML with the hits in `<mark>`.
    pub snippet: String,
    /// Its dialog.
    pub dialog: FoundDialogView,
    /// How much of the text is hits, from 0 to 1.
    pub rank: f32,
}

/// What is said of a message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundMessageView {
    /// The message.
    pub id: MessageId,
    /// Its dialog.
    pub dialog_id: DialogId,
    /// Who wrote it.
    pub sender_id: UserId,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Its number in the dialog.
    pub seq: u64,
}

/// What is said of the dialog of a message that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundDialogView {
    /// The dialog.
    pub id: DialogId,
    /// The title.
    pub title: Option<Title>,
    /// Which kind of business object.
    pub object_type: ObjectType,
    /// Which business object.
    pub object_id: ObjectId,
}

/// A place in the results: behind everything that was indexed then or later. Opaque on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchCursor(pub u64);

impl fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for SearchCursor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::new("cursor", Reason::Malformed("a cursor of a page before"));
        // Only what Display writes: digits, so no sign and no blank.
        if text.len() > 18 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed());
        }
        text.parse().map(Self).map_err(|_| malformed())
    }
}

impl Serialize for SearchCursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SearchCursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_given() {
        let cursor = SearchCursor(1_764_000_000);
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "-", "-1", "+1", "1.0", " 1", "0x1", "9999999999999999999"] {
            assert!(bad.parse::<SearchCursor>().is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_page_is_neither_empty_nor_endless() {
        let limits = [None, Some(0), Some(7), Some(i64::MAX)].map(SearchPage::limit);
        assert_eq!(limits, [20, 1, 7, 50]);
    }
}
