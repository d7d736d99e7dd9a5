use axum::extract::ws::Utf8Bytes;
use mtchat_protocol::Scopes;

use super::{
    Roster,
    slot::{Stay, concerning, offered},
};
use crate::gateway::{
    connection::{Connection, Owner},
    resume::ResumePoint,
};

/// What somebody who comes back has not seen, in order.
pub(super) struct Missed {
    pub(super) after: u64,
    pub(super) frames: Vec<Utf8Bytes>,
}

impl Roster {
    /// What a user missed after a point; `None` when that is not known completely, or is too much.
    pub(super) fn missed(
        &self,
        connection: &Connection,
        owner: &Owner,
        point: &ResumePoint,
    ) -> Option<Missed> {
        let after = point.within(self.epoch.as_ref()?, self.ring.floor(), self.position)?;
        if self
            .apps
            .get(&owner.app)
            .is_some_and(|roster| roster.reset_due || after < roster.floor)
        {
            return None;
        }
        let mut frames = self.missed_entries(owner, after)?;
        if let Some(scopes) = connection.scopes() {
            frames.extend(self.missed_offers(owner, &scopes, after)?);
        }
        if frames.len() > self.most_replayed {
            return None;
        }
        // Of one fact the frames stand in their order already.
        frames.sort_by_key(|(log_seq, _)| *log_seq);
        let frames = frames.into_iter().map(|(_, frame)| frame).collect();
        Some(Missed { after, frames })
    }

    /// What the user was told after a point as a member, and as somebody whom it concerned in particular.
    fn missed_entries(&self, owner: &Owner, after: u64) -> Option<Vec<(u64, Utf8Bytes)>> {
        let mut frames = Vec::new();
        let Some((slot, rooms)) = self
            .apps
            .get(&owner.app)
            .and_then(|roster| Some((roster.users.get(&owner.user)?, &roster.rooms)))
        else {
            return Some(frames);
        };
        let concerned = slot.recent.partition_point(|log_seq| *log_seq <= after);
        let concerned = slot.recent.range(concerned..).map(|log_seq| (*log_seq, true));
        let stays = slot
            .stays
            .iter()
            .filter_map(|(dialog, stays)| Some((rooms.get(dialog)?, stays)));
        let told = stays.flat_map(|(room, stays)| {
            let told = move |stay: &Stay| room.between(after.max(stay.from.saturating_sub(1)), stay.until);
            stays.iter().flat_map(told).map(|log_seq| (log_seq, false))
        });
        for (log_seq, former) in concerned.chain(told) {
            let kept = self.ring.find(log_seq)?;
            if !former && kept.former.contains(&owner.user) {
                continue;
            }
            frames.extend(concerning(former, &kept.frames).map(|frame| (log_seq, frame.clone())));
            if frames.len() > self.most_replayed {
                return None;
            }
        }
        Some(frames)
    }

    /// The offers after a point that mean something to a user who holds these scopes.
    fn missed_offers(&self, owner: &Owner, scopes: &Scopes, after: u64) -> Option<Vec<(u64, Utf8Bytes)>> {
        let Some(roster) = self.apps.get(&owner.app) else {
            return Some(Vec::new());
        };
        let first = roster.offers.partition_point(|log_seq| *log_seq <= after);
        let mut missed = Vec::new();
        for log_seq in roster.offers.range(first..) {
            let kept = self.ring.find(*log_seq)?;
            let turn = kept.offer.as_ref().and_then(|offer| offer.turn(scopes));
            if let Some(turn) = turn.filter(|_| !roster.concerns(kept, &owner.user)) {
                missed.extend(offered(turn, &kept.frames).map(|frame| (*log_seq, frame.clone())));
            }
        }
        Some(missed)
    }
}
