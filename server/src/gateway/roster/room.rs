use std::{
    collections::{HashMap, HashSet, VecDeque, hash_map::Entry},
    sync::Arc,
};

use mtchat_protocol::{DialogId, UserId};
use smallvec::SmallVec;

use super::{
    AppRoster,
    slot::{Slot, Stay},
};

/// What a member of a room costs beside the ring's entries: a stay, and a place among the connected.
const MEMBER: usize = size_of::<UserId>() * 2 + size_of::<Stay>() + 64;

/// A dialog that the ring holds entries of. Its members are gone through when they change, not when it is told something: a message
/// costs what those of them cost who are connected.
#[derive(Debug)]
pub(super) struct Room {
    rev: u64,
    members: Arc<[UserId]>,
    /// Members of earlier revisions, whose stays the room's entries still name.
    former: HashSet<UserId>,
    /// Members with connections here.
    connected: HashSet<UserId>,
    /// What its members were told, oldest first.
    entries: VecDeque<u64>,
}

/// The members of a dialog at a revision, which never changes.
#[derive(Debug, Clone)]
pub(crate) struct Gathering {
    pub(crate) dialog: DialogId,
    pub(crate) rev: u64,
    pub(crate) members: Arc<[UserId]>,
}

impl Room {
    /// Those of its members who have connections here.
    pub(super) fn connected(&self) -> impl Iterator<Item = &UserId> {
        self.connected.iter()
    }

    /// What its members were told after one entry and up to another.
    pub(super) fn between(&self, after: u64, last: u64) -> impl Iterator<Item = u64> {
        let first = self.entries.partition_point(|entry| *entry <= after);
        let newer = self.entries.range(first..).copied();
        newer.take_while(move |entry| *entry <= last)
    }

    /// The last thing that its members were told.
    pub(super) fn newest(&self) -> Option<u64> {
        self.entries.back().copied()
    }

    pub(super) fn connect(&mut self, user: &UserId) {
        self.connected.insert(user.clone());
    }

    pub(super) fn disconnect(&mut self, user: &UserId) {
        self.connected.remove(user);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + (self.members.len() + self.former.len()) * MEMBER
    }
}

impl AppRoster {
    /// These are told an entry of the ring: all members of a dialog. Returns by how many bytes the rooms grew, and shrank.
    pub(super) fn gather(&mut self, gathering: &Gathering, log_seq: u64, floor: u64) -> (usize, usize) {
        let Gathering { dialog, rev, members } = gathering;
        let (users, mut before) = (&mut self.users, 0);
        let room = match self.rooms.entry(*dialog) {
            Entry::Occupied(room) if room.get().rev == *rev => {
                room.into_mut().entries.push_back(log_seq);
                return (0, 0);
            }
            Entry::Occupied(room) => {
                let room = room.into_mut();
                before = room.bytes();
                room.part(users, *dialog, members, log_seq);
                room
            }
            Entry::Vacant(vacant) => vacant.insert(Room {
                rev: *rev,
                members: [].into(),
                former: HashSet::new(),
                connected: HashSet::new(),
                entries: VecDeque::new(),
            }),
        };
        room.welcome(users, *dialog, members, log_seq, floor);
        room.rev = *rev;
        room.entries.push_back(log_seq);
        (room.bytes(), before)
    }

    /// The oldest entry of a room is gone, and with its last one the room. Returns how many bytes that gave back.
    pub(super) fn forget_oldest(&mut self, dialog: DialogId) -> usize {
        let Entry::Occupied(mut room) = self.rooms.entry(dialog) else {
            return 0;
        };
        room.get_mut().entries.pop_front();
        if !room.get().entries.is_empty() {
            return 0;
        }
        let room = room.remove();
        for user in room.members.iter().chain(&room.former) {
            let Some(slot) = self.users.get_mut(user) else {
                continue;
            };
            slot.stays.remove(&dialog);
            if slot.is_unused() {
                self.users.remove(user);
            }
        }
        room.bytes()
    }

    /// Whether a user was a member when this entry came.
    pub(super) fn was_member(&self, user: &UserId, dialog: DialogId, log_seq: u64) -> bool {
        let stays = self.users.get(user).and_then(|slot| slot.stays.get(&dialog));
        stays.is_some_and(|stays| stays.iter().any(|stay| stay.covers(log_seq)))
    }
}

impl Room {
    /// Those who are no members any more have heard what came before this entry.
    fn part(
        &mut self,
        users: &mut HashMap<UserId, Slot>,
        dialog: DialogId,
        members: &[UserId],
        log_seq: u64,
    ) {
        let staying: HashSet<&UserId> = members.iter().collect();
        for user in self.members.iter().filter(|user| !staying.contains(user)) {
            let stays = users.get_mut(user).and_then(|slot| slot.stays.get_mut(&dialog));
            if let Some(stay) = stays.and_then(|stays| stays.last_mut()) {
                stay.until = log_seq.saturating_sub(1);
            }
            self.connected.remove(user);
            self.former.insert(user.clone());
        }
    }

    /// Those who are members now hear what comes from this entry on.
    fn welcome(
        &mut self,
        users: &mut HashMap<UserId, Slot>,
        dialog: DialogId,
        members: &Arc<[UserId]>,
        log_seq: u64,
        floor: u64,
    ) {
        for user in members.iter() {
            let slot = users
                .entry(user.clone())
                .or_insert_with(|| Slot::new(user.clone()));
            let stays: &mut SmallVec<_> = slot.stays.entry(dialog).or_default();
            if stays.last().is_some_and(Stay::is_open) {
                continue;
            }
            stays.retain(|stay| stay.until > floor);
            stays.push(Stay::from(log_seq));
            self.former.remove(user);
            if !slot.connections.is_empty() {
                self.connected.insert(slot.user.clone());
            }
        }
        self.members = members.clone();
    }
}
