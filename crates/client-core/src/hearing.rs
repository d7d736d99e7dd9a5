//! What comes over the socket.

use mtchat_protocol::{ClientFrame, DialogId, Epoch, MessageType, Positions, ServerFrame};

use crate::{
    Client, Diff, Flaw, Moment, Output, SocketId,
    dialogs::{Then, dialog_of},
    tasks::Purpose,
};

/// Most frames that are remembered for pages on their way; beyond them the pages are asked for anew.
const MOST_SINCE: usize = 20_000;

impl Client {
    pub(crate) fn hears(&mut self, now: Moment, socket: SocketId, frame: ServerFrame) {
        match frame {
            ServerFrame::Connected(hello) => {
                self.connection.greeted(socket, now);
                if self.flaw != Some(Flaw::WatchesOnce) {
                    self.people.forget_who_is_online();
                }
                self.me = Some(hello.user_id);
                let resumed = hello.recovered == Some(true);
                self.stands(now, resumed, hello.epoch, hello.pos);
                self.say(&ClientFrame::WatchUnread { enabled: true });
                self.tasks.hurry(now);
            }
            ServerFrame::Resumed {
                recovered,
                epoch,
                pos,
            } => self.stands(now, recovered, epoch, pos),
            ServerFrame::Pong { pos, .. } => {
                // Everything up to there was sent before it.
                if self.unplaced.is_empty() {
                    self.moves(pos);
                }
            }
            ServerFrame::Error { code, .. } => {
                if code == mtchat_protocol::ErrorCode::Unauthorized {
                    self.connection.token_refused(&mut self.out);
                }
            }
            ServerFrame::Typing {
                dialog_id,
                user_id,
                stop,
            } => {
                if stop {
                    self.typing.stops(dialog_id, &user_id);
                } else {
                    self.typing.starts(dialog_id, user_id, now);
                }
            }
            ServerFrame::PresenceUpdate {
                user_id,
                is_online,
                last_seen,
            } => {
                if self.people.sees(&user_id, is_online, last_seen) {
                    let (user, online) = (user_id, is_online);
                    self.out.push(Output::Changed(Diff::Presence { user, online }));
                }
            }
            ServerFrame::UnreadTotal(total) => {
                if self.unread.replace(total) != Some(total) {
                    self.out.push(Output::Changed(Diff::Unread {
                        messages: total.unread_count,
                        dialogs: total.dialogs,
                    }));
                }
            }
            fact => self.learns(now, fact),
        }
    }

    /// Where the connection stands, and whether everything since the last one follows.
    fn stands(&mut self, now: Moment, resumed: bool, epoch: Epoch, pos: Positions) {
        self.unplaced.clear();
        let lost = !resumed && self.flaw != Some(Flaw::TrustsALostPlace);
        if lost || self.place.is_none() {
            self.place = Some((epoch, pos));
            self.load_everything(now);
        } else if !resumed {
            self.place = Some((epoch, pos));
        }
    }

    fn load_everything(&mut self, now: Moment) {
        let cancelled = self.tasks.give_up(Purpose::loads);
        self.out.extend(cancelled.into_iter().map(Output::Cancel));
        self.since.clear();
        self.dialogs.become_stale();
        self.people.become_stale();
        (self.more, self.loaded) = (None, 0);
        self.tasks.add(Purpose::Dialogs(None), now);
        if self.dialogs.shows_available() {
            self.tasks.add(Purpose::Available(None), now);
        }
        for (dialog, timeline) in self.timelines.iter_mut() {
            timeline.become_stale();
            let latest = Purpose::Page(*dialog, mtchat_protocol::PageQuery::Latest);
            self.tasks.add(latest, now);
            self.tasks.add(Purpose::Participants(*dialog), now);
        }
        for entry in self.outbox.drop_accepted() {
            self.out.push(Output::Forget(entry.id));
        }
    }

    fn moves(&mut self, pos: Positions) {
        if let Some((_, place)) = &mut self.place
            && place.0.first() < pos.0.first()
        {
            *place = pos;
        }
    }

