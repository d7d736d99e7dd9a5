//! What the user wants.

use mtchat_protocol::{AttachmentInput, ClientFrame, DialogId, MessageId, MessageType, PageQuery};

use crate::{
    Client, Draft, Flaw, Intent, Moment, OutboxEntry, Output, Sending, tasks::Purpose, timeline::Timeline,
};

impl Client {
    pub(crate) fn wants(&mut self, now: Moment, intent: Intent) {
        match intent {
            Intent::Connect => self.connection.want(true, now, &mut self.out),
            Intent::Disconnect => {
                self.connection.want(false, now, &mut self.out);
                self.hung_up();
            }
            Intent::Open(dialog) => {
                if !self.timelines.contains_key(&dialog) {
                    self.timelines.insert(dialog, Timeline::new(dialog));
                    self.people.open(dialog);
                    self.tasks.add(Purpose::Page(dialog, PageQuery::Latest), now);
                    self.tasks.add(Purpose::Participants(dialog), now);
                }
            }
            Intent::Close(dialog) => self.closes(dialog),
            Intent::Send {
                id,
                dialog,
                content,
                reply_to,
                attachments,
            } => self.sends(now, id, dialog, content, reply_to, attachments),
            Intent::Retry(id) => {
                if self.has_failed(id)
                    && let Some(entry) = self.outbox.set(id, Sending::Sending, None)
                {
                    self.out.push(Output::Keep(entry));
                }
            }
            Intent::Discard(id) => {
                if self.has_failed(id) {
                    self.outbox.remove(id);
                    self.out.push(Output::Forget(id));
                }
            }
            Intent::Older(dialog) => {
                let page = self.timelines.get(&dialog).and_then(Timeline::older);
                if let Some(page) = page {
                    self.tasks.add(Purpose::Page(dialog, page), now);
                }
            }
            Intent::Newer(dialog) => {
                let page = self.timelines.get(&dialog).and_then(Timeline::newer);
                if let Some(page) = page {
                    self.tasks.add(Purpose::Page(dialog, page), now);
                }
            }
            Intent::Jump { dialog, message } => {
                let timeline = self.timelines.get_mut(&dialog);
                if let Some(page) = timeline.and_then(|timeline| timeline.jump(message)) {
                    self.tasks.add(Purpose::Page(dialog, page), now);
                }
            }
            Intent::Latest(dialog) => {
                if let Some(timeline) = self.timelines.get_mut(&dialog) {
                    timeline.stay();
                    timeline.reads_newest();
                    self.tasks.add(Purpose::Page(dialog, PageQuery::Latest), now);
                }
            }
            Intent::Read { dialog, message } => self.reads(now, dialog, message),
            Intent::MoreDialogs => {
                if let Some(cursor) = self.more.take() {
                    self.tasks.add(Purpose::Dialogs(Some(cursor)), now);
                }
            }
            Intent::Typing(dialog) => {
                if self.connection.is_open() && self.typing.own(dialog, now) {
                    let frame = ClientFrame::Typing {
                        dialog_id: dialog,
                        stop: false,
                    };
                    self.say(&frame);
                }
            }
            Intent::Draft(draft) => self.drafts(draft),
            Intent::Available(available) => self.shows_available(now, available),
        }
    }

    fn closes(&mut self, dialog: DialogId) {
        self.timelines.remove(&dialog);
        self.people.close(dialog);
        let cancelled = self.tasks.give_up(|purpose| match purpose {
            Purpose::Page(of, _) | Purpose::Participants(of) => *of == dialog,
            _ => false,
        });
        self.out.extend(cancelled.into_iter().map(Output::Cancel));
    }

    fn shows_available(&mut self, now: Moment, available: bool) {
        if self.dialogs.show_available(available) {
            self.tasks.add(Purpose::Available(None), now);
        } else if !available {
            let cancelled = self
                .tasks
                .give_up(|purpose| matches!(purpose, Purpose::Available(_)));
            self.out.extend(cancelled.into_iter().map(Output::Cancel));
        }
    }

    fn drafts(&mut self, draft: Draft) {
        if self.drafts.set(draft.clone()) {
            self.out.push(Output::KeepDraft(draft));
        }
    }

    fn sends(
        &mut self,
        now: Moment,
        id: Option<MessageId>,
        dialog: DialogId,
        content: String,
        reply_to: Option<MessageId>,
        attachments: Vec<AttachmentInput>,
    ) {
        let id = id.unwrap_or_else(|| {
            let random = self.random();
            MessageId(uuid::Builder::from_unix_timestamp_millis(now.0, &random).into_uuid())
        });
        let shown = self
            .timelines
            .get(&dialog)
            .is_some_and(|timeline| timeline.holds(id));
        if shown || self.outbox.get(id).is_some() {
            return;
        }
        let sent_at = self.outbox.time(now);
        let entry = OutboxEntry {
            id,
            dialog,
            content,
            reply_to,
            attachments,
            sent_at,
            state: Sending::Sending,
        };
        self.outbox.push(entry.clone());
        self.out.push(Output::Keep(entry));
        self.typing.sent(dialog);
        if self.flaw != Some(Flaw::KeepsDrafts) {
            self.drafts(Draft {
                dialog,
                content: String::new(),
            });
        }
    }

    fn has_failed(&self, id: MessageId) -> bool {
        let entry = self.outbox.get(id);
        entry.is_some_and(|entry| matches!(entry.state, Sending::Failed(_)))
    }

    /// The newest receipt of a dialog counts; the server moves the pointer forward only.
    fn reads(&mut self, now: Moment, dialog: DialogId, message: MessageId) {
        let older = |purpose: &Purpose| matches!(purpose, Purpose::Read(of, _) if *of == dialog);
        let cancelled = self.tasks.give_up(older);
        self.out.extend(cancelled.into_iter().map(Output::Cancel));
        self.tasks.add(Purpose::Read(dialog, message), now);
        let me = self.me.clone();
        let left = self.timelines.get(&dialog).and_then(|timeline| {
            timeline.after(message, |view| {
                view.message_type == MessageType::User && view.sender_id != me
            })
        });
        if let Some(timeline) = self.timelines.get_mut(&dialog)
            && timeline.after(message, |_| true) == Some(0)
        {
            timeline.reads_newest();
        }
        // What one sees at once; the server's word follows.
        let shown = self.dialogs.get(dialog).and_then(|item| item.unread_count);
        if let Some(left) = left.filter(|left| shown.is_some_and(|shown| *left < shown)) {
            self.dialogs.count(dialog, left);
        }
    }
}
