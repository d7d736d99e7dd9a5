//! What a client has seen, checked as it comes.

use std::collections::{HashMap, HashSet};

use mtchat_protocol::{
    DialogId, Epoch, MessageId, MessageType, MessageView, Positions, RichText, ServerFrame, UserId,
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
    /// Whether it came from the history after a lost place, not over a socket.
    pub reloaded: bool,
}

/// Everything that one device has seen, over all its connections.
#[derive(Debug, Default)]
pub struct Journal {
    /// Every frame as it came.
    pub frames: Vec<SeenFrame>,
    /// The user messages in the order in which the client shows them.
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
    /// How often the place was lost and the history was read instead.
    pub reloads: u32,
    /// What a client must never see: doubles, a wrong order.
    pub faults: Vec<String>,
    /// The newest place in the stream of frames.
    pub place: Option<(Epoch, Positions)>,
    shown: HashSet<MessageId>,
    newest: HashMap<DialogId, u64>,
    reloaded_to: HashMap<DialogId, u64>,
}

impl Journal {
    /// Write a frame down and check it.
    pub(crate) fn record(&mut self, frame: ServerFrame) {
        let at = Instant::now();
        let connection = self.connections;
        match &frame {
            ServerFrame::Connected(connected) => {
                self.recovered = connected.recovered.or(self.recovered);
                self.place = Some((connected.epoch.clone(), connected.pos.clone()));
            }
            ServerFrame::Resumed {
                recovered,
                epoch,
                pos,
            } => {
                self.recovered = Some(*recovered);
                self.place = Some((epoch.clone(), pos.clone()));
            }
            ServerFrame::MessageNew(new) if new.message_type == MessageType::User => self.show(SeenMessage {
                id: new.id,
                dialog: new.dialog_id,
                seq: new.seq,
                sender: new.sender_id.clone(),
                content: new.content.as_str().to_owned(),
                reloaded: false,
            }),
            ServerFrame::MessageEdited { id, content, .. } => {
                self.edits.push((*id, content.as_str().to_owned()));
            }
            ServerFrame::MessageDeleted { id, .. } => self.deletions.push(*id),
            _ => {}
        }
        if let (Some(pos), Some((_, place))) = (frame.pos(), &mut self.place) {
            if pos.0 < place.0 {
                self.faults.push(format!("position {pos} after {place}"));
            }
            place.clone_from(pos);
        }
        self.frames.push(SeenFrame {
            at,
            connection,
            frame,
        });
    }

    /// Merge a page of history, read because the place in the stream was lost.
    pub(crate) fn reload(&mut self, dialog: DialogId, history: &[MessageView]) {
        for message in history
            .iter()
            .filter(|message| message.message_type == MessageType::User)
        {
            if self.shown.contains(&message.id) {
                continue;
            }
            self.show(SeenMessage {
                id: message.id,
                dialog,
                seq: message.seq,
                sender: message.sender_id.clone(),
                content: content(&message.content),
                reloaded: true,
            });
        }
        let newest = history.iter().map(|message| message.seq).max().unwrap_or(0);
        let known = self.reloaded_to.entry(dialog).or_default();
        *known = (*known).max(newest);
    }

    fn show(&mut self, message: SeenMessage) {
        let SeenMessage { id, dialog, seq, .. } = message;
        // What the history brought may come once more over the socket, which was subscribed before.
        if !message.reloaded && self.reloaded_to.get(&dialog).is_some_and(|known| seq <= *known) {
            if !self.shown.contains(&id) {
                self.faults
                    .push(format!("message {id} ({seq}) was missing in the history"));
            }
            return;
        }
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

    /// The user messages of one dialog, in the order in which they are shown.
    pub fn of(&self, dialog: DialogId) -> impl Iterator<Item = &SeenMessage> {
        self.messages
            .iter()
            .filter(move |message| message.dialog == dialog)
    }
}

fn content(text: &RichText) -> String {
    text.as_str().to_owned()
}
