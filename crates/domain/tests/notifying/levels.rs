//! Levels, mentions, answers and screens: whoever wants to be told of what is meant for them is told of that and of nothing else, and
//! whoever has the dialog on the screen is told later, if at all.

use std::collections::{BTreeSet, HashSet};

use mtchat_domain::{MOST_PUT_OFF, Reader, Told, Verdict, verdict};
use mtchat_protocol::NotificationLevel;
use proptest::prelude::*;

const PEOPLE: usize = 4;

/// What happens next; a message is taken modulo what there is.
#[derive(Debug, Clone)]
enum Act {
    Delete(usize),
    /// The message mentions these from now on.
    Edit {
        which: usize,
        mentions: BTreeSet<usize>,
    },
    /// The timer goes off, if it is set. Whoever answers it may die when so many have been told and nothing else is done.
    Fire {
        dies: Option<usize>,
    },
    MarkUnread {
        who: usize,
        which: usize,
    },
    Read {
        who: usize,
        which: usize,
    },
    Send {
        who: usize,
        mentions: BTreeSet<usize>,
        answers: Option<usize>,
    },
    Switch {
        who: usize,
        level: NotificationLevel,
    },
    /// They have the dialog on the screen, or not any more.
    View {
        who: usize,
        on: bool,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let who = || 0..PEOPLE;
    let which = any::<usize>;
    let mentions = || prop::collection::btree_set(0..PEOPLE, 0..3);
    let level = prop_oneof![
        1 => Just(NotificationLevel::All),
        2 => Just(NotificationLevel::Mentions),
        1 => Just(NotificationLevel::None),
    ];
    let one = prop_oneof![
        3 => which().prop_map(Act::Delete),
        3 => (which(), mentions()).prop_map(|(which, mentions)| Act::Edit { which, mentions }),
        8 => prop::option::weighted(0.3, 0..=PEOPLE).prop_map(|dies| Act::Fire { dies }),
        2 => (who(), which()).prop_map(|(who, which)| Act::MarkUnread { who, which }),
        4 => (who(), which()).prop_map(|(who, which)| Act::Read { who, which }),
        10 => (who(), mentions(), prop::option::weighted(0.3, which()))
            .prop_map(|(who, mentions, answers)| Act::Send { who, mentions, answers }),
        4 => (who(), level).prop_map(|(who, level)| Act::Switch { who, level }),
        3 => (who(), any::<bool>()).prop_map(|(who, on)| Act::View { who, on }),
    ];
    prop::collection::vec(one, 1..80)
}

struct Message {
    seq: u64,
    author: usize,
    deleted: bool,
    mentions: BTreeSet<usize>,
    /// Whose message it answers.
    answers: Option<usize>,
}

impl Message {
    fn is_addressed_to(&self, who: usize) -> bool {
        self.mentions.contains(&who) || self.answers == Some(who)
    }
}

struct Member {
    reader: Reader,
    told: Told,
    level: NotificationLevel,
    views: bool,
    /// What somebody who remembers every message knows: what was read …
    read: HashSet<u64>,
    /// … and what is no news any more: they were told of it, had read it once, or it was passed over.
    known: HashSet<u64>,
}

/// A notification: for whom, up to which fact, of how much, showing which message, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Notice {
    who: usize,
    up_to: u64,
    unread: usize,
    shown: u64,
    mentioned: bool,
    replied: bool,
}

struct Dialog {
    seq: u64,
    messages: Vec<Message>,
    members: [Member; PEOPLE],
    timer: bool,
    /// How many answers in a row put somebody off.
    put_off: i32,
    /// Up to which fact an answer was begun whose author died: it is given again, and about the same.
    unfinished: Option<u64>,
    /// The ids of notices in the log: a second one with the same id is the same one.
    log: HashSet<(usize, u64)>,
}

impl Dialog {
    fn new() -> Self {
        let member = |_| Member {
            reader: Reader::fresh(),
            told: Told::fresh(1),
            level: NotificationLevel::All,
            views: false,
            read: HashSet::new(),
            known: HashSet::new(),
        };
        Self {
            seq: 1,
            messages: Vec::new(),
            members: std::array::from_fn(member),
            timer: false,
            put_off: 0,
            unfinished: None,
            log: HashSet::new(),
        }
    }

