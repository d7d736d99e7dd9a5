//! Requests and their answers.

use std::time::Duration;

use mtchat_protocol::{
    AttachmentInput, Data, DialogId, DialogItemView, ErrorBody, ErrorCode, MarkRead, MessageId, MessageView,
    MessagesPage, PageQuery, ParticipantView, Position, from_json,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Answer, Client, Flaw, Moment, OutboxEntry, Output, ParticipantRow, Request, RequestId, Response, Sending,
    dialogs::Kind,
    tasks::{Purpose, Task},
};

/// How many dialogs and messages are asked for at once.
const DIALOGS: usize = 50;
const MESSAGES: usize = 50;

/// A message as the API takes it.
#[derive(Serialize)]
struct Sent<'a> {
    id: MessageId,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<MessageId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    attachments: &'a [AttachmentInput],
}

/// What is to become of a task.
enum Fate {
    Done,
    /// It may go well another time, but not before.
    Again(Option<Duration>),
}

impl Client {
    /// Ask what is due.
    pub(crate) fn ask(&mut self, now: Moment) {
        if !self.connection.may_ask() {
            return;
        }
        let from = self.position().filter(|_| self.connection.is_open());
        let outbox = &self.outbox;
        let has_files = |id| outbox.get(id).is_some_and(OutboxEntry::has_files);
        for (id, purpose) in self.tasks.start(now, from, has_files) {
            if let Some(request) = self.request(id, &purpose) {
                self.out.push(Output::Ask(request));
            } else {
                // What it was for is gone.
                self.tasks.take(id);
            }
        }
    }

    fn request(&mut self, id: RequestId, purpose: &Purpose) -> Option<Request> {
        let (method, path, body) = match purpose {
            Purpose::Dialogs(cursor) => ("GET", list_path("", cursor.as_deref()), None),
            Purpose::Available(cursor) => ("GET", list_path("&type=available", cursor.as_deref()), None),
            Purpose::Participants(dialog) => ("GET", format!("/dialogs/{dialog}/participants"), None),
            Purpose::Dialog(dialog) => ("GET", format!("/dialogs/{dialog}"), None),
            Purpose::Page(dialog, query) => ("GET", page_path(*dialog, *query), None),
            Purpose::Send(message) => self.send_request(*message)?,
            Purpose::Read(dialog, message) => {
                let read = MarkRead {
                    last_read_message_id: *message,
                };
                ("POST", format!("/dialogs/{dialog}/read"), Some(json(&read)))
            }
        };
        let place = self.place.as_ref().map(|(_, pos)| pos.to_string());
        let place = place.filter(|_| purpose.loads() && self.flaw != Some(Flaw::AsksWithoutPosition));
        Some(Request {
            id,
            method: method.to_owned(),
            path,
            body,
            position: place,
        })
    }

    fn send_request(&mut self, message: MessageId) -> Option<(&'static str, String, Option<String>)> {
        let entry = self.outbox.get(message)?.clone();
        let id = if self.flaw == Some(Flaw::RetriesWithANewId) {
            MessageId(uuid::Builder::from_unix_timestamp_millis(7, &self.random()).into_uuid())
        } else {
            entry.id
        };
        let message = Sent {
            id,
            content: &entry.content,
            reply_to: entry.reply_to,
            attachments: &entry.attachments,
        };
        let path = format!("/dialogs/{}/messages", entry.dialog);
        Some(("POST", path, Some(json(&message))))
    }

    pub(crate) fn random(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes.iter_mut().for_each(|byte| *byte = self.rng.u8(..));
        bytes
    }

    pub(crate) fn answered(&mut self, now: Moment, request: RequestId, answer: Answer) {
        let Some(task) = self.tasks.take(request) else {
            return;
        };
        let fate = match answer {
            Answer::Nothing if self.flaw == Some(Flaw::GivesUpOnSilence) => {
                if let Purpose::Send(id) = task.purpose {
                    self.outbox.remove(id);
                }
                Fate::Done
            }
            Answer::Nothing => Fate::Again(None),
            Answer::Response(response) => match response.status {
                401 => {
                    self.connection.token_refused(&mut self.out);
                    Fate::Again(None)
                }
                408 | 425 | 429 | 500.. => Fate::Again(response.retry_after.map(Duration::from_secs)),
                200..=299 => self.succeeded(now, &task.purpose, &response),
                _ => self.refused(now, &task, &response),
            },
        };
        if let Fate::Again(after) = fate {
            if self.flaw == Some(Flaw::RetriesWithoutFiles)
                && let Purpose::Send(id) = &task.purpose
            {
                self.outbox.lose_files(*id);
            }
            self.tasks.again(task, now, after, &mut self.rng);
        }
    }

