use mtchat_domain::{SearchWords, plain_text, snippet};
use mtchat_protocol::{
    AppId, DialogId, FoundDialogView, FoundMessageView, MessageId, ObjectId, ObjectType, SearchCursor,
    SearchHitView, SearchPage, Title, UserId,
};
use sha2::{Digest, Sha256};
use sqlx::{Row, postgres::PgRow};
use tokio::time::{Duration, Instant};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    row::{moment, number, optional_text, signed, text},
};

/// Who searches, and where.
#[derive(Debug, Clone, Copy)]
pub struct SearchPlace<'a> {
    /// The app.
    pub app: &'a AppId,
    /// The user; of their dialogs only those are searched in which they take part now.
    pub user: &'a UserId,
    /// Only this dialog.
    pub dialog: Option<DialogId>,
}

/// What one statement looks through, newest first, each part only while the page is not full: so many stretches of these many numbers, as
/// powers of two (see the migration), and then the rest. The next statement goes on without the first.
const STRETCHES: [(u32, u64); 4] = [(12, 2), (16, 2), (16, 2), (16, 4)];
/// The same in two parts.
const FEW: [(u32, u64); 2] = [(16, 2), (16, 32)];
/// How many windows that makes.
const WINDOWS: usize = STRETCHES.len() + 1;
/// Up to so many messages are one window when all newer ones have been looked through: a stretch narrows nothing there.
const REST: u64 = 1 << 22;
/// The beginning of a word of so many letters is a word of its own in the index.
const BEGINNING: usize = 3;
/// A search that has taken so long gives the page that it has, and goes on when it is asked to.
const BUDGET: Duration = Duration::from_millis(750);

/// The windows are looked through by a function of the database (see the migration of row security). What is found is shown as the
/// message is now: one that is deleted is a row without a message.
const SEARCH: &str = "
SELECT page.dialog, page.message, page.no, m.sent_at, m.seq, m.sender_id, m.content, d.title, d.object_type, d.object_id
FROM search_windows($1, $2, $3, $4, $5, $6, $7) page
LEFT JOIN messages m ON m.app = $1 AND m.dialog = page.dialog AND m.id = page.message
    AND m.deleted_at IS NULL AND m.sender_id IS NOT NULL
LEFT JOIN dialogs d ON d.app = $1 AND d.id = page.dialog
ORDER BY page.no DESC";

/// What no message has yet.
const NEWEST: &str = "SELECT last_value + 1 AS newest FROM message_words_no";

impl Storage {
    /// Messages with all these words, newest first. A page may be shorter than it could be, without being the last: what was
    /// deleted just now is left out, and a search that would take long is done in parts.
    pub async fn search(
        &self,
        place: SearchPlace<'_>,
        words: &SearchWords,
        behind: Option<SearchCursor>,
        limit: u32,
    ) -> Result<SearchPage, StorageError> {
        let (limit, began) = (limit as usize, Instant::now());
        let mut page = SearchPage {
            results: Vec::new(),
            next_cursor: None,
        };
        let mut before = match behind {
            Some(SearchCursor(before)) => before,
            None => self.newest(place.app).await?,
        };
        let asked = Asked::of(words, place.app);
        let (mut stretches, mut taken) = (STRETCHES, 0);
        loop {
            let windows = if asked.few_windows {
                few_windows(before)
            } else {
                windows(before, stretches)
            };
            let rows = self.look(place, &asked, &windows, limit + 1 - taken).await?;
            let shown = &rows[..rows.len().min(limit - taken)];
            for row in shown {
                page.results.extend(read(row, words)?);
            }
            taken += shown.len();
            let last = windows[WINDOWS - 1].from;
            page.next_cursor = match shown.last() {
                Some(row) if rows.len() > shown.len() => Some(SearchCursor(number(row, "no")?)),
                Some(_) | None => (last > 0).then_some(SearchCursor(last)),
            };
            if taken == limit || page.next_cursor.is_none() || began.elapsed() > BUDGET {
                return Ok(page);
            }
            (before, stretches) = (last, [STRETCHES[3]; 4]);
        }
    }

    async fn newest(&self, app: &AppId) -> Result<u64, StorageError> {
        number(&self.row(app, sqlx::query(NEWEST)).await?, "newest")
    }

