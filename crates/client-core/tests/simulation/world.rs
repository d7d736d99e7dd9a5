//! The log with the real rules, and a database that lags behind it.

use std::collections::BTreeMap;

use fastrand::Rng;
use mtchat_domain::{
    Command, Decision, Dialog, OwnCommand, Place, To, audience, caller_matches, decide, frames, offer,
    own_state,
};
use mtchat_protocol::{
    AccessRule, Actor, AppId, DialogId, DialogUnarchived, Epoch, ErrorCode, Fact, FactData, FactId, Head,
    MessageId, Positions, ScopeValue, Scopes, ServerFrame, Timestamp, UserId,
};
use uuid::Uuid;

use crate::{
    files,
    presence::Presence,
    tables::{Table, Tables},
};

#[derive(Default)]
pub struct World {
    pub log: Vec<Fact>,
    heads: BTreeMap<DialogId, Dialog>,
    /// Everything that happened.
    pub truth: Tables,
    /// What the database knows of.
    pub stored: Tables,
    pub stored_to: usize,
    pub presence: Presence,
    /// With which each user may join dialogs.
    scopes: BTreeMap<UserId, Scopes>,
    epoch: u32,
    /// Places of the log before this are not resumed.
    pub floor: usize,
    /// How many pages with links to files were made.
    pub links: u64,
    ids: u128,
}

pub const NAMES: [&str; 3] = ["alice", "bob", "carol"];

pub fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// Tenants and departments.
pub fn scopes(tenants: &[&str], departments: &[&str]) -> Scopes {
    let values = |names: &[&str]| names.iter().map(|name| ScopeValue::new(name).unwrap()).collect();
    Scopes {
        scope_level0: values(tenants),
        scope_level1: values(departments),
        scope_level2: Vec::new(),
    }
}

/// On which side of a message a pointer is put.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    Behind,
}

impl World {
    /// A world whose users hold one or the other scopes.
    pub fn new(rng: &mut Rng) -> Self {
        let held = [
            scopes(&["north"], &["sales"]),
            scopes(&["north", "south"], &[]),
            scopes(&["south"], &["sales", "support"]),
            Scopes::default(),
        ];
        let scopes = NAMES.map(|name| (user(name), held[rng.usize(..held.len())].clone()));
        Self {
            scopes: scopes.into(),
            ..Self::default()
        }
    }

    pub fn epoch(&self) -> Epoch {
        Epoch(format!("1-{}", self.epoch))
    }

    /// The log begins a new life: no place of the one before is resumed.
    pub fn new_epoch(&mut self) {
        self.epoch += 1;
    }

    pub fn dialogs(&self) -> Vec<DialogId> {
        self.truth.dialogs.keys().copied().collect()
    }

    pub fn scopes_of(&self, who: &UserId) -> &Scopes {
        &self.scopes[who]
    }

    /// Whether somebody is a candidate; without scopes nobody is, not even where a rule asks for nothing.
    pub fn admits(&self, rules: &[AccessRule], who: &UserId) -> bool {
        let held = self.scopes_of(who);
        !held.is_empty() && caller_matches(held, rules)
    }

    /// Whether somebody may join a dialog.
    pub fn may_join(&self, table: &Table, who: &UserId) -> bool {
        !table.has(who) && self.admits(&table.rules, who)
    }

    /// Let the database know of so many facts more. Whoever had archived a dialog that a message brings back is told of it then.
    pub fn project(&mut self, count: usize) {
        let to = self.stored_to.saturating_add(count).min(self.log.len());
        while self.stored_to < to {
            let fact = &self.log[self.stored_to];
            let (dialog, head) = (fact.dialog, fact.head.clone());
            let user_ids = self.stored.apply(fact);
            self.stored_to += 1;
            if !user_ids.is_empty() {
                let data = FactData::DialogUnarchived(DialogUnarchived { user_ids });
                let id = FactId(self.id());
                self.append(dialog, head, data, Actor::System, id);
            }
        }
    }