    fn succeeded(&mut self, now: Moment, purpose: &Purpose, response: &Response) -> Fate {
        let position = response
            .position
            .as_deref()
            .and_then(|text| text.parse::<Position>().ok());
        let as_of = position.map(|position| position.log_seq);
        let taken = match purpose {
            Purpose::Dialogs(_) => data::<Vec<DialogItemView>>(response)
                .zip(as_of)
                .map(|(items, as_of)| self.take_dialogs(now, items, as_of, response.next_cursor.clone())),
            Purpose::Available(cursor) => data::<Vec<DialogItemView>>(response)
                .zip(as_of)
                .map(|page| self.take_available(now, page, cursor.is_none(), response.next_cursor.clone())),
            Purpose::Participants(dialog) => {
                data::<Vec<ParticipantView>>(response)
                    .zip(as_of)
                    .map(|(all, as_of)| {
                        let rows = all.into_iter().map(ParticipantRow::from).collect();
                        self.people
                            .take(*dialog, rows, as_of, self.me.as_ref(), self.flaw);
                        self.catch_up(now, Some(*dialog));
                    })
            }
            Purpose::Dialog(dialog) => data::<DialogItemView>(response).zip(as_of).map(|(item, as_of)| {
                self.dialogs.take(item, as_of);
                self.catch_up(now, Some(*dialog));
                self.look_again(now, *dialog);
            }),
            Purpose::Page(dialog, query) => data::<MessagesPage>(response)
                .zip(as_of)
                .map(|page| self.take_page(now, *dialog, *query, page)),
            Purpose::Send(id) => data::<MessageView>(response).map(|_| self.accepted(*id, position)),
            Purpose::Read(..) => Some(()),
        };
        // What can not be read comes from something in between.
        taken.map_or(Fate::Again(None), |()| Fate::Done)
    }

    fn take_dialogs(&mut self, now: Moment, items: Vec<DialogItemView>, as_of: u64, next: Option<String>) {
        self.loaded += items.len();
        let named: Vec<DialogId> = items.iter().map(|item| item.dialog.id).collect();
        for item in items {
            self.dialogs.take(item, as_of);
        }
        match next {
            Some(cursor) if self.loaded < self.options.dialogs => {
                self.tasks.add(Purpose::Dialogs(Some(cursor)), now);
            }
            next => {
                self.more = next;
                self.dialogs.drop_stale(Kind::Own);
            }
        }
        self.catch_up(now, None);
        for dialog in named {
            self.look_again(now, dialog);
        }
    }

    fn take_page(
        &mut self,
        now: Moment,
        dialog: DialogId,
        query: PageQuery,
        (page, as_of): (MessagesPage, u64),
    ) {
        for id in page.messages.iter().map(|view| view.id) {
            let entry = self.outbox.get(id);
            if entry.is_some_and(|entry| matches!(entry.state, Sending::Failed(_))) {
                // A copy of the request came later than the one that was refused.
                self.outbox.remove(id);
                self.out.push(Output::Forget(id));
            }
        }
        if let Some(timeline) = self.timelines.get_mut(&dialog) {
            timeline.take(query, page, as_of, self.flaw);
            if let Some(jump) = timeline.jumps() {
                self.tasks.add(Purpose::Page(dialog, jump), now);
            }
        }
        self.catch_up(now, Some(dialog));
    }

    fn take_available(
        &mut self,
        now: Moment,
        (items, as_of): (Vec<DialogItemView>, u64),
        first: bool,
        next: Option<String>,
    ) {
        let found = self.dialogs.take_available(items, as_of, first);
        if next.is_some() && self.dialogs.count_of(Kind::Available) < self.options.dialogs {
            self.tasks.add(Purpose::Available(next), now);
        } else if found && !first {
            // What moved up meanwhile may be in no page, and candidates are not told of it.
            self.tasks.add(Purpose::Available(None), now);
        } else {
            self.dialogs.drop_stale(Kind::Available);
        }
        self.catch_up(now, None);
    }

