use mtchat_protocol::{NotificationLevel, RichText};

use crate::plain_text::{escaped, plain_text};

/// Longest content in bytes that a notification carries as it is.
const WHOLE: usize = 2_000;
/// How many characters of a longer one it carries.
const BEGINNING: usize = 500;

/// How often in a row those are put off who have the dialog on the screen. Then they are told all the same: a screen that is on is not
/// looked at.
pub const MOST_PUT_OFF: i32 = 10;

/// Up to which fact of a dialog a member need not be told of messages any more: they were told, or it was passed over. The database
/// keeps the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told(u64);

impl Told {
    /// Somebody who has come in with the fact of this number: what was said before is not new to them.
    pub fn fresh(joined_seq: u64) -> Self {
        Self(joined_seq)
    }

    /// Their pointer goes back from `read_seq`. What they had read once they are never told of.
    pub fn mark_unread(&mut self, read_seq: u64) {
        self.0 = self.0.max(read_seq);
    }

    /// A timer was answered for everything up to `up_to`.
    pub fn answered(&mut self, up_to: u64) {
        self.0 = self.0.max(up_to);
    }

    /// Behind which fact a message is new to somebody who has read up to `read_seq`.
    pub fn news_after(self, read_seq: u64) -> u64 {
        self.0.max(read_seq)
    }
}

/// What a timer's answer is to a member to whom something is new. Whoever has read everything, and what is nobody's news any more
/// (deleted, or their own), does not come so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing, now and later: they do not want to be told of it.
    PassOver,
    /// One notification for everything that they have not read.
    Tell,
}

/// Judge a member to whom something is new when the timer goes off, by how they have it set at that moment; `addressed`: something of
/// it mentions them or answers a message of theirs.
pub fn verdict(level: NotificationLevel, addressed: bool) -> Verdict {
    match level {
        NotificationLevel::All => Verdict::Tell,
        NotificationLevel::Mentions if addressed => Verdict::Tell,
        NotificationLevel::Mentions | NotificationLevel::None => Verdict::PassOver,
    }
}

/// A message's content as a notification carries it: every member gets a copy of their own, so of a long one only the beginning,
/// without tags.
pub fn preview(content: &RichText) -> RichText {
    if content.as_str().len() <= WHOLE {
        return content.clone();
    }
    let text = plain_text(content.as_str());
    let text = text.trim();
    let end = text.char_indices().nth(BEGINNING);
    let Some((end, _)) = end else {
        return RichText::sanitised(&escaped(text));
    };
    RichText::sanitised(&format!("{}…", escaped(text[..end].trim_end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> String {
        preview(&RichText::sanitised(html)).as_str().to_owned()
    }

    #[test]
    fn a_short_content_stays_as_it_is() {
        assert_eq!(of("<p>1 &lt; 2</p>"), "<p>1 &lt; 2</p>");
        assert_eq!(of(""), "");
    }

    #[test]
    fn a_long_content_is_cut_to_escaped_text() {
        let long = format!("<p><b>1 &lt; 2</b> {}</p>", "слово ".repeat(1_000));
        let cut = of(&long);
        assert!(cut.starts_with("1 &lt; 2 слово ") && cut.ends_with('…'), "{cut}");
        assert!(!cut.contains("<b>") && cut.chars().count() <= BEGINNING + 10);
        let tags = format!("{}short{}", "<b>".repeat(500), "</b>".repeat(500));
        assert_eq!(of(&tags), "short");
    }

    #[test]
    fn whoever_does_not_want_to_be_told_is_passed_over() {
        for (level, addressed, expected) in [
            (NotificationLevel::All, false, Verdict::Tell),
            (NotificationLevel::All, true, Verdict::Tell),
            (NotificationLevel::Mentions, false, Verdict::PassOver),
            (NotificationLevel::Mentions, true, Verdict::Tell),
            (NotificationLevel::None, false, Verdict::PassOver),
            (NotificationLevel::None, true, Verdict::PassOver),
        ] {
            assert_eq!(verdict(level, addressed), expected, "{level:?}, {addressed}");
        }
    }
}
