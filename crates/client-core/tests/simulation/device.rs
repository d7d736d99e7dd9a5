//! A client with a driver that does what it is told, and a screen that shows what it was told.

use std::collections::{BTreeMap, BTreeSet};

use mtchat_client_core::{
    Answer, Client, DialogRow, Diff, Draft, Flaw, Input, Intent, Kept, Moment, Options, OutboxEntry, Output,
    ParticipantRow, Request, Response, Row, Sending, SocketId, from_json,
};
use mtchat_protocol::{AttachmentView, Data, DialogId, MessageId, MessageView, MessagesPage, UserId};

use crate::files;

pub struct Device {
    pub user: UserId,
    pub client: Client,
    pub screen: Screen,
    /// What is kept across reloads.
    pub kept: BTreeMap<MessageId, OutboxEntry>,
    pub kept_drafts: BTreeMap<DialogId, String>,
    /// What was shown as refused, if only for a while: a copy that comes late may be taken.
    pub refused: BTreeSet<String>,
    /// What the user has written and neither sent nor taken away.
    pub drafts: BTreeMap<DialogId, String>,
    pub opened: BTreeSet<DialogId>,
    /// Whether the user looks at what they may join.
    pub available: bool,
    pub asleep: bool,
    /// Everything that went in and came out, for whoever plays it again.
    pub lives: Vec<Life>,
    /// Another one after each reload: what belongs to the one before is not for this one.
    pub life: u32,
    flaw: Option<Flaw>,
    name: usize,
    traced: bool,
    recorded: bool,
}

/// What one client did from its beginning.
#[derive(serde::Serialize)]
pub struct Life {
    pub seed: u64,
    pub steps: Vec<Step>,
}

/// What went in, `None`: only time passed, and what came out.
#[derive(serde::Serialize)]
pub struct Step {
    now: Moment,
    input: Option<Input>,
    outputs: Vec<Output>,
    timeout: Option<Moment>,
}

/// What is to be done outside.
pub enum Effect {
    Open(SocketId),
    Say(SocketId, String),
    Hang(SocketId),
    Ask(Request),
    NeedToken,
}

#[derive(Default)]
pub struct Screen {
    /// All that is shown is loaded.
    pub fresh: bool,
    pub more: bool,
    pub dialogs: BTreeMap<DialogId, DialogRow>,
    pub timelines: BTreeMap<DialogId, Vec<Row>>,
    pub available: BTreeMap<DialogId, DialogRow>,
    pub participants: BTreeMap<DialogId, Vec<ParticipantRow>>,
    pub drafts: BTreeMap<DialogId, String>,
    pub online: BTreeMap<UserId, bool>,
    pub typing: BTreeMap<DialogId, Vec<UserId>>,
    pub unread: Option<(u64, u64)>,
}

impl Device {
    pub fn new(name: usize, user: &UserId, seed: u64, flaw: Option<Flaw>) -> Self {
        Self {
            user: user.clone(),
            client: client(seed, flaw),
            screen: Screen::default(),
            kept: BTreeMap::new(),
            kept_drafts: BTreeMap::new(),
            refused: BTreeSet::new(),
            drafts: BTreeMap::new(),
            available: false,
            opened: BTreeSet::new(),
            asleep: false,
            lives: vec![life(seed)],
            life: 0,
            flaw,
            name,
            recorded: env!("CARGO_PKG_NAME") == "mtchat-client-wasm",
            traced: std::env::var_os("SIMULATION_TRACE").is_some(),
        }
    }

    /// The page is loaded anew: all is lost but what was kept.
    pub fn reload(&mut self, now: Moment, seed: u64) -> Vec<Effect> {
        self.client = client(seed, self.flaw);
        self.screen = Screen::default();
        self.life += 1;
        self.lives.push(life(seed));
        let drafts = self.kept_drafts.clone().into_iter();
        let kept = Kept {
            outbox: self.kept.values().cloned().collect(),
            drafts: drafts
                .map(|(dialog, content)| Draft { dialog, content })
                .collect(),
        };
        let kept = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
        let mut effects = self.input(now, Input::Restored(kept));
        effects.extend(self.input(now, Input::Wants(Intent::Connect)));
        for dialog in self.opened.clone() {
            effects.extend(self.input(now, Input::Wants(Intent::Open(dialog))));
        }
        if self.available {
            effects.extend(self.input(now, Input::Wants(Intent::Available(true))));
        }
        effects
    }

    pub fn input(&mut self, now: Moment, input: Input) -> Vec<Effect> {
        if let Input::Wants(intent) = &input {
            self.wants(intent);
        }
        self.trace(&format!("{}", now.0), &input);
        let page = page_with_files(&input);
        let before = page.as_ref().map(|page| self.files_shown(page));
        self.client.handle(now, input.clone());
        if let Some((page, before)) = page.zip(before) {
            self.takes_links(&page, &before);
        }
        self.drain(now, Some(input))
    }

    /// What the user sees of what they want.
    fn wants(&mut self, intent: &Intent) {
        match intent {
            Intent::Open(dialog) => drop(self.opened.insert(*dialog)),
            Intent::Close(dialog) => {
                self.opened.remove(dialog);
                self.screen.timelines.remove(dialog);
                self.screen.participants.remove(dialog);
            }
            Intent::Available(available) => self.available = *available,
            Intent::Draft(draft) => write(&mut self.drafts, draft.clone()),
            // Whoever wants the same once more has begun something else meanwhile.
            Intent::Send { id, dialog, .. } if !id.is_some_and(|id| self.shows(*dialog, id)) => {
                self.drafts.remove(dialog);
            }
            _ => {}
        }
    }

