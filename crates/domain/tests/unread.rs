//! Unread by arithmetic is what whoever counts the timeline finds, whatever happened.

#![allow(clippy::unwrap_used, reason = "a test that can not go on has failed")]

use std::collections::HashSet;

use mtchat_domain::Reader;
use proptest::prelude::*;

const PEOPLE: usize = 4;

/// What happens next; a message is taken modulo what there is.
#[derive(Debug, Clone)]
enum Act {
    Archive(usize),
    Delete(usize),
    /// An edit, a new title: a number of the order, and nothing to read.
    Edit,
    Join(usize),
    Leave(usize),
    MarkUnread {
        who: usize,
        which: usize,
    },
    Read {
        who: usize,
        which: usize,
    },
    Send(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let who = 0..PEOPLE;
    let one = prop_oneof![
        1 => who.clone().prop_map(Act::Archive),
        4 => any::<usize>().prop_map(Act::Delete),
        2 => Just(Act::Edit),
        2 => who.clone().prop_map(Act::Join),
        2 => who.clone().prop_map(Act::Leave),
        3 => (who.clone(), any::<usize>()).prop_map(|(who, which)| Act::MarkUnread { who, which }),
        5 => (who.clone(), any::<usize>()).prop_map(|(who, which)| Act::Read { who, which }),
        10 => who.prop_map(Act::Send),
    ];
    prop::collection::vec(one, 1..80)
}

struct Message {
    seq: u64,
    author: usize,
    deleted: bool,
}

/// What somebody who looks at every message knows of one reader.
#[derive(Default)]
struct Naive {
    read: HashSet<u64>,
    archived: bool,
}

#[derive(Default)]
struct Timeline {
    seq: u64,
    messages: Vec<Message>,
    readers: [Option<(Reader, Naive)>; PEOPLE],
}

impl Timeline {
    fn step(&mut self, act: &Act) {
        match act {
            Act::Archive(who) => {
                let count = self.messages.len() as u64;
                if let Some((reader, naive)) = &mut self.readers[*who] {
                    reader.archived_count = Some(count);
                    naive.archived = true;
                }
            }
            Act::Delete(which) => {
                self.seq += 1;
                if let Some(index) = which.checked_rem(self.messages.len()) {
                    self.messages[index].deleted = true;
                }
            }
            Act::Edit => self.seq += 1,
            Act::Join(who) => {
                self.seq += 1;
                self.readers[*who].get_or_insert_with(|| (Reader::fresh(), Naive::default()));
            }
            Act::Leave(who) => {
                self.seq += 1;
                self.readers[*who] = None;
            }
            Act::MarkUnread { who, which } => self.mark_unread(*who, *which),
            Act::Read { who, which } => {
                if let Some(index) = which.checked_rem(self.messages.len()) {
                    self.read(*who, index);
                }
            }
            Act::Send(who) => self.send(*who),
        }
    }

    fn send(&mut self, author: usize) {
        if self.readers[author].is_none() {
            return;
        }
        self.seq += 1;
        self.messages.push(Message {
            seq: self.seq,
            author,
            deleted: false,
        });
        for (_, naive) in self.readers.iter_mut().flatten() {
            naive.archived = false;
        }
        self.read(author, self.messages.len() - 1);
    }

    fn read(&mut self, who: usize, index: usize) {
        let Some((reader, naive)) = &mut self.readers[who] else {
            return;
        };
        reader.read(self.messages[index].seq, index as u64 + 1);
        let read = self.messages[..=index].iter().map(|message| message.seq);
        naive.read.extend(read);
    }

    fn mark_unread(&mut self, who: usize, which: usize) {
        let (Some((reader, naive)), Some(index)) =
            (&mut self.readers[who], which.checked_rem(self.messages.len()))
        else {
            return;
        };
        let first = self.messages[index].seq;
        reader.mark_unread(first - 1, index as u64);
        naive.read.retain(|seq| *seq < first);
    }

    /// What arithmetic says, and what counting says.
    fn unread(&self, who: usize) -> Option<[u64; 2]> {
        let (reader, naive) = self.readers[who].as_ref()?;
        let excepted = |message: &&Message| message.deleted || message.author == who;
        let after = &self.messages[usize::try_from(reader.count).unwrap()..];
        let arithmetic = reader.unread(
            self.messages.len() as u64,
            after.iter().filter(excepted).count() as u64,
        );
        let unread = self
            .messages
            .iter()
            .filter(|message| !excepted(message) && !naive.read.contains(&message.seq));
        Some([arithmetic, unread.count() as u64])
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn unread_is_what_a_recount_of_the_timeline_finds(acts in acts()) {
        let mut timeline = Timeline::default();
        for who in 0..PEOPLE {
            timeline.step(&Act::Join(who));
        }
        for act in &acts {
            timeline.step(act);
            for who in 0..PEOPLE {
                if let Some([arithmetic, counted]) = timeline.unread(who) {
                    prop_assert_eq!(arithmetic, counted, "of reader {} after {:?}", who, act);
                }
                if let Some((reader, naive)) = &timeline.readers[who] {
                    prop_assert_eq!(reader.is_archived(timeline.messages.len() as u64), naive.archived);
                }
            }
        }
    }

    #[test]
    fn reading_never_moves_a_pointer_back_nor_marking_forward(places in prop::collection::vec((0_u64..50, any::<bool>()), 1..40)) {
        let mut reader = Reader::fresh();
        for (place, read) in places {
            let before = reader;
            if read {
                reader.read(place, place);
                prop_assert!(reader.seq >= before.seq && reader.seq >= place);
            } else {
                reader.mark_unread(place, place);
                prop_assert!(reader.seq <= before.seq && reader.seq <= place);
            }
        }
    }
}
