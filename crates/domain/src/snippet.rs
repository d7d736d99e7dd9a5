use crate::{
    SearchWords,
    plain_text::escaped,
    words::{Word, words},
};

/// How many characters of the text are shown before the first hit, and how many altogether.
const BEFORE: usize = 40;
const LONGEST: usize = 200;

/// The part of a text where something was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Snippet {
    /// Escaped HTML; hits are in `<mark>`, and what was cut off is an ellipsis.
    pub html: String,
    /// How much of the text is hits, from 0 to 1.
    pub rank: f32,
}

/// Show where the words stand in a plain text. A text without any of them is shown from its beginning.
pub fn snippet(text: &str, search: &SearchWords) -> Snippet {
    let all: Vec<Word> = words(text).collect();
    let hits: Vec<&Word> = all.iter().filter(|word| search.is_hit(&word.word)).collect();
    let first = hits.first().map_or(0, |word| word.place.start);
    let start = start(text, &all, first);
    let end = text[start..]
        .char_indices()
        .nth(LONGEST)
        .map_or(text.len(), |(at, _)| start + at);
    let mut html = String::new();
    let mut shown = start;
    if text[..start].chars().any(|skipped| !skipped.is_whitespace()) {
        html.push('…');
    }
    let inside = hits
        .iter()
        .filter(|hit| hit.place.start >= start && hit.place.end <= end);
    for hit in inside {
        html.push_str(&spaced(&text[shown..hit.place.start]));
        html.push_str("<mark>");
        html.push_str(&escaped(&text[hit.place.clone()]));
        html.push_str("</mark>");
        shown = hit.place.end;
    }
    html.push_str(&spaced(&text[shown..end]));
    if text[end..].chars().any(|skipped| !skipped.is_whitespace()) {
        html.push('…');
    }
    #[allow(clippy::cast_precision_loss, reason = "a share of some thousand words")]
    let rank = hits.len() as f32 / all.len().max(1) as f32;
    Snippet {
        html: html.trim().to_owned(),
        rank,
    }
}

/// Where to begin so that the first hit has something before it: at the beginning of a word.
fn start(text: &str, words: &[Word], hit: usize) -> usize {
    let before = text[..hit].char_indices().rev().nth(BEFORE);
    let Some((earliest, _)) = before else { return 0 };
    let begins = words.iter().map(|word| word.place.start);
    begins
        .into_iter()
        .find(|start| *start >= earliest)
        .map_or(hit, |start| start.min(hit))
}

/// Lines of a message are one line of a snippet.
fn spaced(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if !character.is_whitespace() {
            line.push(character);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    escaped(&line).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use super::*;

    fn shown(text: &str, search: &str) -> String {
        snippet(text, &SearchWords::new(search).unwrap()).html
    }

    #[test]
    fn hits_are_marked_and_everything_else_is_escaped() {
        assert_eq!(
            shown("Pay <b> & PAYMENT\n\nnow", "pay"),
            "<mark>Pay</mark> &lt;b&gt; &amp; <mark>PAYMENT</mark> now"
        );
        assert_eq!(shown("<mark>x</mark>", "yes"), "&lt;mark&gt;x&lt;/mark&gt;");
        assert_eq!(shown("", "yes"), "");
    }

    #[test]
    fn a_long_text_is_cut_around_its_first_hit() {
        let text = format!("{}needle {}", "слово ".repeat(100), "word ".repeat(100));
        let html = shown(&text, "needle");
        assert!(html.starts_with("…слово ") && html.ends_with('…'), "{html}");
        assert!(html.contains("<mark>needle</mark>"), "{html}");
        assert!(html.chars().count() <= 220, "{html}");
    }

    #[test]
    fn rank_is_the_share_of_hits() {
        let rank = |text| snippet(text, &SearchWords::new("one").unwrap()).rank;
        assert_eq!(
            (rank("one two"), rank("one"), rank("two"), rank("")),
            (0.5, 1.0, 0.0, 0.0)
        );
    }
}
