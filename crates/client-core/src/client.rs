use std::collections::{BTreeMap, VecDeque};

use fastrand::Rng;
use mtchat_protocol::{ClientFrame, DialogId, Epoch, Positions, ServerFrame, TotalUnreadView, UserId};

use crate::{
    Answer, ConnectionState, DialogRow, Diff, Flaw, Input, Moment, OutboxEntry, Output, Row, Sending,
    connection::{self, Connection},
    dialogs::Dialogs,
    outbox::Outbox,
    tasks::{Purpose, Tasks},
    timeline::Timeline,
    typing::Typing,
};

/// How much a client keeps.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many dialogs of the list are loaded without being asked for.
    pub dialogs: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { dialogs: 300 }
    }
}

/// A user's client. It does nothing by itself: tell it what happens ([`Client::handle`], and [`Client::handle_timeout`] when
/// [`Client::poll_timeout`] says so), then do what [`Client::poll_output`] gives until it gives nothing.
#[derive(Debug)]
pub struct Client {
    pub(crate) options: Options,
    pub(crate) rng: Rng,
    pub(crate) flaw: Option<Flaw>,
    pub(crate) connection: Connection,
    pub(crate) me: Option<UserId>,
    /// Up to where everything was heard; `None`: nothing yet.
    pub(crate) place: Option<(Epoch, Positions)>,
    /// Frames of a fact whose last one has not come.
    pub(crate) unplaced: Vec<ServerFrame>,
    /// What happened since the oldest page that is on its way was asked for.
    pub(crate) since: VecDeque<(u64, ServerFrame)>,
    pub(crate) tasks: Tasks,
    pub(crate) dialogs: Dialogs,
    /// Where the list goes on, while not all of it is loaded.
    pub(crate) more: Option<String>,
    pub(crate) loaded: usize,
    pub(crate) timelines: BTreeMap<DialogId, Timeline>,
    pub(crate) outbox: Outbox,
    pub(crate) typing: Typing,
    pub(crate) presence: BTreeMap<UserId, bool>,
    pub(crate) unread: Option<TotalUnreadView>,
    told_state: ConnectionState,
    pub(crate) out: Vec<Output>,
    ready: VecDeque<Output>,
}

impl Client {
    /// A client that knows nothing yet. `seed` is for waits and ids: another one for every client.
    pub fn new(options: Options, seed: u64) -> Self {
        Self {
            options,
            rng: Rng::with_seed(seed),
            flaw: None,
            connection: Connection::new(),
            me: None,
            place: None,
            unplaced: Vec::new(),
            since: VecDeque::new(),
            tasks: Tasks::default(),
            dialogs: Dialogs::default(),
            more: None,
            loaded: 0,
            timelines: BTreeMap::new(),
            outbox: Outbox::default(),
            typing: Typing::default(),
            presence: BTreeMap::new(),
            unread: None,
            told_state: ConnectionState::Idle,
            out: Vec::new(),
            ready: VecDeque::new(),
        }
    }

    /// The same with a mistake.
    #[cfg(feature = "flaws")]
    #[must_use]
    pub fn with_flaw(mut self, flaw: Flaw) -> Self {
        self.flaw = Some(flaw);
        self
    }

