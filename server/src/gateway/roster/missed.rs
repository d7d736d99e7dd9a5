use axum::extract::ws::Utf8Bytes;
use mtchat_protocol::Scopes;

use super::{
    Roster,
    slot::{Recent, concerning, offered},
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
        let mut frames = Vec::new();
        let recent = self.slot(owner).map(|slot| &slot.recent);
        let newer = recent
            .iter()
            .flat_map(|recent| recent.range(recent.partition_point(|r| r.log_seq <= after)..));
        for Recent { log_seq, former } in newer.copied() {
            let kept = concerning(former, &self.ring.find(log_seq)?.frames).cloned();
            frames.extend(kept.map(|frame| (log_seq, frame)));
            if frames.len() > self.most_replayed {
                return None;
            }
        }
        if let Some(scopes) = connection.scopes() {
            frames.extend(self.missed_offers(owner, &scopes, after)?);
            frames.sort_by_key(|(log_seq, _)| *log_seq);
        }
        if frames.len() > self.most_replayed {
            return None;
        }
        let frames = frames.into_iter().map(|(_, frame)| frame).collect();
        Some(Missed { after, frames })
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
            if let Some(turn) = turn.filter(|_| !kept.recipients.contains(&owner.user)) {
                missed.extend(offered(turn, &kept.frames).map(|frame| (*log_seq, frame.clone())));
            }
        }
        Some(missed)
    }
}
