//! What a client's core is given, checked as it comes.

use std::collections::{HashMap, HashSet};

use mtchat_client_core::Row;
use mtchat_protocol::{
    ConnectedFrame, DialogId, Epoch, MessageId, MessageType, Positions, ServerFrame, UserId,
};
use tokio::time::Instant;

/// A frame and when it came.
#[derive(Debug, Clone)]
pub struct SeenFrame {
    /// When it came.
    pub at: Instant,
    /// Over which of the device's connections, counted from 1.
    pub connection: u32,
    /// The frame.
    pub frame: ServerFrame,
}

/// A user message as the client shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMessage {
    /// The message.
    pub id: MessageId,
    /// The dialog.
    pub dialog: DialogId,
    /// Its number in the dialog.
    pub seq: u64,
    /// Who sent it.
    pub sender: Option<UserId>,
    /// Its content when it came.
    pub content: String,
    /// Whether the core loaded it after it had lost its place, and it did not come over a socket.
    pub reloaded: bool,
}

/// Everything that one device has seen, over all its connections. It only looks: coming back, resuming and loading are the core's.
#[derive(Debug)]
pub struct Journal {
    /// Every frame as it came.
    pub frames: Vec<SeenFrame>,
    /// The user messages in the order in which the client shows them. While a lost place is made good, those of the own dialog
    /// wait until the timeline reaches back to them.
    pub messages: Vec<SeenMessage>,
    /// Edits, in order.
    pub edits: Vec<(MessageId, String)>,
    /// Deletions, in order.
    pub deletions: Vec<MessageId>,
    /// How often the device has connected.
    pub connections: u32,
    /// Whether it is connected.
    pub connected: bool,
    /// How the last connection ended, where the server said.
    pub close_code: Option<u16>,
    /// Whether the last resume brought everything; `None` before the first.
    pub recovered: Option<bool>,
    /// How often the place was lost and the timeline was loaded instead.
    pub reloads: u32,
    /// What a client must never be given: doubles, a wrong order, a resume without an answer.
    pub faults: Vec<String>,
    /// The newest place in the stream of frames.
    pub place: Option<(Epoch, Positions)>,
    own: DialogId,
    /// The place was lost, and the timeline does not reach back to what was shown before.
    behind: bool,
    /// Messages of the own dialog that came meanwhile.
    meanwhile: HashSet<MessageId>,
    shown: HashSet<MessageId>,
    newest: HashMap<DialogId, u64>,
    reloaded_to: Option<u64>,
}

impl Journal {
    /// Of a device that looks at this dialog.
    pub(crate) fn new(own: DialogId) -> Self {
        Self {
            frames: Vec::new(),
            messages: Vec::new(),
            edits: Vec::new(),
            deletions: Vec::new(),
            connections: 0,
            connected: false,
            close_code: None,
            recovered: None,
            reloads: 0,
            faults: Vec::new(),
            place: None,
            own,
            behind: false,
            meanwhile: HashSet::new(),
            shown: HashSet::new(),
            newest: HashMap::new(),
            reloaded_to: None,
        }
    }

    /// The core is given a frame. Where it says that the place was lost: where the connection stands now.
    pub(crate) fn hears(&mut self, text: &str) -> Option<Positions> {
        let Ok(frame) = serde_json::from_str(text) else {
            self.faults.push(format!("not a frame: {text}"));
            return None;
        };
        let lost = match &frame {
            ServerFrame::Connected(hello) if hello.recovered == Some(false) => Some(hello.pos.clone()),
            ServerFrame::Resumed {
                recovered: false,
                pos,
                ..
            } => Some(pos.clone()),
            _ => None,
        };
        self.record(frame);
        lost
    }

    /// The connection is gone.
    pub(crate) fn ends(&mut self, code: Option<u16>) {
        self.connected = false;
        self.close_code = code;
    }