    /// Something happened.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Wants(intent) => self.wants(now, intent),
            Input::Opened(socket) => {
                let place = self.place.as_ref();
                self.connection.opened(socket, place, now, &mut self.out);
            }
            Input::Frame { socket, text } => {
                if self.connection.heard(socket, now)
                    && let Ok(frame) = serde_json::from_str(&text)
                {
                    self.hears(now, socket, frame);
                }
            }
            Input::Closed { socket, code } => {
                let lost = self
                    .connection
                    .closed(socket, code, now, &mut self.rng, &mut self.out);
                if lost {
                    self.hung_up();
                }
            }
            Input::Answered { request, answer } => self.answered(now, request, answer),
            Input::Token(token) => {
                self.connection
                    .take_token(token, now, &mut self.rng, &mut self.out);
                self.tasks.hurry(now);
            }
            Input::Online(online) => {
                self.connection.set_online(online, now, &mut self.out);
                if online {
                    self.tasks.hurry(now);
                } else {
                    self.hung_up();
                }
            }
            Input::Woke => {
                self.connection.woke(now, &mut self.out);
                self.tasks.hurry(now);
            }
            Input::Restored(entries) => {
                for entry in entries {
                    self.outbox.push(entry);
                }
            }
        }
        self.settle(now);
    }

    /// The time has come that [`Client::poll_timeout`] named, or has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        let gave_up = self
            .connection
            .timeout(now, &mut self.rng, &mut self.out, self.flaw);
        if gave_up {
            self.hung_up();
        }
        for request in self.tasks.overdue(now) {
            self.out.push(Output::Cancel(request));
            self.answered(now, request, Answer::Nothing);
        }
        self.typing.forget(now);
        self.settle(now);
    }

    /// What is to be done next; `None`: nothing until something happens.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.ready.pop_front()
    }

    /// When [`Client::handle_timeout`] is to be called, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<Moment> {
        let times = [
            self.connection.next_timeout(),
            self.tasks
                .next_timeout(self.connection.may_ask(), self.connection.is_open()),
            self.typing.next_timeout(),
        ];
        times.into_iter().flatten().min()
    }

    /// How the connection stands.
    pub fn state(&self) -> ConnectionState {
        self.connection.state()
    }

    /// The dialogs that are loaded: pinned first, then by their last message.
    pub fn dialogs(&self) -> Vec<&DialogRow> {
        self.dialogs.in_order()
    }

    /// The rows of a dialog that is looked at.
    pub fn rows(&self, dialog: DialogId) -> Option<Vec<Row>> {
        Some(self.timelines.get(&dialog)?.rows(&self.outbox))
    }

    /// The messages on their way, in the order in which they were sent.
    pub fn outbox(&self) -> Vec<&OutboxEntry> {
        self.outbox.all().collect()
    }

    /// How much is unread in all; `None` before the server said it.
    pub fn unread(&self) -> Option<TotalUnreadView> {
        self.unread
    }

    /// Whether everything that was asked for is here and nothing is on its way.
    pub fn is_settled(&self) -> bool {
        let waiting = self.outbox.all().any(|entry| entry.state == Sending::Sending);
        self.connection.is_open() && !self.tasks.any(|_| true) && !waiting
    }

    pub(crate) fn position(&self) -> Option<u64> {
        let (_, Positions(all)) = self.place.as_ref()?;
        all.first().copied()
    }

    pub(crate) fn say(&mut self, frame: &ClientFrame) {
        if self.connection.is_open()
            && let Some(socket) = self.connection.socket()
        {
            connection::say(socket, frame, &mut self.out);
        }
    }

    /// The frames of a fact that was cut off come again, all of them.
    pub(crate) fn hung_up(&mut self) {
        self.unplaced.clear();
    }

    /// Ask what is due, and tell what is different.
    fn settle(&mut self, now: Moment) {
        for id in self.due() {
            self.tasks.add(Purpose::Send(id), now);
        }
        self.ask(now);
        if self.tasks.oldest().is_none() {
            self.since.clear();
        }
        let state = self.connection.state();
        if state != self.told_state {
            self.told_state = state;
            self.out.push(Output::Changed(Diff::Connection(state)));
        }
        for (id, item) in self.dialogs.changes() {
            let diff = item.map_or(Diff::DialogGone(id), |item| Diff::Dialog(Box::new(item)));
            self.out.push(Output::Changed(diff));
        }
        for timeline in self.timelines.values_mut() {
            let change = timeline.change(&self.outbox);
            self.out
                .extend(change.map(|change| Output::Changed(Diff::Timeline(change))));
        }
        let typing = self.typing.changes();
        let typing = typing.map(|(dialog, users)| Output::Changed(Diff::Typing { dialog, users }));
        self.out.extend(typing);
        self.ready.extend(self.out.drain(..));
    }

    fn due(&self) -> Vec<mtchat_protocol::MessageId> {
        if self.flaw == Some(Flaw::SendsSideBySide) {
            let sending = self.outbox.all().filter(|entry| entry.state == Sending::Sending);
            return sending.map(|entry| entry.id).collect();
        }
        self.outbox.due()
    }
}
