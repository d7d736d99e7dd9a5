//! Who is told of unread messages is what whoever remembers every message would tell, whatever happened and whoever died.

#![allow(clippy::unwrap_used, reason = "a test that can not go on has failed")]

#[path = "notifying/bursts.rs"]
mod bursts;
#[path = "notifying/flaws.rs"]
mod flaws;
#[path = "notifying/levels.rs"]
mod levels;

use std::collections::{BTreeSet, HashSet};

use mtchat_domain::{Reader, Told, Verdict, verdict};
use mtchat_protocol::NotificationLevel;
use proptest::{prelude::*, test_runner::TestCaseResult};

use flaws::Flaw;

const PEOPLE: usize = 4;

/// What happens next; a message is taken modulo what there is.
#[derive(Debug, Clone)]
enum Act {
    Delete(usize),
    /// An edit, a new title: a number of the order, and nothing to tell of.
    Edit,
    /// The timer goes off, if it is set. Whoever answers it may die when so many have been told and nothing else is done.
    Fire {
        dies: Option<usize>,
    },
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
    Switch {
        who: usize,
        on: bool,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let who = 0..PEOPLE;
    let which = any::<usize>();
    let one = prop_oneof![
        3 => which.prop_map(Act::Delete),
        2 => Just(Act::Edit),
        8 => prop::option::weighted(0.3, 0..=PEOPLE).prop_map(|dies| Act::Fire { dies }),
        2 => who.clone().prop_map(Act::Join),
        2 => who.clone().prop_map(Act::Leave),
        3 => (who.clone(), any::<usize>()).prop_map(|(who, which)| Act::MarkUnread { who, which }),
        5 => (who.clone(), any::<usize>()).prop_map(|(who, which)| Act::Read { who, which }),
        10 => who.clone().prop_map(Act::Send),
        3 => (who, any::<bool>()).prop_map(|(who, on)| Act::Switch { who, on }),
    ];
    prop::collection::vec(one, 1..80)
}

struct Message {
    seq: u64,
    author: usize,
    deleted: bool,
}

/// One member of the dialog.
struct Member {
    reader: Reader,
    told: Told,
    notifications: bool,
    naive: Naive,
}

/// What somebody who remembers every message knows of one member.
struct Naive {
    read: HashSet<u64>,
    /// No news any more: they were told of it, had read it once, it was passed over, or it was there before they came.
    known: HashSet<u64>,
}

/// A notification: for whom, up to which fact, and how much they have not read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Notice {
    who: usize,
    up_to: u64,
    unread: u64,
}

#[derive(Default)]
struct Dialog {
    seq: u64,
    messages: Vec<Message>,
    members: [Option<Member>; PEOPLE],
    timer: bool,
    /// Up to which fact an answer was begun whose author died: it is given again, and about the same.
    unfinished: Option<u64>,
    /// The ids of notices in the log: a second one with the same id is the same one.
    log: HashSet<(usize, u64)>,
    /// What is done wrong; see [`flaws`].
    flaw: Option<Flaw>,
}

impl Dialog {
    fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// What happens, and who must have been told and who has been.
    fn step(&mut self, act: &Act) -> [Vec<Notice>; 2] {
        match act {
            Act::Delete(which) => {
                self.seq += 1;
                if let Some(index) = which.checked_rem(self.messages.len()) {
                    self.messages[index].deleted = true;
                }
            }
            Act::Edit => self.seq += 1,
            Act::Fire { dies } => return self.fire(*dies),
            Act::Join(who) => self.join(*who),
            Act::Leave(who) => {
                self.seq += 1;
                self.members[*who] = None;
            }
            Act::MarkUnread { who, which } => self.mark_unread(*who, *which),
            Act::Read { who, which } => {
                if let Some(index) = which.checked_rem(self.messages.len()) {
                    self.read(*who, index);
                }
            }
            Act::Send(who) => self.send(*who),
            Act::Switch { who, on } => {
                if let Some(member) = &mut self.members[*who] {
                    member.notifications = *on;
                }
            }
        }
        [Vec::new(), Vec::new()]
    }

    fn join(&mut self, who: usize) {
        self.seq += 1;
        let since = if self.has(Flaw::TellsOfWhatWasBefore) {
            0
        } else {
            self.seq
        };
        if self.members[who].is_none() {
            self.members[who] = Some(Member {
                reader: Reader::fresh(),
                told: Told::fresh(since),
                notifications: true,
                naive: Naive {
                    read: HashSet::new(),
                    known: self.messages.iter().map(|message| message.seq).collect(),
                },
            });
        }
    }

    fn send(&mut self, author: usize) {
        if self.members[author].is_none() {
            return;
        }
        self.seq += 1;
        self.messages.push(Message {
            seq: self.seq,
            author,
            deleted: false,
        });
        // The first wins.
        self.timer = self.log.is_empty() || !self.has(Flaw::SetsOneTimerOnly);
        self.read(author, self.messages.len() - 1);
    }

    fn read(&mut self, who: usize, index: usize) {
        let Some(member) = &mut self.members[who] else {
            return;
        };
        member.reader.read(self.messages[index].seq, index as u64 + 1);
        let read = || self.messages[..=index].iter().map(|message| message.seq);
        member.naive.read.extend(read());
        member.naive.known.extend(read());
    }

    fn mark_unread(&mut self, who: usize, which: usize) {
        let forgetful = self.has(Flaw::ForgetsWhatTheyHadRead);
        let (Some(member), Some(index)) = (&mut self.members[who], which.checked_rem(self.messages.len()))
        else {
            return;
        };
        let first = self.messages[index].seq;
        if member.reader.seq > first - 1 && !forgetful {
            member.told.mark_unread(member.reader.seq);
        }
        member.reader.mark_unread(first - 1, index as u64);
        member.naive.read.retain(|seq| *seq < first);
    }

