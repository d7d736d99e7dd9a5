use mtchat_protocol::{Epoch, Positions, ServerFrame};

/// Behind which frame we are.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Place(Option<(Epoch, Positions)>);

impl Place {
    /// What to resume from; nothing at first.
    pub(super) fn known(&self) -> Option<&(Epoch, Positions)> {
        self.0.as_ref()
    }

    /// A frame was shown.
    pub(super) fn pass(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Connected(frame) => self.0 = Some((frame.epoch.clone(), frame.pos.clone())),
            ServerFrame::Resumed { epoch, pos, .. } => self.0 = Some((epoch.clone(), pos.clone())),
            other => {
                if let (Some((_, place)), Some(pos)) = (&mut self.0, other.pos()) {
                    place.clone_from(pos);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_what_was_shown() {
        let frame = |json: &str| serde_json::from_str::<ServerFrame>(json).unwrap();
        let at = |epoch: &str, pos| Some((Epoch(epoch.to_owned()), Positions(vec![pos])));
        let mut place = Place::default();
        place.pass(&frame(
            r#"{"type":"connected","employee_id":"a","user_id":"a","epoch":"1-a","pos":"7"}"#,
        ));
        assert_eq!(place.0, at("1-a", 7));
        place.pass(&frame(r#"{"type":"pong","pos":"9","stored":"9"}"#));
        assert_eq!(
            place.0,
            at("1-a", 7),
            "what a pong tells of may still be on its way"
        );
        let dialog = "019395a4-0000-7000-8000-000000000000";
        place.pass(&frame(&format!(
            r#"{{"type":"message.deleted","id":"{dialog}","dialog_id":"{dialog}","seq":3,"pos":"8"}}"#
        )));
        assert_eq!(place.0, at("1-a", 8));
        place.pass(&frame(
            r#"{"type":"resumed","recovered":false,"epoch":"2-a","pos":"1"}"#,
        ));
        assert_eq!(place.0, at("2-a", 1));
    }
}
