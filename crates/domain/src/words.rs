use std::{collections::BTreeSet, ops::Range};

use mtchat_protocol::{Invalid, Reason, limits};

/// Longest word in characters; what is longer is known by its beginning.
const LONGEST: usize = 64;
/// Shortest last word that stands for all that begin like it: shorter ones begin too many.
const SHORTEST_PREFIX: usize = 3;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Where it stands, in bytes.
    pub(crate) place: Range<usize>,
    /// In small letters, and not longer than words can be.
    pub(crate) word: String,
}

/// The different words of a text as they are found: of letters and digits, in small letters. Scripts that are written without
/// blanks have a word for each character.
pub fn words_of(text: &str) -> BTreeSet<String> {
    words(text).map(|word| word.word).collect()
}

pub(crate) fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, next)| next.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        if !stands_alone(first) {
            while let Some((at, next)) =
                rest.next_if(|(_, next)| next.is_alphanumeric() && !stands_alone(*next))
            {
                end = at + next.len_utf8();
            }
        }
        let place = start..end;
        let word = small(&text[place.clone()]);
        Some(Word { place, word })
    })
}

fn small(word: &str) -> String {
    // Small letters of some letters come with marks of their own; a word is letters and digits.
    let small = word.chars().flat_map(char::to_lowercase);
    small
        .filter(|letter| letter.is_alphanumeric())
        .take(LONGEST)
        .collect()
}

/// Han, Hiragana and Katakana.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What is searched for: every one of these words, the last one also as the beginning of a longer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWords {
    whole: BTreeSet<String>,
    beginning: Option<String>,
}

impl SearchWords {
    /// Read what somebody typed: 1–200 characters with 1–16 words.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > limits::SEARCH {
            return Err(Invalid::new("q", Reason::TooLong(limits::SEARCH)));
        }
        let mut typed: Vec<String> = words(text).map(|word| word.word).collect();
        if typed.len() > limits::SEARCH_WORDS {
            return Err(Invalid::new("q", Reason::Malformed("at most 16 words")));
        }
        let last = typed.pop().ok_or_else(|| Invalid::new("q", Reason::Blank))?;
        let mut whole: BTreeSet<String> = typed.into_iter().collect();
        let beginning = if last.chars().count() >= SHORTEST_PREFIX {
            Some(last)
        } else {
            whole.insert(last);
            None
        };
        Ok(Self { whole, beginning })
    }

    /// The words that must stand in the text as they are.
    pub fn whole(&self) -> impl Iterator<Item = &str> {
        self.whole.iter().map(String::as_str)
    }

    /// What some word of the text must begin with.
    pub fn beginning(&self) -> Option<&str> {
        self.beginning.as_deref()
    }

    pub(crate) fn is_hit(&self, word: &str) -> bool {
        self.whole.contains(word)
            || self
                .beginning()
                .is_some_and(|beginning| word.starts_with(beginning))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        words(text).map(|word| word.word).collect()
    }

    #[test]
    fn words_are_letters_and_digits_in_small_letters() {
        assert_eq!(
            read("Order №1042-B, по ЗАКАЗУ!"),
            ["order", "1042", "b", "по", "заказу"]
        );
        assert_eq!(read("www.example.com/a_b"), ["www", "example", "com", "a", "b"]);
        assert_eq!(
            read("你好 world 东京タワー"),
            ["你", "好", "world", "东", "京", "タ", "ワ", "ー"]
        );
        assert_eq!(read("İstanbul"), ["istanbul"]);
        assert_eq!(read(" ’—👍\u{1}"), Vec::<String>::new());
        assert_eq!(read(&"x".repeat(500)), ["x".repeat(64)]);
    }

    #[test]
    fn a_word_stands_where_it_says() {
        let text = "…ЖЁЛТЫЙ 你好";
        let found: Vec<&str> = words(text).map(|word| &text[word.place]).collect();
        assert_eq!(found, ["ЖЁЛТЫЙ", "你", "好"]);
    }

    #[test]
    fn the_last_word_is_a_beginning_unless_it_is_too_short() {
        let search = SearchWords::new("Two w").unwrap();
        assert_eq!(
            (search.whole().collect::<Vec<_>>(), search.beginning()),
            (vec!["two", "w"], None)
        );
        let search = SearchWords::new("two Wor").unwrap();
        assert_eq!(
            (search.whole().collect::<Vec<_>>(), search.beginning()),
            (vec!["two"], Some("wor"))
        );
        assert!(search.is_hit("two") && search.is_hit("words") && !search.is_hit("twofold"));
    }

    #[test]
    fn what_is_too_long_or_says_nothing_is_refused() {
        for text in ["", " ", "!?", "a ".repeat(17).as_str(), "x".repeat(201).as_str()] {
            assert_eq!(SearchWords::new(text).unwrap_err().field, "q");
        }
        assert!(SearchWords::new(&"я".repeat(200)).is_ok());
        assert!(SearchWords::new(&"a ".repeat(16)).is_ok());
    }
}