    /// A frame of a fact. Facts are applied whole, when their last frame has come: it says where they stand.
    fn learns(&mut self, now: Moment, frame: ServerFrame) {
        let Some(pos) = frame.pos().cloned() else {
            self.unplaced.push(frame);
            return;
        };
        let at = pos.0.first().copied().unwrap_or(0);
        let mut frames = std::mem::take(&mut self.unplaced);
        if self.flaw == Some(Flaw::MovesTooEarly) && !frames.is_empty() {
            frames.clear();
        }
        frames.push(frame);
        if self.position().is_some_and(|reached| at <= reached) {
            return;
        }
        for frame in &frames {
            self.happens(now, frame, at);
        }
        if let Some(dialog) = frames.first().and_then(dialog_of) {
            self.reached(dialog, at);
        }
        if self.tasks.oldest().is_some() && self.flaw != Some(Flaw::ForgetsWhatCameMeanwhile) {
            self.since.extend(frames.into_iter().map(|frame| (at, frame)));
            if self.since.len() > MOST_SINCE {
                self.load_everything(now);
            }
        }
        self.moves(pos);
        for entry in self.outbox.arrived(at) {
            self.out.push(Output::Forget(entry.id));
        }
    }

    fn happens(&mut self, now: Moment, frame: &ServerFrame, at: u64) {
        if let ServerFrame::MessageNew(new) = frame {
            if new.message_type == MessageType::User
                && let Some(sender) = &new.sender_id
            {
                self.typing.stops(new.dialog_id, sender);
            }
            if self.flaw != Some(Flaw::KeepsWhatArrived) && self.outbox.remove(new.id).is_some() {
                self.out.push(Output::Forget(new.id));
                let cancelled = self.tasks.give_up(|purpose| *purpose == Purpose::Send(new.id));
                self.out.extend(cancelled.into_iter().map(Output::Cancel));
            }
        }
        self.apply(now, frame, at);
    }

    /// Apply to what is loaded what it does not know of yet.
    pub(crate) fn apply(&mut self, now: Moment, frame: &ServerFrame, at: u64) {
        let Some(dialog) = dialog_of(frame) else { return };
        let mut cleared = false;
        if self.leaves(frame)
            && let Some(timeline) = self.timelines.get_mut(&dialog)
            && timeline.is_live_before(at)
        {
            // What happens until one is there again is not told.
            timeline.clear();
            cleared = true;
        }
        let me = self.me.as_ref();
        if let Some(timeline) = self.timelines.get_mut(&dialog) {
            timeline.apply(frame, at, me, self.flaw);
        }
        let timeline = self.timelines.get(&dialog);
        let seq_of = |message| timeline.and_then(|timeline| timeline.seq_of(message));
        let is_later = |one, other| Some(seq_of(one)? > seq_of(other)?);
        match self.people.apply(dialog, frame, at, (me, self.flaw), is_later) {
            Then::Nothing => {}
            Then::Load => self.tasks.add(Purpose::Participants(dialog), now),
            Then::Goes => cleared = true,
        }
        match self.dialogs.apply(frame, at, me, self.flaw) {
            Then::Nothing => {}
            Then::Load => self.tasks.add(Purpose::Dialog(dialog), now),
            Then::Goes => {
                self.goes(dialog);
                if self.dialogs.shows_available() && matches!(frame, ServerFrame::ParticipantLeft { .. }) {
                    // One may be allowed to come back.
                    self.tasks.add(Purpose::Dialog(dialog), now);
                }
            }
        }
        if cleared {
            // One may have come back already.
            self.look_again(now, dialog);
        }
    }

    /// Everything of this place is applied.
    fn reached(&mut self, dialog: DialogId, at: u64) {
        self.dialogs.reached(dialog, at);
        self.people.reached(dialog, at);
    }

    /// Whether a frame says that the user is not in a dialog any more.
    fn leaves(&self, frame: &ServerFrame) -> bool {
        match frame {
            ServerFrame::DialogDeleted { .. } => true,
            ServerFrame::ParticipantLeft { user_id, .. } => self.me.as_ref() == Some(user_id),
            _ => false,
        }
    }

    /// A dialog is not one's own any more.
    pub(crate) fn goes(&mut self, dialog: DialogId) {
        self.dialogs.remove(dialog);
        if let Some(timeline) = self.timelines.get_mut(&dialog) {
            timeline.clear();
        }
        self.people.clear(dialog);
    }

    /// Apply to a page that came what happened since it was asked for.
    pub(crate) fn catch_up(&mut self, now: Moment, dialog: Option<DialogId>) {
        let since = std::mem::take(&mut self.since);
        let mut place = None;
        for (at, frame) in &since {
            let of = dialog_of(frame);
            if let Some((of, before)) = place.filter(|(_, before)| before != at) {
                self.reached(of, before);
            }
            if of.is_some() && (dialog.is_none() || of == dialog) {
                self.apply(now, frame, *at);
                place = of.map(|of| (of, *at));
            } else {
                place = None;
            }
        }
        if let Some((of, at)) = place {
            self.reached(of, at);
        }
        self.since = since;
    }
}