    /// What happens, and who must have been told and who has been.
    fn step(&mut self, act: &Act) -> [Vec<Notice>; 2] {
        match act {
            Act::Delete(which) => {
                if let Some(index) = which.checked_rem(self.messages.len()) {
                    self.seq += 1;
                    // What it said is gone, to whom it was said too.
                    let message = &mut self.messages[index];
                    message.deleted = true;
                    message.mentions.clear();
                    message.answers = None;
                }
            }
            Act::Edit { which, mentions } => self.edit(*which, mentions),
            Act::Fire { dies } => return self.fire(*dies),
            Act::MarkUnread { who, which } => self.mark_unread(*who, *which),
            Act::Read { who, which } => {
                if let Some(index) = which.checked_rem(self.messages.len()) {
                    self.read(*who, index);
                }
            }
            Act::Send {
                who,
                mentions,
                answers,
            } => self.send(*who, mentions, *answers),
            Act::Switch { who, level } => self.members[*who].level = *level,
            Act::View { who, on } => self.members[*who].views = *on,
        }
        [Vec::new(), Vec::new()]
    }

    fn edit(&mut self, which: usize, mentions: &BTreeSet<usize>) {
        let Some(index) = which.checked_rem(self.messages.len()) else {
            return;
        };
        let message = &mut self.messages[index];
        if !message.deleted {
            self.seq += 1;
            message.mentions.clone_from(mentions);
        }
    }

    fn send(&mut self, author: usize, mentions: &BTreeSet<usize>, answers: Option<usize>) {
        self.seq += 1;
        let answered = answers.and_then(|which| which.checked_rem(self.messages.len()));
        self.messages.push(Message {
            seq: self.seq,
            author,
            deleted: false,
            mentions: mentions.clone(),
            answers: answered.map(|index| self.messages[index].author),
        });
        self.timer = true;
        self.read(author, self.messages.len() - 1);
    }

    fn read(&mut self, who: usize, index: usize) {
        let member = &mut self.members[who];
        member.reader.read(self.messages[index].seq, index as u64 + 1);
        let read = || self.messages[..=index].iter().map(|message| message.seq);
        member.read.extend(read());
        member.known.extend(read());
    }

    fn mark_unread(&mut self, who: usize, which: usize) {
        let Some(index) = which.checked_rem(self.messages.len()) else {
            return;
        };
        let member = &mut self.members[who];
        let first = self.messages[index].seq;
        if member.reader.seq > first - 1 {
            member.told.mark_unread(member.reader.seq);
        }
        member.reader.mark_unread(first - 1, index as u64);
        member.read.retain(|seq| *seq < first);
    }

    fn fire(&mut self, dies: Option<usize>) -> [Vec<Notice>; 2] {
        // Whoever gives an answer again puts nobody off: they may have been told.
        let (up_to, may_put_off) = match self.unfinished.take() {
            Some(up_to) => (up_to, false),
            None if self.timer => {
                self.timer = false;
                (self.seq, self.put_off < MOST_PUT_OFF)
            }
            None => return [Vec::new(), Vec::new()],
        };
        let waits = |member: &Member| may_put_off && member.views && member.level.enabled();
        let (mut expected, mut given) = (Vec::new(), Vec::new());
        for who in 0..dies.unwrap_or(PEOPLE) {
            if waits(&self.members[who]) {
                continue;
            }
            let owed = self.owed(who, up_to);
            given.extend(self.answer(who, up_to, dies.is_some()));
            // Who was passed over by somebody who died then is asked again.
            if owed.is_some() || dies.is_none() {
                let seqs = self.messages.iter().map(|message| message.seq);
                self.members[who].known.extend(seqs.filter(|seq| *seq <= up_to));
            }
            expected.extend(owed);
        }
        if dies.is_some() {
            self.unfinished = Some(up_to);
        } else if (0..PEOPLE).any(|who| waits(&self.members[who]) && self.news(who, up_to).next().is_some()) {
            self.timer = true;
            self.put_off += 1;
        } else {
            self.put_off = 0;
        }
        [expected, given]
    }

