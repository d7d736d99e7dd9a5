use std::io::{self, IsTerminal, Write};

use mtchat_protocol::{DialogId, MessageId, MessageNewFrame, NotificationLevel, ServerFrame, Timestamp};

/// Where frames are shown, one on each line: for people on a terminal, as they came otherwise.
pub(super) struct Show {
    pretty: bool,
}

impl Show {
    pub(super) fn to_standard_output(json: bool) -> Self {
        Self {
            pretty: !json && io::stdout().is_terminal(),
        }
    }

    /// Shows a frame; fails when nobody reads any more.
    pub(super) fn frame(&self, text: &str, frame: Option<&ServerFrame>) -> io::Result<()> {
        let line = match frame.filter(|_| self.pretty) {
            Some(frame) => for_people(frame, text, Timestamp::now()),
            None => text.to_owned(),
        };
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()
    }

    /// Says something beside the frames.
    pub(super) fn notice(&self, text: &str) {
        let mut out = io::stderr().lock();
        // Nobody may be reading; then nobody misses it.
        let _ = writeln!(out, "{}{text}", if self.pretty { "— " } else { "mtchat: " });
    }
}

fn for_people(frame: &ServerFrame, text: &str, now: Timestamp) -> String {
    let (at, kind, says) = match frame {
        ServerFrame::Connected(frame) => (
            now,
            "connected",
            format!("as {}", harmless(frame.user_id.as_str())),
        ),
        ServerFrame::DialogArchived { dialog_id, .. }
        | ServerFrame::DialogAvailable { dialog_id, .. }
        | ServerFrame::DialogDeleted { dialog_id, .. }
        | ServerFrame::DialogPinned { dialog_id, .. }
        | ServerFrame::DialogUnarchived { dialog_id, .. }
        | ServerFrame::DialogUnavailable { dialog_id, .. }
        | ServerFrame::DialogUnpinned { dialog_id, .. } => (now, what_became(frame), short(*dialog_id)),
        ServerFrame::DialogNotifications {
            dialog_id,
            enabled,
            notification_level,
            ..
        } => {
            let level = NotificationLevel::of(*enabled, *notification_level);
            (now, "dialog.notifications", switched(*dialog_id, level))
        }
        ServerFrame::MessageRead {
            dialog_id, user_id, ..
        } => (now, "message.read", person(*dialog_id, user_id.as_str())),
        ServerFrame::MessageUnread {
            dialog_id,
            message_id,
            ..
        } => (now, "message.unread", which(*dialog_id, *message_id)),
        ServerFrame::DialogUpdated(frame) => (now, "dialog.updated", short(frame.dialog_id)),
        ServerFrame::MessageNew(frame) => (frame.sent_at, "message.new", message(frame)),
        ServerFrame::MessageEdited {
            dialog_id,
            content,
            last_edited_at,
            ..
        } => (
            *last_edited_at,
            "message.edited",
            format!("{}  {}", short(*dialog_id), plain(content.as_str())),
        ),
        ServerFrame::MessageDeleted { dialog_id, id, .. } => (now, "message.deleted", which(*dialog_id, *id)),
        ServerFrame::MessageReaction {
            dialog_id,
            message_id,
            user_id,
            emoji,
            added,
            ..
        } => {
            let sign = if *added { '+' } else { '-' };
            let (user, emoji) = (harmless(user_id.as_str()), harmless(emoji.as_str()));
            (
                now,
                "message.reaction",
                format!("{}  {user}: {sign}{emoji} on {message_id}", short(*dialog_id)),
            )
        }
        ServerFrame::ParticipantJoined { .. }
        | ServerFrame::ParticipantLeft { .. }
        | ServerFrame::ParticipantUpdated { .. }
        | ServerFrame::PresenceUpdate { .. }
        | ServerFrame::UnreadTotal(_) => {
            let (kind, says) = about_somebody(frame);
            (now, kind, says)
        }
        ServerFrame::Error { .. }
        | ServerFrame::Pong { .. }
        | ServerFrame::Resumed { .. }
        | ServerFrame::Typing { .. } => {
            return harmless(text);
        }
    };
    format!("{}  {kind:<18}  {says}", clock(at))
}