    async fn look(
        &self,
        place: SearchPlace<'_>,
        asked: &Asked,
        windows: &[Window; WINDOWS],
        most: usize,
    ) -> Result<Vec<PgRow>, StorageError> {
        let edges = std::iter::once(windows[0].to).chain(windows.iter().map(|window| window.from));
        let query = sqlx::query(SEARCH)
            .bind(place.app.as_str())
            .bind(place.user.as_str())
            .bind(place.dialog.map(|dialog| dialog.0))
            .bind(&asked.query)
            .bind(signed(most as u64))
            .bind(edges.map(signed).collect::<Vec<_>>())
            .bind(windows.iter().map(Window::stretches).collect::<Vec<_>>());
        self.rows(place.app, query).await
    }
}

/// Numbers of messages, the last one excluded: some whole stretches, without what is above `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    /// `None`: everything.
    bits: Option<u32>,
    from: u64,
    to: u64,
}

impl Window {
    fn below(to: u64, (bits, count): (u32, u64)) -> Self {
        let newest = to.saturating_sub(1) >> bits;
        let from = newest.saturating_sub(count - 1) << bits;
        Self {
            bits: Some(bits),
            from,
            to,
        }
    }

    /// Everything that is left.
    fn rest(to: u64) -> Self {
        Self {
            bits: None,
            from: 0,
            to,
        }
    }

    fn stretches(&self) -> Option<String> {
        let bits = self.bits?;
        let stretches = (self.from >> bits)..=(self.to.saturating_sub(1) >> bits);
        let words: Vec<String> = stretches.map(|stretch| format!("'#{bits}-{stretch}'")).collect();
        Some(words.join(" | "))
    }
}

fn windows(before: u64, stretches: [(u32, u64); 4]) -> [Window; WINDOWS] {
    let first = Window::below(before, stretches[0]);
    let second = Window::below(first.from, stretches[1]);
    let third = Window::below(second.from, stretches[2]);
    let fourth = Window::below(third.from, stretches[3]);
    let last = if fourth.from <= REST {
        Window::rest(fourth.from)
    } else {
        Window::below(fourth.from, stretches[3])
    };
    [first, second, third, fourth, last]
}

/// What is looked for, as Postgres reads it. Words are letters and digits, so nothing that is typed ends a quotation.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    query: String,
    /// A beginning of more letters than the index knows stands there for all words that begin so, and every window collects the
    /// messages of all of them: so there are few.
    few_windows: bool,
}

impl Asked {
    fn of(words: &SearchWords, app: &AppId) -> Self {
        let app = AppDigits::of(app);
        let whole = words.whole().map(|word| format!("'{}'", app.word(word)));
        let mut parts: Vec<String> = whole.collect();
        let mut few_windows = false;
        if let Some(letters) = words.beginning() {
            parts.push(match beginning(letters) {
                Some(all) if all == letters => format!("'{}'", app.beginning(letters)),
                Some(_) | None => {
                    // Alone it mostly fills the first window.
                    few_windows = !parts.is_empty();
                    format!("'{}':*", app.word(letters))
                }
            });
        }
        Self {
            query: parts.join(" & "),
            few_windows,
        }
    }
}

/// With what every word of an app begins in the index. Two apps that share it share the work of their searches, never what is found.
pub(crate) struct AppDigits(String);

impl AppDigits {
    pub(crate) fn of(app: &AppId) -> Self {
        let hash = Sha256::digest(app.as_str());
        Self(format!("{:02x}{:02x}{:x}", hash[0], hash[1], hash[2] >> 4))
    }

    pub(crate) fn word(&self, word: &str) -> String {
        format!("{}{word}", self.0)
    }

    fn beginning(&self, letters: &str) -> String {
        format!("{}^{letters}", self.0)
    }

    /// What stands in the index for a word: itself, and its beginning.
    pub(crate) fn lexemes(&self, word: &str) -> Vec<String> {
        let beginning = beginning(word).map(|letters| self.beginning(letters));
        beginning.into_iter().chain([self.word(word)]).collect()
    }
}