    /// What whoever remembers every message would tell.
    fn owed(&self, who: usize, up_to: u64) -> Option<Notice> {
        let member = &self.members[who];
        let unread = |message: &&Message| {
            !message.deleted && message.author != who && !member.read.contains(&message.seq)
        };
        let all = self.messages.iter().filter(unread);
        let news: Vec<&Message> = all
            .clone()
            .filter(|message| message.seq <= up_to && !member.known.contains(&message.seq))
            .collect();
        let newest = match member.level {
            NotificationLevel::All => news.last(),
            NotificationLevel::Mentions => news.iter().rev().find(|message| message.is_addressed_to(who)),
            NotificationLevel::None => None,
        };
        newest.map(|newest| Notice {
            who,
            up_to,
            unread: all.count(),
            shown: newest.seq,
            mentioned: news.iter().any(|message| message.mentions.contains(&who)),
            replied: news.iter().any(|message| message.answers == Some(who)),
        })
    }

    /// What is new to a member, by what the database holds.
    fn news(&self, who: usize, up_to: u64) -> impl DoubleEndedIterator<Item = &Message> {
        let member = &self.members[who];
        let after = member.told.news_after(member.reader.seq);
        self.messages.iter().filter(move |message| {
            message.seq > after && message.seq <= up_to && !message.deleted && message.author != who
        })
    }

    /// What the rules say.
    fn answer(&mut self, who: usize, up_to: u64, dies: bool) -> Option<Notice> {
        let newest = self.news(who, up_to).next_back()?.seq;
        let mentioned = self
            .news(who, up_to)
            .any(|message| message.mentions.contains(&who));
        let replied = self.news(who, up_to).any(|message| message.answers == Some(who));
        let addressed = self
            .news(who, up_to)
            .rfind(|message| message.is_addressed_to(who));
        let member = &self.members[who];
        let shown = match member.level {
            NotificationLevel::Mentions => addressed.map_or(newest, |message| message.seq),
            NotificationLevel::All | NotificationLevel::None => newest,
        };
        let excepted = |message: &&Message| message.deleted || message.author == who;
        let behind = self
            .messages
            .iter()
            .filter(|message| message.seq > member.reader.seq);
        let excepted = behind.filter(excepted).count() as u64;
        let unread = member.reader.unread(self.messages.len() as u64, excepted);
        let told = verdict(member.level, mentioned || replied) == Verdict::Tell;
        if !dies {
            self.members[who].told.answered(up_to);
        }
        let fresh = told && self.log.insert((who, up_to));
        fresh.then_some(Notice {
            who,
            up_to,
            unread: usize::try_from(unread).unwrap(),
            shown,
            mentioned,
            replied,
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn everybody_is_told_of_what_they_want_to_be_told_of(acts in acts()) {
        let mut dialog = Dialog::new();
        for act in &acts {
            let [expected, given] = dialog.step(act);
            prop_assert_eq!(expected, given, "at {:?}", act);
        }
        // Nobody is put off for ever.
        for _ in 0..MOST_PUT_OFF + 3 {
            let [expected, given] = dialog.step(&Act::Fire { dies: None });
            prop_assert_eq!(expected, given, "at the end");
        }
        prop_assert!(!dialog.timer && dialog.unfinished.is_none());
        // Nobody has anything left to be told of, however they set it afterwards.
        for level in [NotificationLevel::All, NotificationLevel::Mentions] {
            for who in 0..PEOPLE {
                dialog.members[who].level = level;
                prop_assert_eq!(dialog.owed(who, dialog.seq), None);
            }
        }
    }

    #[test]
    fn whoever_looks_is_told_when_they_look_away_and_once(sent in 1_usize..5, put_off in 0..2 * MOST_PUT_OFF, dies in any::<bool>()) {
        let mut dialog = Dialog::new();
        dialog.members[1].views = true;
        for who in 2..PEOPLE {
            dialog.members[who].level = NotificationLevel::None;
        }
        for _ in 0..sent {
            dialog.send(0, &BTreeSet::new(), None);
        }
        let mut told = Vec::new();
        for _ in 0..put_off {
            told.extend(dialog.fire(None)[1].clone());
        }
        prop_assert_eq!(told.len(), usize::from(put_off > MOST_PUT_OFF));
        dialog.members[1].views = false;
        if dies {
            told.extend(dialog.fire(Some(PEOPLE))[1].clone());
            dialog.members[1].views = true;
        }
        for _ in 0..2 {
            told.extend(dialog.fire(None)[1].clone());
        }
        let told: Vec<(usize, usize)> = told.iter().map(|notice| (notice.who, notice.unread)).collect();
        prop_assert_eq!(told, vec![(1, sent)]);
    }
}
