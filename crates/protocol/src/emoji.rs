use serde::{Deserialize, Serialize};

use crate::{Emoji, Invalid, Reason, limits};

/// An emoji on a message, as one user sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReactionSummary {
    /// The emoji.
    pub emoji: Emoji,
    /// How many have put it there, those who have left since included.
    pub count: u64,
    /// Whether the user is one of them.
    pub me: bool,
}

/// No list of emoji: they come with every version of Unicode. What is refused is what could pass for text: letters of markup
/// and words, blanks, and characters that turn the direction of what stands around them.
pub(crate) fn check_emoji(field: &'static str, text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(field, Reason::Blank));
    }
    if text.len() > limits::EMOJI_BYTES {
        return Err(Invalid::new(field, Reason::TooLong(limits::EMOJI_BYTES)));
    }
    if !text.chars().all(may_stand_in_emoji) {
        return Err(Invalid::new(field, Reason::Character));
    }
    // Digits, `#` and `*` begin a keycap; alone they are none.
    if text.is_ascii() {
        return Err(Invalid::new(field, Reason::Malformed("an emoji")));
    }
    Ok(())
}

fn may_stand_in_emoji(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit() || matches!(character, '#' | '*');
    }
    let turns_direction =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !character.is_whitespace() && !turns_direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_of_all_kinds_are_taken() {
        for emoji in [
            "👍",
            "❤️",
            "👍🏽",
            "1️⃣",
            "🇩🇪",
            "👨‍👩‍👧‍👦",
            "ℹ",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ] {
            assert_eq!(Emoji::new(emoji).unwrap().as_str(), emoji);
        }
    }

    #[test]
    fn what_could_pass_for_text_is_refused() {
        let long = "👍".repeat(9);
        for text in [
            "",
            "a",
            "👍a",
            "<👍",
            "1",
            "#",
            " ",
            "👍 ",
            "👍\u{a0}",
            "👍\n",
            "\0",
            "👍\u{85}",
            "\u{202e}👍",
            &long,
        ] {
            assert_eq!(Emoji::new(text).unwrap_err().field, "emoji", "{text:?} was taken");
        }
        assert!(serde_json::from_str::<Emoji>("\"ok\"").is_err());
    }
}
