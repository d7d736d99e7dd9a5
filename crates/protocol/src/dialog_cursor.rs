use std::{fmt, str::FromStr};

use crate::{DialogId, Invalid, Reason, Timestamp};

/// A place in a list of dialogs that is ordered by pinned, then last activity. Opaque to clients; it orders and grants
/// nothing, so a forged one shows no more than an honest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DialogCursor {
    /// The dialog at this place is pinned.
    pub pinned: bool,
    /// Its last activity.
    pub active_at: Timestamp,
    /// The dialog itself.
    pub dialog: DialogId,
}

impl fmt::Display for DialogCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pinned = u8::from(self.pinned);
        write!(f, "{pinned}.{}.{}", self.active_at.micros(), self.dialog)
    }
}

impl FromStr for DialogCursor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        read(text).ok_or(Invalid::new(
            "cursor",
            Reason::Malformed("a cursor that this server gave"),
        ))
    }
}

fn read(text: &str) -> Option<DialogCursor> {
    let mut parts = text.split('.');
    let (pinned, micros, dialog) = (parts.next()?, parts.next()?, parts.next()?);
    let pinned = match pinned {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    let digits = !micros.is_empty() && micros.bytes().all(|byte| byte.is_ascii_digit());
    let micros: i64 = digits.then(|| micros.parse().ok()).flatten()?;
    // Beyond the calendar of Postgres nothing happened.
    const END: i64 = 253_402_300_799_000_000;
    let cursor = DialogCursor {
        pinned,
        active_at: Timestamp::from_micros(micros),
        dialog: dialog.parse().ok()?,
    };
    (parts.next().is_none() && micros <= END).then_some(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_given() {
        let cursor = DialogCursor {
            pinned: true,
            active_at: Timestamp::from_micros(1_764_000_000_000_001),
            dialog: "0199a9ae-0000-7000-8000-000000000000".parse().unwrap(),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn what_nobody_gave_is_refused() {
        let id = "0199a9ae-0000-7000-8000-000000000000";
        for forged in [
            String::new(),
            "0.1".to_owned(),
            format!("2.1.{id}"),
            format!("0.-1.{id}"),
            format!("0.+1.{id}"),
            format!("0.1.{id}.x"),
            format!("0.9223372036854775808.{id}"),
            format!("0.9223372036854775807.{id}"),
            "0.1.x".to_owned(),
        ] {
            assert!(forged.parse::<DialogCursor>().is_err(), "{forged}");
        }
    }
}