    pub fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | self.ids)
    }

    /// What time it is in the log: no two facts have the same.
    pub fn time(&self) -> Timestamp {
        Timestamp::from_micros(1_764_000_000_000_000 + i64::try_from(self.log.len()).unwrap())
    }

    pub fn host(&mut self, dialog: DialogId, command: Command) -> Option<usize> {
        let id = FactId(self.id());
        self.command(dialog, command, Actor::Host, id).ok().flatten()
    }

    /// Nobody has said anything for long.
    pub fn archive_idle(&mut self, dialog: DialogId) -> Option<usize> {
        let seq = self.heads.get(&dialog)?.seq;
        let id = FactId(self.id());
        let command = Command::ArchiveIdle { seq };
        self.command(dialog, command, Actor::System, id).ok().flatten()
    }

    pub fn user_command(&mut self, dialog: DialogId, command: Command, who: &UserId) -> Option<usize> {
        let id = FactId(self.id());
        let actor = Actor::User { id: who.clone() };
        self.command(dialog, command, actor, id).ok().flatten()
    }

    /// Decide, and append what follows; the place of the fact, or `None` when nothing changes.
    pub fn command(
        &mut self,
        dialog: DialogId,
        command: Command,
        actor: Actor,
        id: FactId,
    ) -> Result<Option<usize>, ErrorCode> {
        let decided = match decide(self.heads.get(&dialog), command, &actor) {
            Ok(Decision::Append(decided)) => *decided,
            Ok(Decision::Unchanged) => return Ok(None),
            Err(rejection) => return Err(rejection.code()),
        };
        let head = decided.next.head();
        self.heads.insert(dialog, decided.next);
        Ok(Some(self.append(dialog, head, decided.data, actor, id)))
    }

    /// A fact that comes from a later version.
    pub fn unheard_of(&mut self, dialog: DialogId, data: FactData) -> Option<usize> {
        let next = self.heads.get(&dialog)?.after(&data);
        let head = next.head();
        self.heads.insert(dialog, next);
        let id = FactId(self.id());
        Some(self.append(dialog, head, data, Actor::Host, id))
    }

    fn append(&mut self, dialog: DialogId, head: Head, data: FactData, actor: Actor, id: FactId) -> usize {
        let fact = Fact {
            id,
            app: AppId::default_app(),
            dialog,
            at: self.time(),
            actor,
            head,
            data,
        };
        self.truth.apply(&fact);
        self.log.push(fact);
        self.log.len()
    }

    /// Where a pointer goes that is moved to a message, and what is left to read then, as the database says: it may be behind.
    pub fn place(&self, dialog: DialogId, who: &UserId, message_id: MessageId, side: Side) -> Option<Place> {
        let table = self.stored.dialogs.get(&dialog)?;
        let read = table.seat(who)?.read;
        let stored = table.all().iter().find(|stored| stored.view.id == message_id)?;
        let (seq, then) = match side {
            Side::Before => (stored.view.seq - 1, read.min(stored.view.seq - 1)),
            Side::Behind => (stored.view.seq, read.max(stored.view.seq)),
        };
        Some(Place {
            message_id,
            seq,
            count: 0,
            unread_count: table.unread_after(who, then),
        })
    }

    /// Somebody's own state. Who archives may not know of the newest message yet.
    pub fn owns(
        &mut self,
        dialog: DialogId,
        who: &UserId,
        command: OwnCommand,
        behind: u64,
    ) -> Option<usize> {
        let mut state = self.heads.get(&dialog)?.clone();
        state.count = state.count.saturating_sub(behind);
        let data = own_state(&state, who, command).ok()?;
        let id = FactId(self.id());
        let actor = Actor::User { id: who.clone() };
        Some(self.append(dialog, state.head(), data, actor, id))
    }

    /// The frames of a place of the log that somebody gets: as a member, as somebody whom it concerns, or as a candidate.
    pub fn frames_for(&self, place: usize, who: &UserId) -> Vec<ServerFrame> {
        let fact = &self.log[place];
        let audience = audience(fact);
        let concerned = audience.also.contains(who);
        let members = audience.members.unwrap_or_else(|| [].into());
        let inside = concerned || members.iter().any(|member| member.user == *who);
        let turn = offer(fact)
            .filter(|_| !inside)
            .and_then(|offer| offer.turn(self.scopes_of(who)));
        if !inside && turn.is_none() {
            return Vec::new();
        }
        let theirs = |to: To| match to {
            To::Candidates(means) => turn == Some(means),
            other => inside && other.reaches(concerned),
        };
        let all = frames(fact.clone()).into_iter();
        let mut theirs: Vec<ServerFrame> = all
            .filter(|frame| theirs(frame.to))
            .map(|frame| frame.frame)
            .collect();
        for frame in &mut theirs {
            if let ServerFrame::MessageNew(new) = frame {
                files::link(&mut new.attachments, "frame");
            }
        }
        if let Some(last) = theirs.last_mut() {
            last.set_pos(Positions(vec![place as u64 + 1]));
        }
        theirs
    }

    /// Who is told that somebody types.
    pub fn told_of_typing(&self, dialog: DialogId, who: &UserId) -> Vec<UserId> {
        let Some(state) = self
            .heads
            .get(&dialog)
            .filter(|state| state.member(who).is_some())
        else {
            return Vec::new();
        };
        let others = state.members.iter().filter(|member| member.user != *who);
        others.map(|member| member.user.clone()).collect()
    }
}
