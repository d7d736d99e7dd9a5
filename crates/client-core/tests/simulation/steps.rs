//! What people do, what goes wrong, and how it ends.

use mtchat_client_core::{Draft, Input, Intent, Moment, Row, Sending};
use mtchat_domain::Command;
use mtchat_protocol::{DialogId, FactKind, MessageId, UserId};
use uuid::Uuid;

use crate::{
    deeds::kinds,
    device::Device,
    files,
    network::{Event, Simulation},
    world::{NAMES, user},
};

impl Simulation {
    /// One thing that somebody does, or that goes wrong.
    pub fn step(&mut self) {
        let device = self.rng.usize(..self.devices.len());
        let dialogs = self.world.dialogs();
        let dialog = self.rng.choice(&dialogs).copied();
        let person = user(NAMES[self.rng.usize(..NAMES.len())]);
        match (self.rng.u8(..45), dialog) {
            (0..=7, _) => self.say_something(device),
            (8..=10, Some(dialog)) => self.wants(device, Intent::Open(dialog)),
            (11, Some(dialog)) => self.wants(device, Intent::Close(dialog)),
            (12..=13, _) => self.read_something(device),
            (14, Some(dialog)) => self.wants(device, Intent::Older(dialog)),
            (15..=16, _) => self.jump(device),
            (17..=18, Some(dialog)) => self.draft(device, dialog),
            (19, _) => {
                let available = self.devices[device].available;
                self.wants(device, Intent::Available(!available));
            }
            (20, Some(dialog)) => self.wants(device, Intent::Typing(dialog)),
            (21..=22, _) => self.turns(&person),
            (23..=34, _) => {
                let kind = &kinds()[self.rng.usize(..kinds().len())];
                let mut rng = self.rng.fork();
                self.world.make(kind, &mut rng);
            }
            (35, Some(dialog)) => {
                self.world.host(dialog, Command::RemoveParticipant(person));
            }
            (36..=37, _) => {
                let mut rng = self.rng.fork();
                self.world.make(&FactKind::MarkedUnread, &mut rng);
            }
            (38..=39, _) => {
                let when = self.delay();
                self.at(when, Event::Project);
            }
            (trouble, _) => self.goes_badly(device, trouble),
        }
        self.pump();
    }

    fn goes_badly(&mut self, device: usize, trouble: u8) {
        if !self.stormy {
            return;
        }
        match trouble {
            40 => self.restart(),
            41 => {
                self.devices[device].asleep = true;
                let until = self.now + self.rng.u64(1..200_000);
                self.at(until, Event::Wakes(device));
            }
            42 => {
                let seed = self.rng.u64(..);
                self.conns.retain(|(of, _), _| *of != device);
                let effects = self.devices[device].reload(Moment(self.now), seed);
                self.timers[device] = None;
                self.carry_out(device, effects);
                self.repeat(device);
            }
            43 => {
                self.tell(device, Input::Online(false));
                let until = self.now + self.rng.u64(1..60_000);
                self.at(until, Event::Online(device));
            }
            _ => {
                if self.rng.bool() {
                    self.world.new_epoch();
                }
                self.world.floor = self.world.log.len();
                self.restart();
            }
        }
    }

    /// Somebody comes online elsewhere, or goes offline.
    pub fn turns(&mut self, person: &UserId) {
        let elsewhere = &mut self.world.presence.elsewhere;
        if !elsewhere.remove(person) {
            elsewhere.insert(person.clone());
        }
    }

    fn draft(&mut self, device: usize, dialog: DialogId) {
        let content = match self.rng.u8(..4) {
            0 => String::new(),
            number => format!("draft {number}"),
        };
        self.wants(device, Intent::Draft(Draft { dialog, content }));
    }

    fn say_something(&mut self, device: usize) {
        let shown: Vec<DialogId> = self.devices[device].screen.dialogs.keys().copied().collect();
        let Some(dialog) = self.rng.choice(&shown).copied() else {
            return;
        };
        for _ in 0..self.rng.usize(1..4) {
            self.texts += 1;
            let text = format!("text {}", self.texts);
            let mut attachments = files::uploads(&text, &mut self.rng);
            let says_nothing = !attachments.is_empty() && self.rng.bool();
            let content = if says_nothing { String::new() } else { text };
            if let Some(Intent::Send {
                attachments: sent, ..
            }) = &self.named[device]
                && !content.is_empty()
                && self.rng.u8(..8) == 0
            {
                // Another message has them: this one is refused, or that one.
                attachments.clone_from(sent);
            }
            self.sent[device].push((dialog, files::mark_of(&content, &attachments)));
            let named = self.rng.bool();
            let send = Intent::Send {
                id: named.then(|| MessageId(Uuid::from_u128(self.rng.u128(..)))),
                dialog,
                content,
                reply_to: None,
                attachments,
            };
            if named {
                self.named[device] = Some(send.clone());
            }
            self.wants(device, send);
            if self.rng.u8(..4) == 0 {
                self.repeat(device);
            }
        }
    }

    /// Whoever does not know whether it was heard says it once more.
    fn repeat(&mut self, device: usize) {
        if let Some(send) = self.named[device].clone() {
            self.wants(device, send);
        }
    }

    fn shown_message(&mut self, device: usize) -> Option<(DialogId, MessageId)> {
        let opened: Vec<DialogId> = self.devices[device].opened.iter().copied().collect();
        let dialog = *self.rng.choice(&opened)?;
        let rows = self.devices[device].client.rows(dialog)?;
        let ids: Vec<MessageId> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Message(view) => Some(view.id),
                _ => None,
            })
            .collect();
        Some((dialog, *self.rng.choice(&ids)?))
    }

    fn read_something(&mut self, device: usize) {
        if let Some((dialog, message)) = self.shown_message(device) {
            self.wants(device, Intent::Read { dialog, message });
        }
    }

    fn jump(&mut self, device: usize) {
        let opened: Vec<DialogId> = self.devices[device].opened.iter().copied().collect();
        let Some(dialog) = self.rng.choice(&opened).copied() else {
            return;
        };
        let Some(table) = self.world.truth.dialogs.get(&dialog) else {
            return;
        };
        let shown = table.shown(&self.devices[device].user);
        if let Some(view) = self.rng.choice(&shown) {
            let message = view.id;
            self.wants(device, Intent::Jump { dialog, message });
        }
    }

    /// Everything works from now on.
    pub fn heal(&mut self) {
        self.stormy = false;
        for device in 0..self.devices.len() {
            self.wakes(device);
            self.tell(device, Input::Online(true));
            self.tell(device, Input::Woke);
        }
        self.world.project(usize::MAX);
    }

    /// Whether anything is still on its way to be shown.
    pub fn is_settled(&self) -> bool {
        let failed = |device: &Device| {
            let outbox = device.client.outbox();
            outbox
                .iter()
                .all(|entry| matches!(entry.state, Sending::Failed(_)))
        };
        let all = self
            .devices
            .iter()
            .all(|device| device.client.is_settled() && failed(device));
        all && self.is_told() && self.world.stored_to == self.world.log.len() && self.is_heard_by_all()
    }

    /// Every client's newest connection lives, and all that was sent over it has come. One that is dead is found by its silence.
    fn is_heard_by_all(&self) -> bool {
        (0..self.devices.len()).all(|device| {
            let mut theirs = self.conns.iter().filter(|((of, _), _)| *of == device);
            theirs
                .next_back()
                .is_some_and(|(_, conn)| !conn.dead && conn.sent_to.is_some() && conn.last <= self.now)
        })
    }
}
