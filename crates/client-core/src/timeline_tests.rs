use serde_json::json;

use super::*;

fn id(seq: u64) -> MessageId {
    format!("00000000-0000-7000-8000-{seq:012}")
        .parse()
        .expect("a UUID")
}

/// Messages from one number to another, of so many.
fn page(from: u64, to: u64, of: u64) -> MessagesPage {
    let message = |seq: u64| {
        json!({ "id": id(seq), "dialog_id": id(0), "sender_id": "bob", "content": "hi", "sent_at": "2026-01-01T00:00:00Z",
            "last_edited_at": null, "reply_to_id": null, "message_type": "user", "seq": seq })
    };
    let messages: Vec<_> = (from..=to).map(message).collect();
    let page = json!({ "messages": messages, "has_more_before": from > 1, "has_more_after": to < of });
    serde_json::from_value(page).expect("a page")
}

fn timeline() -> Timeline {
    Timeline::new(serde_json::from_value(json!(id(0))).expect("a dialog"))
}

/// The stretches, from where to where.
fn ranges(timeline: &Timeline) -> Vec<(u64, u64)> {
    timeline.stretches.iter().filter_map(Stretch::range).collect()
}

const ALL: u64 = 10_000;

/// Newest page, then older ones to the beginning.
fn read_back_to(timeline: &mut Timeline, from: u64) {
    timeline.take(PageQuery::Latest, page(ALL - 49, ALL, ALL), ALL, None);
    while timeline
        .stretches
        .first()
        .and_then(Stretch::range)
        .is_some_and(|(first, _)| first > from)
    {
        let Some(query @ PageQuery::Before(_)) = timeline.older() else {
            panic!("there are older ones")
        };
        let first = timeline.stretches[0].range().expect("it is not empty").0;
        timeline.take(query, page(first - 50, first - 1, ALL), ALL, None);
    }
}

#[test]
fn who_reads_back_gets_to_the_beginning_and_keeps_the_newest() {
    let mut timeline = timeline();
    read_back_to(&mut timeline, 1);
    assert_eq!(ranges(&timeline), [(1, 1_950), (ALL - 49, ALL)]);
    assert!(timeline.older().is_none());
    assert!(timeline.newer().is_none(), "the newest are there, and go on live");
    assert!(timeline.is_live_before(ALL + 1));
}

#[test]
fn who_reads_the_newest_loses_the_oldest() {
    let mut timeline = timeline();
    read_back_to(&mut timeline, ALL - 1_949);
    timeline.reads_newest();
    for seq in ALL + 1..=ALL + 100 {
        timeline.take(PageQuery::After(id(seq - 1)), page(seq, seq, seq), seq, None);
    }
    assert_eq!(ranges(&timeline), [(ALL - 1_899, ALL + 100)]);
}

#[test]
fn a_jump_far_away_is_not_lost_among_what_was_loaded() {
    let mut timeline = timeline();
    read_back_to(&mut timeline, ALL - 2_000);
    timeline.take(PageQuery::Around(id(500)), page(475, 525, ALL), ALL, None);
    assert_eq!(ranges(&timeline).first(), Some(&(475, 525)));
    assert_eq!(ranges(&timeline).last(), Some(&(ALL - 49, ALL)));
    let loaded: u64 = ranges(&timeline).iter().map(|(from, to)| to - from + 1).sum();
    assert_eq!(loaded, MOST as u64);
}