    /// A dialog that is looked at may be one's own again.
    pub(crate) fn look_again(&mut self, now: Moment, dialog: DialogId) {
        let stale = self
            .timelines
            .get(&dialog)
            .is_some_and(crate::timeline::Timeline::is_stale);
        let latest = Purpose::Page(dialog, PageQuery::Latest);
        let people = Purpose::Participants(dialog);
        let again = [(stale, latest), (self.people.is_stale(dialog), people)];
        for (stale, purpose) in again {
            if stale && self.dialogs.get(dialog).is_some() && !self.tasks.any(|other| *other == purpose) {
                self.tasks.add(purpose, now);
            }
        }
    }

    fn accepted(&mut self, id: MessageId, position: Option<Position>) {
        let heard = self
            .position()
            .zip(position)
            .is_some_and(|(reached, position)| position.log_seq <= reached);
        if heard && self.flaw != Some(Flaw::KeepsWhatArrived) {
            self.outbox.remove(id);
            self.out.push(Output::Forget(id));
        } else if let Some(entry) = self.outbox.set(id, Sending::Accepted, position) {
            self.out.push(Output::Keep(entry));
        }
    }

    /// It would be refused again.
    fn refused(&mut self, now: Moment, task: &Task, response: &Response) -> Fate {
        match &task.purpose {
            Purpose::Send(id) => {
                let body = from_json::<ErrorBody>(&response.body);
                let code = body.map_or(ErrorCode::BadRequest, |body| body.error.code);
                if let Some(entry) = self.outbox.set(*id, Sending::Failed(code), None) {
                    self.out.push(Output::Keep(entry));
                }
            }
            Purpose::Dialog(dialog) => self.goes(*dialog),
            // The page was read before one was in the dialog, or after: in both cases the list says so.
            Purpose::Page(dialog, PageQuery::Latest) | Purpose::Participants(dialog)
                if self.dialogs.get(*dialog).is_some() =>
            {
                return Fate::Again(None);
            }
            // It is not for one's eyes any more, and nobody said so.
            Purpose::Page(dialog, PageQuery::Latest) => {
                let timeline = self.timelines.get_mut(dialog);
                if let Some(timeline) = timeline.filter(|timeline| timeline.is_stale()) {
                    timeline.clear();
                }
            }
            Purpose::Page(dialog, PageQuery::Around(_)) => {
                if let Some(timeline) = self.timelines.get_mut(dialog) {
                    timeline.stay();
                }
            }
            Purpose::Participants(dialog) => self.people.clear(*dialog),
            // The anchor is deleted, or the dialog is not one's own any more: then that is told.
            Purpose::Page(..) | Purpose::Dialogs(_) | Purpose::Available(_) => {}
            // Nothing was read: what was shown as if it were is asked for.
            Purpose::Read(dialog, _) => self.tasks.add(Purpose::Dialog(*dialog), now),
        }
        Fate::Done
    }
}

/// What is written here is always JSON.
fn json(body: &impl Serialize) -> String {
    serde_json::to_string(body).unwrap_or_default()
}

fn list_path(kind: &str, cursor: Option<&str>) -> String {
    let (cursor, name) = cursor.map_or(("", ""), |cursor| (cursor, "&cursor="));
    format!("/dialogs?limit={DIALOGS}{kind}{name}{cursor}")
}

fn page_path(dialog: DialogId, query: PageQuery) -> String {
    let from = match query {
        PageQuery::Latest => String::new(),
        PageQuery::Before(message) => format!("&before={message}"),
        PageQuery::After(message) => format!("&after={message}"),
        PageQuery::Around(message) => format!("&around={message}"),
    };
    format!("/dialogs/{dialog}/messages?limit={MESSAGES}{from}")
}

fn data<T: DeserializeOwned>(response: &Response) -> Option<T> {
    let Data { data } = from_json(&response.body).ok()?;
    Some(data)
}
