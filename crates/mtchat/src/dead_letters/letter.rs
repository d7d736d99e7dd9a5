use std::{fmt, str::FromStr};

use mtchat_protocol::{AppId, Position};
use mtchat_storage::{DeadLetter, DeadWebhook, WebhookPlace};

/// Something that was set aside or given up.
#[derive(Debug, Clone)]
pub(super) enum Letter {
    /// An event that an endpoint did not take.
    Event(DeadWebhook),
    /// What the projector could not apply.
    Fact(DeadLetter),
}

/// How a letter is named: by its place in the log, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LetterId {
    /// `app/endpoint/shard-sequence`.
    Event {
        /// Of which endpoint.
        place: WebhookPlace,
        /// Where its fact stands.
        log_seq: u64,
    },
    /// `shard-sequence`.
    Fact(Position),
}

impl Letter {
    pub(super) fn id(&self) -> LetterId {
        match self {
            Self::Event(letter) => LetterId::Event {
                place: letter.place.clone(),
                log_seq: letter.log_seq,
            },
            Self::Fact(letter) => LetterId::Fact(Position {
                shard: letter.shard,
                log_seq: letter.log_seq,
            }),
        }
    }
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event { place, log_seq } => {
                write!(f, "{}/{}/{}-{log_seq}", place.app, place.endpoint, place.shard)
            }
            Self::Fact(position) => position.fmt(f),
        }
    }
}

impl FromStr for LetterId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown =
            || "a letter is named like 0-4711, or like default/configured/0-4711 for an event".to_owned();
        let position = |text: &str| text.parse::<Position>().map_err(|_| unknown());
        let Some((rest, place)) = text.rsplit_once('/') else {
            return Ok(Self::Fact(position(text)?));
        };
        let (app, endpoint) = rest.split_once('/').ok_or_else(unknown)?;
        let Position { shard, log_seq } = position(place)?;
        let place = WebhookPlace {
            app: AppId::new(app).map_err(|_| unknown())?,
            endpoint: endpoint.to_owned(),
            shard,
        };
        Ok(Self::Event { place, log_seq })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_shown() {
        for name in [
            "0-4711",
            "default/configured/0-1",
            "acme/0190b3c4-5d6e-7f80-91a2-b3c4d5e6f708/3-9",
        ] {
            let id: LetterId = name.parse().unwrap();
            assert_eq!(id.to_string(), name);
        }
        for odd in [
            "",
            "seven",
            "4711",
            "default/0-1",
            "De/configured/0-1",
            "default/configured/x",
        ] {
            assert!(odd.parse::<LetterId>().is_err(), "{odd}");
        }
    }
}