/// The first letters of a word that has as many.
fn beginning(word: &str) -> Option<&str> {
    let (start, last) = word.char_indices().nth(BEGINNING - 1)?;
    Some(&word[..start + last.len_utf8()])
}

/// The word that every message of a dialog has.
pub(crate) fn dialog_token(dialog: DialogId) -> String {
    format!(":{dialog}")
}

/// The message of a row; `None` when it is gone.
fn read(row: &PgRow, words: &SearchWords) -> Result<Option<SearchHitView>, StorageError> {
    let Some(sender_id) = optional_text(row, "sender_id", UserId::new)? else {
        return Ok(None);
    };
    let dialog_id = DialogId(row.try_get::<Uuid, _>("dialog")?);
    let found = snippet(&plain_text(row.try_get("content")?), words);
    Ok(Some(SearchHitView {
        message: FoundMessageView {
            id: MessageId(row.try_get::<Uuid, _>("message")?),
            dialog_id,
            sender_id,
            sent_at: moment(row, "sent_at")?,
            seq: number(row, "seq")?,
        },
        snippet: found.html,
        dialog: FoundDialogView {
            id: dialog_id,
            title: optional_text(row, "title", Title::new)?,
            object_type: text(row, "object_type", ObjectType::new)?,
            object_id: text(row, "object_id", ObjectId::new)?,
        },
        rank: found.rank,
    }))
}

/// The same in two windows; the others are empty.
fn few_windows(before: u64) -> [Window; WINDOWS] {
    let first = Window::below(before, FEW[0]);
    let second = if first.from <= REST {
        Window::rest(first.from)
    } else {
        Window::below(first.from, FEW[1])
    };
    let empty = Window {
        from: second.from,
        to: second.from,
        bits: None,
    };
    [first, second, empty, empty, empty]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_typed_ends_a_quotation() {
        let words = SearchWords::new("it's 'a' \\ | & !b :* D'Arc").unwrap();
        assert_eq!(
            Asked::of(&words, &AppId::default_app()).query,
            "'37a8ea' & '37a8eb' & '37a8ed' & '37a8eit' & '37a8es' & '37a8e^arc'"
        );
    }

    #[test]
    fn a_word_is_found_by_its_beginning() {
        let app = AppDigits::of(&AppId::default_app());
        assert_eq!(app.lexemes("до"), ["37a8eдо"]);
        assert_eq!(app.lexemes("дом"), ["37a8e^дом", "37a8eдом"]);
        assert_eq!(app.lexemes("orders"), ["37a8e^ord", "37a8eorders"]);
        let asked = |text: &str| {
            let asked = Asked::of(&SearchWords::new(text).unwrap(), &AppId::default_app());
            (asked.query, asked.few_windows)
        };
        let pair = |query: &str, few: bool| (query.to_owned(), few);
        assert_eq!(asked("ord"), pair("'37a8e^ord'", false));
        assert_eq!(asked("orders"), pair("'37a8eorders':*", false));
        assert_eq!(asked("my ord"), pair("'37a8emy' & '37a8e^ord'", false));
        assert_eq!(asked("my orders"), pair("'37a8emy' & '37a8eorders':*", true));
    }

    #[test]
    fn windows_follow_each_other_down_to_the_first_message_without_a_hole() {
        for mut before in [1, 2, 4_096, 4_097, 70_000, 2_500_000, 9_000_001] {
            let mut stretches = STRETCHES;
            while before > 0 {
                for window in windows(before, stretches) {
                    assert_eq!(window.to, before);
                    assert!(window.from < window.to || window.to == 0);
                    assert!(window.bits.is_some() || window.to <= REST);
                    before = window.from;
                }
                stretches = [STRETCHES[3]; 4];
            }
        }
        for mut before in [1, 70_000, 4_000_000, 90_000_000] {
            while before > 0 {
                let windows = few_windows(before);
                assert!(windows.windows(2).all(|pair| pair[0].from == pair[1].to));
                assert_eq!(windows[0].to, before);
                before = windows[WINDOWS - 1].from;
            }
        }
        let window = Window::below(70_000, (16, 2));
        assert_eq!(window.stretches().unwrap(), "'#16-0' | '#16-1'");
        assert_eq!((window.from, Window::rest(7).stretches()), (0, None));
    }
}
