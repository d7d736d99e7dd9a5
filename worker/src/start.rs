use mtchat_nats::LogState;
use mtchat_protocol::FactId;
use mtchat_storage::Projection;

/// How a projector begins.
#[derive(Debug, PartialEq)]
pub(crate) enum Start {
    /// The log is in another life than the projection: read it again from its beginning, under its epoch.
    Adopt(Projection),
    /// Nothing was ever projected.
    Begin,
    /// Go on behind the projection.
    Continue(Projection),
    /// The log is not the one that was projected: a new life begins.
    NewEpoch(Projection, Loss),
}

/// How the log shows that it lost its tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Where the last projected fact stood, there is none.
    Gone,
    /// Where the last projected fact stood, another one stands.
    Other,
    /// It ends before the projection.
    Shorter,
}

/// Whether the projection is one of this log. `found` is the fact that the log holds at the projection's position.
///
/// A false alarm costs a replay, which changes nothing, and every client one reload; a missed loss would skip facts for ever.
/// So what can not be explained by purging counts as lost.
pub(crate) fn start(projection: Option<Projection>, log: &LogState, found: Option<FactId>) -> Start {
    let Some(projection) = projection else {
        return Start::Begin;
    };
    if log.last_seq < projection.log_seq {
        return Start::NewEpoch(projection, Loss::Shorter);
    }
    let purged = projection.log_seq < log.first_seq;
    match (projection.fact_id, found) {
        (Some(own), Some(other)) if own != other => return Start::NewEpoch(projection, Loss::Other),
        (Some(_), None) if !purged => return Start::NewEpoch(projection, Loss::Gone),
        // Without an id (nothing projected in this life, or a dead letter was last) there is nothing to compare.
        (Some(_) | None, Some(_) | None) => {}
    }
    if log.epoch == projection.epoch {
        Start::Continue(projection)
    } else {
        Start::Adopt(projection)
    }
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{Epoch, ShardId};

    use super::*;

    const EPOCH: &str = "1-a";

    type Expected = fn(Projection) -> Start;
    const ADOPT: Expected = Start::Adopt;
    const GO_ON: Expected = Start::Continue;
    const GONE: Expected = |projection| Start::NewEpoch(projection, Loss::Gone);
    const OTHER: Expected = |projection| Start::NewEpoch(projection, Loss::Other);
    const SHORTER: Expected = |projection| Start::NewEpoch(projection, Loss::Shorter);

    fn id(number: u128) -> Option<FactId> {
        Some(FactId(uuid::Uuid::from_u128(number)))
    }

    fn at(log_seq: u64, fact_id: Option<FactId>) -> Projection {
        Projection {
            shard: ShardId(0),
            epoch: Epoch(EPOCH.to_owned()),
            log_seq,
            fact_id,
        }
    }

    fn log(first_seq: u64, last_seq: u64, epoch: &str) -> LogState {
        LogState {
            first_seq,
            last_seq,
            epoch: Epoch(epoch.to_owned()),
            bytes: 0,
            most_bytes: 0,
        }
    }

    #[test]
    fn nothing_projected_yet() {
        assert_eq!(start(None, &log(1, 9, EPOCH), None), Start::Begin);
    }

    #[test]
    fn the_log_is_compared_with_the_projection() {
        let same = at(5, id(1));
        let cases = [
            ("the same fact", same.clone(), log(1, 9, EPOCH), id(1), GO_ON),
            (
                "the same fact, nothing behind it",
                same.clone(),
                log(1, 5, EPOCH),
                id(1),
                GO_ON,
            ),
            (
                "purged with all before it",
                same.clone(),
                log(6, 9, EPOCH),
                None,
                GO_ON,
            ),
            ("purged to the last", same.clone(), log(6, 5, EPOCH), None, GO_ON),
            (
                "begun, nothing projected",
                at(0, None),
                log(1, 9, EPOCH),
                None,
                GO_ON,
            ),
            (
                "begun on an empty log",
                at(0, None),
                log(0, 0, EPOCH),
                None,
                GO_ON,
            ),
            (
                "a dead letter was last",
                at(5, None),
                log(1, 9, EPOCH),
                None,
                GO_ON,
            ),
            (
                "restored and grown past it",
                same.clone(),
                log(1, 9, EPOCH),
                id(2),
                OTHER,
            ),
            ("no fact in its place", same.clone(), log(1, 9, EPOCH), None, GONE),
            ("too short", same.clone(), log(1, 4, EPOCH), None, SHORTER),
            (
                "too short under another epoch",
                same.clone(),
                log(1, 4, "2-a"),
                None,
                SHORTER,
            ),
            (
                "somebody else began the next epoch",
                same,
                log(1, 9, "2-a"),
                id(1),
                ADOPT,
            ),
        ];
        for (case, projection, log, found, expected) in cases {
            assert_eq!(
                start(Some(projection.clone()), &log, found),
                expected(projection),
                "{case}"
            );
        }
    }
}
