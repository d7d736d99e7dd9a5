use std::collections::{HashMap, VecDeque};

use axum::extract::ws::Utf8Bytes;
use mtchat_protocol::{AppId, Epoch, Positions, ServerFrame};

use super::Roster;
use crate::gateway::delivery::text;

/// How many epochs that are over are remembered; entries of theirs may still stand in LIVE.
const RETIRED_EPOCHS: usize = 8;
/// Everybody in an app is told to reload at most this often, in seconds.
const APP_RESET_PAUSE: u32 = 2;

/// How a LIVE entry follows on what was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follows {
    /// It is the next, or the first at all.
    Next,
    /// Something between is missing, or the log began a new epoch: everybody was told to reload.
    Reset,
    /// Nothing in it is new.
    Stale,
}

impl Roster {
    /// The next LIVE entry covers the log after `from` up to `to`.
    pub(crate) fn follow(&mut self, epoch: &Epoch, from: u64, to: u64) -> Follows {
        if self.retired.contains(epoch) {
            return Follows::Stale;
        }
        match &self.epoch {
            None => {
                self.enter(epoch.clone(), from);
                Follows::Next
            }
            Some(current) if current == epoch && to <= self.position => Follows::Stale,
            Some(current) if current == epoch && from <= self.position => Follows::Next,
            Some(_) => {
                self.enter(epoch.clone(), from);
                self.reset_everybody();
                Follows::Reset
            }
        }
    }

    /// Tell the apps in which something was not delivered, unless they were told a moment ago.
    pub(crate) fn reset_apps(&mut self, now: u32) {
        let due: Vec<AppId> = self
            .apps
            .iter()
            .filter(|(_, roster)| roster.reset_due)
            .map(|(app, _)| app.clone())
            .collect();
        for app in due {
            self.reset_app(now, &app);
        }
    }

    fn enter(&mut self, epoch: Epoch, position: u64) {
        if let Some(over) = self.epoch.replace(epoch)
            && self.epoch.as_ref() != Some(&over)
        {
            self.retired.push_back(over);
            if self.retired.len() > RETIRED_EPOCHS {
                self.retired.pop_front();
            }
        }
        self.position = position;
        self.ring.restart(position);
    }

    fn reset_everybody(&mut self) {
        let resumed = self.start_afresh();
        self.apps.retain(|_, roster| {
            (roster.floor, roster.reset_due) = (0, false);
            roster.offers = VecDeque::new();
            roster.rooms = HashMap::new();
            roster.users.retain(|_, slot| {
                (slot.recent, slot.stays) = (VecDeque::new(), HashMap::new());
                slot.reset(resumed.as_ref());
                !slot.is_unused()
            });
            !roster.users.is_empty()
        });
    }

    /// Tell one app's connections to reload, at most every [`APP_RESET_PAUSE`]; what comes sooner is made up for by
    /// [`Self::reset_apps`], and until then nobody of the app can resume.
    pub(super) fn reset_app(&mut self, now: u32, app: &AppId) {
        let resumed = self.start_afresh();
        let Some(roster) = self.apps.get_mut(app) else {
            return;
        };
        if roster
            .reset_at
            .is_some_and(|at| now.saturating_sub(at) < APP_RESET_PAUSE)
        {
            return;
        }
        (roster.reset_due, roster.reset_at, roster.floor) = (false, Some(now), self.position);
        for slot in roster.users.values_mut() {
            slot.reset(resumed.as_ref());
        }
    }

    fn start_afresh(&self) -> Option<Utf8Bytes> {
        let epoch = self.epoch.clone()?;
        text(&ServerFrame::Resumed {
            recovered: false,
            epoch,
            pos: Positions(vec![self.position]),
        })
    }
}
