//! A client with a driver that does what it is told, and a screen that shows what it was told.

use std::collections::{BTreeMap, BTreeSet};

use mtchat_client_core::{
    Client, DialogRow, Diff, Flaw, Input, Intent, Moment, Options, OutboxEntry, Output, Request, Row,
    Sending, SocketId,
};
use mtchat_protocol::{DialogId, MessageId, UserId};

pub struct Device {
    pub user: UserId,
    pub client: Client,
    pub screen: Screen,
    /// What is kept across reloads.
    pub kept: BTreeMap<MessageId, OutboxEntry>,
    pub opened: BTreeSet<DialogId>,
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
    pub dialogs: BTreeMap<DialogId, DialogRow>,
    pub timelines: BTreeMap<DialogId, Vec<Row>>,
}

impl Device {
    pub fn new(name: usize, user: &UserId, seed: u64, flaw: Option<Flaw>) -> Self {
        Self {
            user: user.clone(),
            client: client(seed, flaw),
            screen: Screen::default(),
            kept: BTreeMap::new(),
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
        let mut kept: Vec<OutboxEntry> = self.kept.values().cloned().collect();
        kept.sort_by_key(|entry| (entry.sent_at, entry.id));
        // What was accepted is there; it is loaded like everything else.
        kept.retain(|entry| entry.state != Sending::Accepted);
        let mut effects = self.input(now, Input::Restored(kept));
        effects.extend(self.input(now, Input::Wants(Intent::Connect)));
        for dialog in self.opened.clone() {
            effects.extend(self.input(now, Input::Wants(Intent::Open(dialog))));
        }
        effects
    }

    pub fn input(&mut self, now: Moment, input: Input) -> Vec<Effect> {
        match &input {
            Input::Wants(Intent::Open(dialog)) => drop(self.opened.insert(*dialog)),
            Input::Wants(Intent::Close(dialog)) => {
                self.opened.remove(dialog);
                self.screen.timelines.remove(dialog);
            }
            _ => {}
        }
        self.trace(&format!("{}", now.0), &input);
        self.client.handle(now, input.clone());
        self.drain(now, Some(input))
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
                Output::Keep(entry) => drop(self.kept.insert(entry.id, entry)),
                Output::Forget(id) => drop(self.kept.remove(&id)),
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
            Diff::Connection(_) | Diff::Unread { .. } | Diff::Typing { .. } | Diff::Presence { .. } => {}
        }
    }
}

fn client(seed: u64, flaw: Option<Flaw>) -> Client {
    let client = Client::new(Options::default(), seed);
    match flaw {
        Some(flaw) => client.with_flaw(flaw),
        None => client,
    }
}
