use mtchat_protocol::{ClientFrame, DialogId, UserId};
use serde::Deserialize;
use serde_json::Value;

use super::resume::ResumePoint;

/// What a client said, as far as it matters.
#[derive(Debug, PartialEq)]
pub(crate) enum Said {
    /// Who it is, and where it stood.
    Auth {
        /// A JWT.
        token: String,
        point: Option<ResumePoint>,
    },
    /// Not a JSON object.
    Nonsense,
    /// Nothing that this server acts on.
    Other,
    Ping,
    Resume(ResumePoint),
    /// The user is typing there, or has stopped.
    Typing {
        dialog: DialogId,
        stop: bool,
    },
    /// This dialog is on the user's screen, or none.
    Viewing(Option<DialogId>),
    /// These users are on the user's screen, and no others.
    Watch(Vec<UserId>),
    /// Whether the socket is to be told its user's total of unread messages.
    WatchUnread(bool),
}

/// A frame whose fields may be anything: a position that nobody gave means «reload», not «error».
#[derive(Deserialize)]
struct Loose {
    #[serde(default, rename = "type")]
    kind: Value,
    #[serde(default)]
    token: Value,
}

/// Read what a client said.
pub(crate) fn read(text: &str) -> Said {
    // An array of the right values would pass for an object.
    if !text.trim_start().starts_with('{') {
        return Said::Nonsense;
    }
    match serde_json::from_str(text) {
        Ok(ClientFrame::Auth { token, epoch, pos }) => {
            let pos = pos.map(|pos| pos.to_string());
            let epoch = epoch.map(|epoch| epoch.0);
            Said::Auth {
                token,
                point: ResumePoint::parse(epoch.as_deref(), pos.as_deref()),
            }
        }
        Ok(ClientFrame::Ping) => Said::Ping,
        Ok(ClientFrame::Resume { epoch, pos }) => Said::Resume(ResumePoint::new(epoch, pos)),
        Ok(ClientFrame::Typing { dialog_id, stop }) => Said::Typing {
            dialog: dialog_id,
            stop,
        },
        Ok(ClientFrame::Viewing { dialog_id }) => Said::Viewing(dialog_id),
        Ok(ClientFrame::Watch { user_ids }) => Said::Watch(user_ids),
        Ok(ClientFrame::WatchUnread { enabled }) => Said::WatchUnread(enabled),
        Ok(ClientFrame::Other) => Said::Other,
        Err(_) => read_loosely(text),
    }
}

fn read_loosely(text: &str) -> Said {
    let Ok(Loose { kind, token }) = serde_json::from_str(text) else {
        return Said::Nonsense;
    };
    match (kind.as_str(), token) {
        (Some("auth"), Value::String(token)) => Said::Auth {
            token,
            point: Some(ResumePoint::unreachable()),
        },
        (Some("resume"), _) => Said::Resume(ResumePoint::unreachable()),
        _ => Said::Other,
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{Epoch, Positions};

    use super::*;

    #[test]
    fn well_formed_frames_are_read() {
        let point = ResumePoint::new(Epoch("e".to_owned()), Positions(vec![7]));
        assert_eq!(read(r#"{"type":"ping","more":1}"#), Said::Ping);
        assert_eq!(
            read(r#"{"type":"resume","epoch":"e","pos":"7"}"#),
            Said::Resume(point.clone())
        );
        let auth = read(r#"{"type":"auth","token":"t","epoch":"e","pos":"7"}"#);
        assert_eq!(
            auth,
            Said::Auth {
                token: "t".to_owned(),
                point: Some(point)
            }
        );
        assert_eq!(
            read(r#"{"type":"auth","token":"t"}"#),
            Said::Auth {
                token: "t".to_owned(),
                point: None
            }
        );
    }

    #[test]
    fn a_screen_shows_one_dialog_or_none() {
        let dialog = DialogId::fresh();
        let frame = format!(r#"{{"type":"viewing","dialog_id":"{dialog}"}}"#);
        assert_eq!(read(&frame), Said::Viewing(Some(dialog)));
        for none in [r#"{"type":"viewing","dialog_id":null}"#, r#"{"type":"viewing"}"#] {
            assert_eq!(read(none), Said::Viewing(None), "{none}");
        }
        assert_eq!(read(r#"{"type":"viewing","dialog_id":"x"}"#), Said::Other);
    }

    #[test]
    fn unknown_types_and_shapes_are_ignored() {
        for other in [
            r#"{"type":"subscribe","dialog_id":"x"}"#,
            r#"{"type":"typing"}"#,
            "{}",
            r#"{"type":7}"#,
        ] {
            assert_eq!(read(other), Said::Other, "{other}");
        }
        assert_eq!(read(r#"{"type":"auth"}"#), Said::Other);
    }

    #[test]
    fn malformed_positions_mean_reload() {
        for pos in [r#""x""#, "7", "null", "[]", r#""-1""#, r#""1e3""#] {
            let frame = format!(r#"{{"type":"resume","epoch":"e","pos":{pos}}}"#);
            assert_eq!(read(&frame), Said::Resume(ResumePoint::unreachable()), "{pos}");
        }
        assert_eq!(
            read(r#"{"type":"resume"}"#),
            Said::Resume(ResumePoint::unreachable())
        );
        let auth = read(r#"{"type":"auth","token":"t","pos":"+1"}"#);
        assert_eq!(
            auth,
            Said::Auth {
                token: "t".to_owned(),
                point: Some(ResumePoint::unreachable())
            }
        );
    }

    #[test]
    fn what_is_no_json_object_is_nonsense() {
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        for bad in [
            "",
            "ping",
            "{",
            "7",
            "null",
            "[]x",
            r#""a""#,
            "{\"type\":\"ping\"}}",
            &deep,
        ] {
            assert_eq!(read(bad), Said::Nonsense, "{}", &bad[..bad.len().min(20)]);
        }
    }
}
