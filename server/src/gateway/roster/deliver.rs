use std::collections::{HashSet, VecDeque};

use mtchat_domain::Offer;
use mtchat_protocol::{AppId, DialogId, UserId};
use smallvec::SmallVec;

use super::{
    AppRoster, Roster,
    room::Room,
    slot::{Slot, offered},
};
use crate::gateway::{
    delivery::{Audience, Outbound},
    ring::Kept,
};

/// What became of a fact.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    /// How many frames were queued.
    pub(crate) queued: usize,
    /// Where it stands.
    pub(crate) of: Option<(AppId, DialogId, u64)>,
    /// Those told something of it who are told their total of unread messages.
    pub(crate) counting: SmallVec<[UserId; 2]>,
}

impl Delivered {
    fn count(&mut self, slot: &Slot, queued: usize) {
        self.queued += queued;
        if slot.counts_unread() {
            self.counting.push(slot.user.clone());
        }
    }
}

impl Roster {
    /// Hand a fact's frames to everybody concerned and keep them for those who come back.
    pub(crate) fn deliver(&mut self, now: u32, outbound: Outbound) -> Delivered {
        let Outbound {
            log_seq,
            app,
            dialog,
            audience,
            offer,
            frames,
        } = outbound;
        self.position = self.position.max(log_seq);
        let roster = self.apps.entry(app.clone()).or_default();
        let Audience::Known { members, former } = audience else {
            roster.floor = log_seq;
            roster.reset_due = true;
            self.reset_app(now, &app);
            return Delivered::default();
        };
        let former = if frames.iter().any(|frame| frame.to.reaches(true)) {
            former
        } else {
            SmallVec::new()
        };
        let room = members.as_ref().map(|gathering| gathering.dialog);
        if let Some(gathering) = &members {
            let (grown, shrunk) = roster.gather(gathering, log_seq, self.ring.floor());
            self.ring.recharge(grown, shrunk);
        }
        let kept = Kept {
            log_seq,
            at: now,
            app,
            dialog,
            room,
            former,
            offer,
            frames,
        };
        let mut delivered = Delivered::default();
        roster.tell(&kept, &mut delivered);
        delivered.of = Some((kept.app.clone(), dialog, log_seq));
        if kept.concerns_nobody() {
            self.drop_unused_app(&kept.app);
        } else {
            self.ring.push(kept);
        }
        delivered
    }

    /// Let go of what is overdue in the ring, at most `most` entries; whether that was all.
    pub(crate) fn tidy(&mut self, now: u32, most: usize) -> bool {
        for _ in 0..most {
            let Some(gone) = self.ring.pop_overdue(now) else {
                return true;
            };
            let Some(roster) = self.apps.get_mut(&gone.app) else {
                continue;
            };
            if gone.offer.is_some() {
                roster.offers.pop_front();
            }
            for user in &gone.former {
                let Some(slot) = roster.users.get_mut(user) else {
                    continue;
                };
                // Indexes and the ring grow and shrink in the same order: the oldest is this entry.
                slot.recent.pop_front();
                if slot.recent.is_empty() {
                    slot.recent = VecDeque::new();
                }
                if slot.is_unused() {
                    roster.users.remove(user);
                }
            }
            if let Some(dialog) = gone.room {
                let given_back = roster.forget_oldest(dialog);
                self.ring.recharge(0, given_back);
            }
            self.drop_unused_app(&gone.app);
        }
        false
    }
}

impl AppRoster {
    /// Queue an entry's frames to everybody concerned who is connected, and note it for those who are concerned in particular.
    fn tell(&mut self, kept: &Kept, delivered: &mut Delivered) {
        let Kept { log_seq, frames, .. } = kept;
        let room = kept.room.and_then(|dialog| self.rooms.get(&dialog));
        let connected = room.into_iter().flat_map(Room::connected);
        for user in connected.filter(|user| !kept.former.contains(user)) {
            if let Some(slot) = self.users.get(user) {
                delivered.count(slot, slot.send(*log_seq, false, frames));
            }
        }
        for user in &kept.former {
            let slot = self
                .users
                .entry(user.clone())
                .or_insert_with(|| Slot::new(user.clone()));
            slot.recent.push_back(*log_seq);
            delivered.count(slot, slot.send(*log_seq, true, frames));
        }
        if let Some(offer) = &kept.offer {
            self.offers.push_back(*log_seq);
            delivered.queued += self.offer(kept, offer);
        }
    }

    /// Tell the candidates among the connected what changes for them. Members hear of the dialog as such.
    fn offer(&self, kept: &Kept, offer: &Offer) -> usize {
        // Of a large dialog that was deleted these are many.
        let former: HashSet<&UserId> = kept.former.iter().collect();
        let member = |user| {
            kept.room
                .is_some_and(|dialog| self.was_member(user, dialog, kept.log_seq))
        };
        let mut queued = 0;
        for (connection, user, turn) in self.candidates.of(offer) {
            let outside = !former.contains(user) && !member(user);
            let slot = self.users.get(user).filter(|_| outside);
            let attached = slot.and_then(|slot| slot.unseen(connection, kept.log_seq));
            let Some(attached) = attached else { continue };
            for frame in offered(turn, &kept.frames) {
                attached.connection.send(frame.clone());
                queued += 1;
            }
        }
        queued
    }

    /// Whether a user hears of an entry as a member, or as somebody whom it concerns in particular.
    pub(super) fn concerns(&self, kept: &Kept, user: &UserId) -> bool {
        let member = |dialog| self.was_member(user, dialog, kept.log_seq);
        kept.former.contains(user) || kept.room.is_some_and(member)
    }
}