    fn fire(&mut self, dies: Option<usize>) -> [Vec<Notice>; 2] {
        // An answer that was begun is finished first; it does not use up the timer.
        let up_to = match self.unfinished.take() {
            Some(_) if self.has(Flaw::AsksAnotherQuestion) => self.seq,
            Some(up_to) => up_to,
            None if self.timer => {
                self.timer = false;
                self.seq
            }
            None => return [Vec::new(), Vec::new()],
        };
        let (mut expected, mut given) = (Vec::new(), Vec::new());
        for who in 0..dies.unwrap_or(PEOPLE) {
            expected.extend(self.owed(who, up_to));
            given.extend(self.answer(who, up_to, dies.is_some()));
            self.remember(who, up_to, dies.is_some());
        }
        if dies.is_some() && !self.has(Flaw::ForgetsWhoDied) {
            self.unfinished = Some(up_to);
        }
        if dies.is_none() && self.has(Flaw::ForgetsTheTimerLast) {
            self.timer = false;
        }
        [expected, given]
    }

    /// What whoever remembers every message would tell.
    fn owed(&self, who: usize, up_to: u64) -> Option<Notice> {
        let member = self.members[who].as_ref()?;
        let naive = &member.naive;
        let unread = |message: &&Message| {
            !message.deleted && message.author != who && !naive.read.contains(&message.seq)
        };
        let mut news = self.messages.iter().filter(unread);
        let is_new = news.any(|message| message.seq <= up_to && !naive.known.contains(&message.seq));
        (is_new && member.notifications).then(|| Notice {
            who,
            up_to,
            unread: self.messages.iter().filter(unread).count() as u64,
        })
    }

    /// What the rules say, on what the database holds.
    fn answer(&mut self, who: usize, up_to: u64, dies: bool) -> Option<Notice> {
        let [own, deleted, read, muted] = [
            Flaw::CountsOwnMessages,
            Flaw::CountsDeletedMessages,
            Flaw::TellsWhoHasRead,
            Flaw::TellsWhoDoesNotWantToBeTold,
        ]
        .map(|flaw| self.has(flaw));
        let writes_down = |told| match self.flaw {
            Some(Flaw::WritesNothingDown) => false,
            Some(Flaw::PassesOverForNowOnly) => told,
            _ => true,
        };
        let excepted = |message: &&Message| (message.deleted && !deleted) || (message.author == who && !own);
        let member = self.members[who].as_ref()?;
        let (reader, before) = (member.reader, member.told);
        let after = before.news_after(if read { 0 } else { reader.seq });
        let mut news = self.messages.iter();
        news.rfind(|message| message.seq > after && message.seq <= up_to && !excepted(message))?;
        let told =
            verdict(NotificationLevel::of(member.notifications || muted, None), false) == Verdict::Tell;
        let behind = &self.messages[usize::try_from(reader.count).unwrap()..];
        let count = self.messages.len() as u64;
        let unread = reader.unread(count, behind.iter().filter(excepted).count() as u64);
        if !dies && writes_down(told) {
            self.members[who].as_mut()?.told.answered(up_to);
        }
        let id = if self.has(Flaw::MakesIdsFromWhatIsUnread) {
            unread
        } else {
            up_to
        };
        let fresh = told && self.log.insert((who, id));
        fresh.then_some(Notice { who, up_to, unread })
    }

    /// Who was told has no news any more. Who was passed over neither, unless whoever did it died before it was written down.
    fn remember(&mut self, who: usize, up_to: u64, dies: bool) {
        let Some(member) = &mut self.members[who] else {
            return;
        };
        if member.notifications || !dies {
            let seqs = self.messages.iter().map(|message| message.seq);
            member.naive.known.extend(seqs.filter(|seq| *seq <= up_to));
        }
    }

    /// Of whom it was neither told nor decided that something is unread.
    fn overlooked(&self) -> BTreeSet<usize> {
        (0..PEOPLE)
            .filter(|who| self.owed(*who, self.seq).is_some())
            .collect()
    }
}

/// Let all of it happen: at each step those are told who must be.
fn replay(acts: &[Act], flaw: Option<Flaw>) -> TestCaseResult {
    let mut dialog = Dialog {
        flaw,
        ..Dialog::default()
    };
    for who in 0..PEOPLE {
        dialog.step(&Act::Join(who));
    }
    for act in acts {
        let [expected, given] = dialog.step(act);
        prop_assert_eq!(expected, given, "at {:?}", act);
    }
    // When all timers have gone off nobody is left who should have been told.
    for _ in 0..2 {
        let [expected, given] = dialog.step(&Act::Fire { dies: None });
        prop_assert_eq!(expected, given, "at the end");
    }
    prop_assert!(!dialog.timer && dialog.unfinished.is_none());
    for member in dialog.members.iter_mut().flatten() {
        member.notifications = true;
    }
    prop_assert_eq!(dialog.overlooked(), BTreeSet::new());
    // Nor is there anybody who would be told of it once more, or now that they want to be.
    dialog.step(&Act::Edit);
    let end = dialog.seq;
    let late: Vec<Notice> = (0..PEOPLE)
        .filter_map(|who| dialog.answer(who, end, true))
        .collect();
    prop_assert!(late.is_empty(), "told late: {late:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn exactly_those_are_told_who_have_something_new_to_read(acts in acts()) {
        replay(&acts, None)?;
    }
}
