use std::collections::VecDeque;

use fastrand::Rng;
use mtchat_protocol::{ClientFrame, DialogId, Epoch, Positions, ServerFrame, TotalUnreadView, UserId};

use crate::{
    Answer, ConnectionState, DialogRow, Diff, Flaw, Input, Kept, Moment, OutboxEntry, Output, ParticipantRow,
    Row, Sending,
    connection::{self, Connection},
    dialogs::{Dialogs, Kind},
    drafts::Drafts,
    map::{Map, sort_by},
    outbox::Outbox,
    people::People,
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
        // One page: what a screen shows. Whoever scrolls asks for more.
        Self { dialogs: 50 }
    }
}

/// What was told last of what has no place of its own.
#[derive(Debug, Clone, Copy)]
struct Told {
    state: ConnectionState,
    fresh: bool,
    more: bool,
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
    pub(crate) people: People,
    pub(crate) drafts: Drafts,
    pub(crate) timelines: Map<DialogId, Timeline>,
    pub(crate) outbox: Outbox,
    pub(crate) typing: Typing,
    pub(crate) unread: Option<TotalUnreadView>,
    told: Told,
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
            people: People::default(),
            drafts: Drafts::default(),
            timelines: Map::default(),
            outbox: Outbox::default(),
            typing: Typing::default(),
            unread: None,
            told: Told {
                state: ConnectionState::Idle,
                fresh: false,
                more: false,
            },
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
                    && let Ok(frame) = mtchat_protocol::from_json(&text)
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
            Input::Restored(kept) => self.restores(kept),
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

    /// What is to be done next; `None`: nothing until something happens. What is to be shown comes after what is to be done; whoever
    /// lets several things happen before this is asked is told the difference that they make together.
    pub fn poll_output(&mut self) -> Option<Output> {
        if self.ready.is_empty() {
            self.tell();
        }
        self.ready.pop_front()
    }

    /// The same without what is to be shown, which waits for [`Client::poll_output`]: when much happens at once, showing all of it
    /// once costs a fraction of showing it bit by bit.
    pub fn poll_action(&mut self) -> Option<Output> {
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
        self.dialogs.in_order(Kind::Own)
    }

    /// The dialogs that may be joined, while they are looked at: by their last message.
    pub fn available(&self) -> Vec<&DialogRow> {
        self.dialogs.in_order(Kind::Available)
    }

    /// Everybody in a dialog that is looked at, by join time.
    pub fn participants(&self, dialog: DialogId) -> Option<&[ParticipantRow]> {
        self.people.rows(dialog)
    }

    /// What is written and not sent yet; empty: nothing.
    pub fn draft(&self, dialog: DialogId) -> &str {
        self.drafts.get(dialog)
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

    /// Whether all that is shown is loaded and as new as the connection.
    pub fn is_fresh(&self) -> bool {
        self.connection.is_open() && !self.tasks.any(Purpose::loads)
    }

    /// Whether there are more dialogs than are loaded.
    pub fn has_more_dialogs(&self) -> bool {
        let on_the_way = |purpose: &Purpose| matches!(purpose, Purpose::Dialogs(Some(_)));
        self.more.is_some() || self.tasks.any(on_the_way)
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

    fn restores(&mut self, kept: Kept) {
        let mut entries = kept.outbox;
        if self.flaw != Some(Flaw::RestoresInAnyOrder) {
            sort_by(&mut entries, |one, other| {
                (one.sent_at, one.id) > (other.sent_at, other.id)
            });
        }
        for entry in entries {
            if entry.state == Sending::Accepted {
                // It is there, and is loaded like everything else.
                self.out.push(Output::Forget(entry.id));
            } else {
                let id = entry.id;
                self.outbox.push(entry);
                if self.flaw == Some(Flaw::RestoresWithoutFiles) {
                    self.outbox.lose_files(id);
                }
            }
        }
        for draft in kept.drafts {
            self.drafts.set(draft);
        }
    }

    /// Ask to be told who of those that are shown is online.
    fn watch(&mut self) {
        if self.connection.is_open()
            && let Some(user_ids) = self.people.watch()
        {
            self.say(&ClientFrame::Watch { user_ids });
        }
    }

    /// The frames of a fact that was cut off come again, all of them.
    pub(crate) fn hung_up(&mut self) {
        self.unplaced.clear();
    }

    /// Ask what is due.
    fn settle(&mut self, now: Moment) {
        for id in self.due() {
            self.tasks.add(Purpose::Send(id), now);
        }
        self.ask(now);
        self.watch();
        if self.tasks.oldest().is_none() {
            self.since.clear();
        }
        self.ready.extend(self.out.drain(..));
    }

    /// Tell what is different in what is shown, once for everything that happened since it was told last.
    fn tell(&mut self) {
        let now = Told {
            state: self.connection.state(),
            fresh: self.is_fresh(),
            more: self.has_more_dialogs(),
        };
        let before = std::mem::replace(&mut self.told, now);
        if now.state != before.state {
            self.out.push(Output::Changed(Diff::Connection(now.state)));
        }
        let diffs = self.dialogs.changes(self.flaw).into_iter();
        let diffs = diffs.chain(self.people.changes());
        let drafts = self.drafts.changes().into_iter().map(Diff::Draft);
        self.out.extend(diffs.chain(drafts).map(Output::Changed));
        let touched = self.outbox.touched();
        for (dialog, timeline) in self.timelines.iter_mut() {
            let change = timeline.change(&self.outbox, touched.contains(dialog));
            self.out
                .extend(change.map(|change| Output::Changed(Diff::Timeline(change))));
        }
        let typing = self.typing.changes();
        let typing = typing.map(|(dialog, users)| Output::Changed(Diff::Typing { dialog, users }));
        self.out.extend(typing);
        if now.more != before.more {
            self.out.push(Output::Changed(Diff::MoreDialogs(now.more)));
        }
        if now.fresh != before.fresh {
            self.out.push(Output::Changed(Diff::Fresh(now.fresh)));
        }
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