/// The word for frames that are about a person, and what they say.
fn about_somebody(frame: &ServerFrame) -> (&'static str, String) {
    match frame {
        ServerFrame::ParticipantJoined {
            dialog_id,
            display_name,
            ..
        } => ("participant.joined", person(*dialog_id, display_name.as_str())),
        ServerFrame::ParticipantLeft {
            dialog_id, user_id, ..
        } => ("participant.left", person(*dialog_id, user_id.as_str())),
        ServerFrame::ParticipantUpdated {
            dialog_id, user_id, ..
        } => ("participant.updated", person(*dialog_id, user_id.as_str())),
        ServerFrame::PresenceUpdate {
            user_id, is_online, ..
        } => {
            let is = if *is_online { "online" } else { "offline" };
            ("presence.update", format!("{}  {is}", harmless(user_id.as_str())))
        }
        ServerFrame::UnreadTotal(total) => {
            let says = format!("{} in {} dialogs", total.unread_count, total.dialogs);
            ("unread.total", says)
        }
        _ => ("participant", String::new()),
    }
}

/// The word for frames that say nothing but what became of a dialog.
fn what_became(frame: &ServerFrame) -> &'static str {
    match frame {
        ServerFrame::DialogArchived { .. } => "dialog.archived",
        ServerFrame::DialogAvailable { .. } => "dialog.available",
        ServerFrame::DialogDeleted { .. } => "dialog.deleted",
        ServerFrame::DialogPinned { .. } => "dialog.pinned",
        ServerFrame::DialogUnarchived { .. } => "dialog.unarchived",
        ServerFrame::DialogUnavailable { .. } => "dialog.unavailable",
        ServerFrame::DialogUnpinned { .. } => "dialog.unpinned",
        _ => "dialog",
    }
}

fn person(dialog: DialogId, name: &str) -> String {
    format!("{}  {}", short(dialog), harmless(name))
}

fn which(dialog: DialogId, message: MessageId) -> String {
    format!("{}  message {message}", short(dialog))
}

fn switched(dialog: DialogId, level: NotificationLevel) -> String {
    let level = match level {
        NotificationLevel::All => "on",
        NotificationLevel::Mentions => "mentions",
        NotificationLevel::None => "off",
    };
    format!("{}  {level}", short(dialog))
}

fn message(frame: &MessageNewFrame) -> String {
    let content = plain(frame.content.as_str());
    match (&frame.sender, &frame.sender_id) {
        (Some(sender), _) => format!(
            "{}  {}: {content}",
            short(frame.dialog_id),
            harmless(sender.display_name.as_str())
        ),
        (None, Some(sender)) => format!(
            "{}  {}: {content}",
            short(frame.dialog_id),
            harmless(sender.as_str())
        ),
        (None, None) => format!("{}  {content}", short(frame.dialog_id)),
    }
}

/// The end of the id: its beginning is the time, and so much the same for all dialogs of a day.
fn short(dialog: DialogId) -> String {
    let id = dialog.to_string();
    id.get(id.len().saturating_sub(8)..).unwrap_or(&id).to_owned()
}

/// Hours, minutes and seconds in UTC.
fn clock(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}

/// Rich text as one line: tags gone, entities back.
fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside_tag = false;
    for character in html.chars() {
        match character {
            '<' => inside_tag = true,
            '>' if inside_tag => {
                inside_tag = false;
                // A tag may have been all that stood between two words.
                if !text.ends_with(' ') && !text.is_empty() {
                    text.push(' ');
                }
            }
            _ if inside_tag => {}
            other => text.push(other),
        }
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ");
    harmless(text.replace("&#39;", "'").replace("&amp;", "&").trim())
}

/// Nothing that moves the cursor, colours the terminal or turns the text around.
fn harmless(text: &str) -> String {
    let turns = |character: char| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|character| {
            if character.is_control() || turns(character) {
                ' '
            } else {
                character
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_readable_line() {
        let text = r#"{"type":"message.new","id":"019395a4-0000-7000-8000-000000000001",
            "dialog_id":"019395a4-0000-7000-8000-00000000beef","sender_id":"alice","content":"<p>a &lt; b</p><p>c\u001b[31m</p>",
            "sent_at":"2025-11-24T16:00:01Z","message_type":"user",
            "sender":{"user_id":"alice","display_name":"Alice"},"seq":2,"pos":"7"}"#;
        let frame: ServerFrame = serde_json::from_str(text).unwrap();
        let line = for_people(&frame, text, Timestamp::from_micros(0));
        assert_eq!(
            line,
            "16:00:01  message.new         0000beef  Alice: a < b c [31m"
        );
    }

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_obey() {
        assert_eq!(harmless("a\u{1b}[2Jb\nc\u{202e}d"), "a [2Jb c d");
        assert_eq!(plain("&amp;lt;b&gt;"), "&lt;b>");
    }
}
