use mtchat_protocol::{Emoji, ReactionSummary, limits};

/// An emoji on a message as one user sees it, with enough to say what a change of their own makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownReaction {
    /// The emoji.
    pub emoji: Emoji,
    /// How many others have put it there.
    pub others: u64,
    /// The `seq` at which the first of them did.
    pub first_of_others: Option<u64>,
    /// The `seq` at which the user did; `None` when they have not.
    pub own: Option<u64>,
}

/// What is on a message, as one user sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownReactions(pub Vec<KnownReaction>);

impl KnownReactions {
    /// Whether the user has put this emoji there.
    pub fn has_own(&self, emoji: &Emoji) -> bool {
        self.0
            .iter()
            .any(|known| known.emoji == *emoji && known.own.is_some())
    }

    /// Whether this emoji can be there: it is already, or there are not too many different ones.
    pub fn has_room_for(&self, emoji: &Emoji) -> bool {
        self.0.len() < limits::EMOJI_PER_MESSAGE || self.0.iter().any(|known| known.emoji == *emoji)
    }

    /// What is there after the user has put the emoji there at this `seq`, or (`None`) has taken it away.
    #[must_use]
    pub fn after(mut self, emoji: &Emoji, own: Option<u64>) -> Self {
        match self.0.iter_mut().find(|known| known.emoji == *emoji) {
            Some(known) => known.own = own,
            None => self.0.push(KnownReaction {
                emoji: emoji.clone(),
                others: 0,
                first_of_others: None,
                own,
            }),
        }
        self.0.retain(|known| known.others > 0 || known.own.is_some());
        self
    }

    /// The same as it is shown: in the order in which the emoji first came.
    pub fn summary(mut self) -> Vec<ReactionSummary> {
        // Whoever is missing counts as late: some one of the two is there.
        let first = |seq: Option<u64>| seq.unwrap_or(u64::MAX);
        self.0
            .sort_by_key(|known| first(known.own).min(first(known.first_of_others)));
        let shown = self.0.into_iter().map(|known| ReactionSummary {
            emoji: known.emoji,
            count: known.others + u64::from(known.own.is_some()),
            me: known.own.is_some(),
        });
        shown.collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use super::*;

    fn emoji(text: &str) -> Emoji {
        Emoji::new(text).unwrap()
    }

    fn shown(known: &KnownReactions) -> Vec<(String, u64, bool)> {
        let summary = known.clone().summary().into_iter();
        summary
            .map(|one| (one.emoji.as_str().to_owned(), one.count, one.me))
            .collect()
    }

    #[test]
    fn what_is_shown_follows_ones_own_changes() {
        let known = KnownReactions(vec![KnownReaction {
            emoji: emoji("👍"),
            others: 2,
            first_of_others: Some(7),
            own: Some(3),
        }]);
        let known = known.after(&emoji("🎉"), Some(5));
        assert_eq!(shown(&known), [("👍".into(), 3, true), ("🎉".into(), 1, true)]);
        let known = known.after(&emoji("👍"), None);
        assert_eq!(
            shown(&known),
            [("🎉".into(), 1, true), ("👍".into(), 2, false)],
            "the others came later"
        );
        let known = known.after(&emoji("🎉"), None);
        assert_eq!(shown(&known), [("👍".into(), 2, false)]);
        assert!(!known.has_own(&emoji("👍")));
    }

    #[test]
    fn there_is_room_for_so_many_different_ones() {
        let full = (0..limits::EMOJI_PER_MESSAGE).fold(KnownReactions::default(), |known, number| {
            let next = char::from_u32(0x1F600 + u32::try_from(number).unwrap()).unwrap();
            assert!(known.has_room_for(&emoji(&next.to_string())));
            known.after(&emoji(&next.to_string()), Some(1))
        });
        assert!(!full.has_room_for(&emoji("👍")));
        assert!(full.has_room_for(&emoji("\u{1F600}")));
    }
}