    /// Take what the timeline shows after the place was lost. `false`: it does not reach back to what was shown before.
    pub(crate) fn reload(&mut self, rows: &[Row]) -> bool {
        let known = self.newest.get(&self.own).copied().unwrap_or(0);
        let messages: Vec<_> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Message(view) => Some(view),
                Row::Gap { .. } | Row::Sending(_) => None,
            })
            .collect();
        let is_whole = !rows.iter().any(|row| matches!(row, Row::Gap { .. }));
        if !is_whole && messages.first().is_none_or(|first| first.seq > known) {
            return false;
        }
        self.behind = false;
        self.reloads += 1;
        let mut meanwhile = std::mem::take(&mut self.meanwhile);
        for view in &messages {
            let came = meanwhile.remove(&view.id);
            if view.message_type == MessageType::User && !self.shown.contains(&view.id) {
                self.show(SeenMessage {
                    id: view.id,
                    dialog: self.own,
                    seq: view.seq,
                    sender: view.sender_id.clone(),
                    content: view.content.as_str().to_owned(),
                    reloaded: !came,
                });
            }
        }
        for id in meanwhile.iter().filter(|id| !self.deletions.contains(id)) {
            self.faults
                .push(format!("message {id} came and is not in the timeline"));
        }
        let newest = messages.iter().map(|view| view.seq).max();
        self.reloaded_to = self.reloaded_to.max(newest);
        true
    }

    /// Whether the place was lost and what was missed is not shown yet.
    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// The user messages of one dialog, in the order in which they are shown.
    pub fn of(&self, dialog: DialogId) -> impl Iterator<Item = &SeenMessage> {
        self.messages
            .iter()
            .filter(move |message| message.dialog == dialog)
    }

    /// Write a frame down and check it.
    fn record(&mut self, frame: ServerFrame) {
        match &frame {
            ServerFrame::Connected(hello) => self.greets(hello),
            // It may come instead of a greeting.
            ServerFrame::Error { .. } => {}
            _ if !self.connected => self.faults.push(format!("{frame:?} came before the greeting")),
            ServerFrame::Resumed {
                recovered,
                epoch,
                pos,
            } => {
                self.recovered = Some(*recovered);
                self.behind |= !*recovered;
                self.place = Some((epoch.clone(), pos.clone()));
            }
            ServerFrame::MessageNew(new) if new.message_type == MessageType::User => {
                self.comes(SeenMessage {
                    id: new.id,
                    dialog: new.dialog_id,
                    seq: new.seq,
                    sender: new.sender_id.clone(),
                    content: new.content.as_str().to_owned(),
                    reloaded: false,
                });
            }
            ServerFrame::MessageEdited { id, content, .. } => {
                self.edits.push((*id, content.as_str().to_owned()));
            }
            ServerFrame::MessageDeleted { id, .. } => self.deletions.push(*id),
            _ => {}
        }
        let pos = match &frame {
            // Everything up to there was sent before it.
            ServerFrame::Pong { pos, .. } => Some(pos),
            other => other.pos(),
        };
        if let (Some(pos), Some((_, place))) = (pos, &mut self.place) {
            if pos.0 < place.0 {
                self.faults.push(format!("position {pos} after {place}"));
            }
            place.clone_from(pos);
        }
        self.frames.push(SeenFrame {
            at: Instant::now(),
            connection: self.connections,
            frame,
        });
    }

    fn greets(&mut self, hello: &ConnectedFrame) {
        if self.connected {
            self.faults.push("a connection was greeted twice".to_owned());
        }
        self.connections += 1;
        self.connected = true;
        self.close_code = None;
        self.recovered = hello.recovered.or(self.recovered);
        match (&self.place, hello.recovered) {
            (Some(_), None) => self.faults.push("a resume was not answered".to_owned()),
            (Some((epoch, place)), Some(true)) if hello.epoch != *epoch || hello.pos.0 > place.0 => {
                let fault = format!(
                    "resumed from {} {}, but heard {epoch} {place}",
                    hello.epoch, hello.pos
                );
                self.faults.push(fault);
            }
            (None, Some(_)) => self
                .faults
                .push("a resume was answered without a place".to_owned()),
            (Some(_), Some(true)) | (None, None) => {}
            (Some(_), Some(false)) => self.behind = true,
        }
        self.place = Some((hello.epoch.clone(), hello.pos.clone()));
    }

    /// A user message came over the socket.
    fn comes(&mut self, message: SeenMessage) {
        let SeenMessage { id, dialog, seq, .. } = message;
        if dialog != self.own {
            return self.show(message);
        }
        if self.behind {
            if !self.meanwhile.insert(id) {
                self.faults.push(format!("message {id} ({seq}) came twice"));
            }
            return;
        }
        // What was loaded may come once more over the socket, which was subscribed before.
        if self.reloaded_to.is_some_and(|known| seq <= known) {
            if !self.shown.contains(&id) {
                self.faults
                    .push(format!("message {id} ({seq}) was missing in the timeline"));
            }
            return;
        }
        self.show(message);
    }

    fn show(&mut self, message: SeenMessage) {
        let SeenMessage { id, dialog, seq, .. } = message;
        if !self.shown.insert(id) {
            self.faults.push(format!("message {id} ({seq}) came twice"));
            return;
        }
        let newest = self.newest.entry(dialog).or_default();
        if seq <= *newest {
            self.faults.push(format!("message {id} has {seq} after {newest}"));
        }
        *newest = seq.max(*newest);
        self.messages.push(message);
    }
}