    fn shows(&self, dialog: DialogId, id: MessageId) -> bool {
        let rows = self.client.rows(dialog).unwrap_or_default();
        let shown = |row: &Row| matches!(row, Row::Message(view) if view.id == id);
        rows.iter().any(shown) || self.client.outbox().iter().any(|entry| entry.id == id)
    }

    /// The files of those messages of a page that are shown.
    fn files_shown(&self, page: &[MessageView]) -> Vec<(MessageId, Vec<AttachmentView>)> {
        let rows = page.first().and_then(|view| self.client.rows(view.dialog_id));
        let views = rows.into_iter().flatten().filter_map(|row| match row {
            Row::Message(view) => Some(view),
            Row::Gap { .. } | Row::Sending(_) => None,
        });
        let named = views.filter(|view| page.iter().any(|told| told.id == view.id));
        named.map(|view| (view.id, view.attachments)).collect()
    }

    /// Links end: those of the page that came last are shown, unless nothing is taken from it at all.
    fn takes_links(&self, page: &[MessageView], before: &[(MessageId, Vec<AttachmentView>)]) {
        let shown = self.files_shown(page);
        let fresh = shown.iter().all(|(id, files)| {
            let told = page.iter().find(|told| told.id == *id).unwrap();
            told.attachments == *files
        });
        assert!(fresh || shown == before, "old links: {shown:?}, of {page:?}");
    }

    /// What goes in and comes out, for whoever looks for a mistake.
    fn trace(&self, when: &str, what: &impl std::fmt::Debug) {
        if self.traced {
            let text: String = format!("{what:?}").chars().take(400).collect();
            println!("{} {when} {text}", self.name);
        }
    }

    pub fn timeout(&mut self, now: Moment) -> Vec<Effect> {
        self.client.handle_timeout(now);
        self.drain(now, None)
    }

    fn drain(&mut self, now: Moment, input: Option<Input>) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut outputs = Vec::new();
        while let Some(output) = self.client.poll_output() {
            self.trace("  ", &output);
            if self.recorded {
                outputs.push(output.clone());
            }
            match output {
                Output::Open(socket) => effects.push(Effect::Open(socket)),
                Output::Say { socket, text } => effects.push(Effect::Say(socket, text)),
                Output::Hang(socket) => effects.push(Effect::Hang(socket)),
                Output::Ask(request) => effects.push(Effect::Ask(request)),
                Output::NeedToken => effects.push(Effect::NeedToken),
                Output::Cancel(_) => {}
                Output::Keep(entry) => {
                    if let Sending::Failed(_) = entry.state {
                        self.refused.insert(files::mark_of_entry(&entry));
                    }
                    self.kept.insert(entry.id, entry);
                }
                Output::Forget(id) => drop(self.kept.remove(&id)),
                Output::KeepDraft(draft) => write(&mut self.kept_drafts, draft),
                Output::Changed(diff) => self.screen.show(diff),
            }
        }
        if self.recorded {
            let timeout = self.client.poll_timeout();
            let steps = self.lives.last_mut().map(|life| &mut life.steps);
            steps.unwrap().push(Step {
                now,
                input,
                outputs,
                timeout,
            });
        }
        effects
    }
}

/// The messages of a page that comes, where there are links in it.
fn page_with_files(input: &Input) -> Option<Vec<MessageView>> {
    let Input::Answered {
        answer: Answer::Response(Response { body, .. }),
        ..
    } = input
    else {
        return None;
    };
    let page: Data<MessagesPage> = body.contains("?link=page").then(|| from_json(body).unwrap())?;
    Some(page.data.messages)
}

fn life(seed: u64) -> Life {
    let steps = Vec::new();
    Life { seed, steps }
}

impl Screen {
    fn show(&mut self, diff: Diff) {
        match diff {
            Diff::Dialog(row) => drop(self.dialogs.insert(row.dialog.id, *row)),
            Diff::DialogGone(id) => drop(self.dialogs.remove(&id)),
            Diff::Timeline(change) => {
                let rows = self.timelines.entry(change.dialog).or_default();
                change.apply(rows);
            }
            Diff::Available(row) => drop(self.available.insert(row.dialog.id, *row)),
            Diff::AvailableGone(id) => drop(self.available.remove(&id)),
            Diff::Participants { dialog, participants } => {
                self.participants.insert(dialog, participants);
            }
            Diff::Participant { dialog, participant } => {
                let rows = self.participants.entry(dialog).or_default();
                let row = rows.iter_mut().find(|row| row.user_id == participant.user_id);
                *row.expect("somebody who is shown") = *participant;
            }
            Diff::Draft(draft) => write(&mut self.drafts, draft),
            Diff::Presence { user, online } => drop(self.online.insert(user, online)),
            Diff::Typing { dialog, users } => drop(self.typing.insert(dialog, users)),
            Diff::Unread { messages, dialogs } => self.unread = Some((messages, dialogs)),
            Diff::Fresh(fresh) => self.fresh = fresh,
            Diff::MoreDialogs(more) => self.more = more,
            Diff::Connection(_) => {}
        }
    }
}

/// An empty draft is none.
fn write(drafts: &mut BTreeMap<DialogId, String>, draft: Draft) {
    if draft.content.is_empty() {
        drafts.remove(&draft.dialog);
    } else {
        drafts.insert(draft.dialog, draft.content);
    }
}

fn client(seed: u64, flaw: Option<Flaw>) -> Client {
    let client = Client::new(Options::default(), seed);
    match flaw {
        Some(flaw) => client.with_flaw(flaw),
        None => client,
    }
}
