//! The API as the clients use it.

use std::cmp::Reverse;

use fastrand::Rng;
use mtchat_client_core::{Answer, Request, Response};
use mtchat_domain::{Command, OwnCommand};
use mtchat_protocol::{
    Actor, Attachment, AttachmentId, AttachmentInput, Data, DialogId, DialogItemView, ErrorBody, ErrorCode,
    Fact, FactData, FactId, MessageId, MessageType, MessageView, PageQuery, RichText, Timestamp, UserId,
};
use serde_json::{Value, json};

use crate::{
    files,
    tables::Table,
    world::{Side, World},
};

impl World {
    /// Answer a request of a user; what is read is as old as the database, but not older than asked for.
    pub fn answer(&mut self, who: &UserId, request: &Request, rng: &mut Rng) -> Answer {
        if rng.u8(..20) == 0 {
            return refuse(503, ErrorCode::ServiceUnavailable);
        }
        let wanted: usize = request
            .position
            .as_deref()
            .map_or(0, |position| position.parse().unwrap());
        if wanted > self.stored_to {
            if rng.u8(..4) == 0 {
                return refuse(503, ErrorCode::ServiceUnavailable);
            }
            self.project(wanted - self.stored_to);
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let body: Value = request
            .body
            .as_deref()
            .map_or(Value::Null, |body| serde_json::from_str(body).unwrap());
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["dialogs"]) if value(query, "type") == Some("available") => {
                // More may be stored than is known to be.
                let least = rng.usize(wanted.min(self.stored_to)..=self.stored_to);
                list(self.joinable(who), query, least)
            }
            ("GET", ["dialogs"]) => list(self.own(who), query, self.stored_to),
            ("GET", ["dialogs", id]) => self.dialog(who, id, rng),
            ("GET", ["dialogs", id, "participants"]) => {
                let least = rng.usize(wanted.min(self.stored_to)..=self.stored_to);
                self.participants(who, id, least)
            }
            ("GET", ["dialogs", id, "messages"]) => self.messages(who, id, query),
            ("POST", ["dialogs", id, "messages"]) => self.send(who, id, &body),
            ("POST", ["dialogs", id, "read"]) => {
                // Everything that the edge has heard of is stored then; more may happen before the receipt is in the log.
                let behind = self.log.len() - self.stored_to;
                self.project(behind.saturating_sub(usize::from(rng.u8(..4) == 0)));
                self.mark_read(who, id, &body)
            }
            other => panic!("nobody answers {other:?}"),
        }
    }

    fn table(&self, id: &str) -> Option<&Table> {
        self.stored.dialogs.get(&id.parse().unwrap())
    }

    fn read(&self, body: &Value) -> Answer {
        read_at(body, self.stored_to)
    }

    /// What a user takes part in: what moves in this order meanwhile may be in no page, or in two.
    fn own(&self, who: &UserId) -> Vec<Listed> {
        let tables = self.stored.dialogs.iter();
        let own = tables.filter_map(|(id, table)| Some((*id, table.active, table.item(who)?)));
        own.map(|(id, active, item)| ((item.is_pinned == Some(true), active, id), item))
            .collect()
    }

    /// What a user may join.
    fn joinable(&self, who: &UserId) -> Vec<Listed> {
        let tables = self.stored.dialogs.iter();
        let joinable = tables.filter(|(_, table)| self.may_join(table, who));
        joinable
            .map(|(id, table)| ((false, table.active, *id), table.offered()))
            .collect()
    }

    /// The dialog is looked up first, and then, for who is not in it, whether they may join: more may be stored by then.
    fn dialog(&mut self, who: &UserId, id: &str, rng: &mut Rng) -> Answer {
        let as_of = self.stored_to;
        let Some(table) = self.table(id) else {
            return refuse(404, ErrorCode::DialogNotFound);
        };
        let (item, offered) = (table.item(who), table.offered());
        if let Some(item) = item {
            return self.read(&json!(Data { data: item }));
        }
        if rng.u8(..4) == 0 {
            self.project(rng.usize(1..4));
        }
        match self.table(id).filter(|table| self.admits(&table.rules, who)) {
            Some(_) => read_at(&json!(Data { data: offered }), as_of),
            None => refuse(404, ErrorCode::DialogNotFound),
        }
    }

    fn participants(&self, who: &UserId, id: &str, as_of: usize) -> Answer {
        let there = self
            .table(id)
            .filter(|table| table.has(who) || self.may_join(table, who));
        let Some(table) = there else {
            return refuse(404, ErrorCode::DialogNotFound);
        };
        let inside = table.has(who);
        let mut all = table.participants();
        for one in &mut all {
            one.is_online = Some(self.presence.is_online(&one.user_id));
            one.last_seen = self.presence.last_seen(&one.user_id).filter(|_| inside);
            if !inside {
                (one.email, one.phone) = (None, None);
            }
        }
        read_at(&json!(Data { data: all }), as_of)
    }

    fn messages(&mut self, who: &UserId, id: &str, query: &str) -> Answer {
        let Some(table) = self.table(id).filter(|table| table.has(who)) else {
            return refuse(404, ErrorCode::DialogNotFound);
        };
        let anchor = |name| value(query, name).map(|id| id.parse::<MessageId>().unwrap());
        let asked = match (anchor("before"), anchor("after"), anchor("around")) {
            (Some(before), ..) => PageQuery::Before(before),
            (_, Some(after), _) => PageQuery::After(after),
            (.., Some(around)) => PageQuery::Around(around),
            _ => PageQuery::Latest,
        };
        // Few a page, so that there are gaps.
        match table.page(who, asked, 6) {
            Some(mut page) => {
                self.links += 1;
                for view in &mut page.messages {
                    files::link(&mut view.attachments, &format!("page-{}", self.links));
                }
                self.read(&json!(Data { data: page }))
            }
            None => refuse(404, ErrorCode::MessageNotFound),
        }
    }

    fn send(&mut self, who: &UserId, id: &str, body: &Value) -> Answer {
        let dialog: DialogId = id.parse().unwrap();
        let message: MessageId = body["id"].as_str().unwrap().parse().unwrap();
        let content = RichText::sanitised(body["content"].as_str().unwrap());
        let uploads = body.get("attachments").cloned().unwrap_or_else(|| json!([]));
        let uploads: Vec<AttachmentInput> = serde_json::from_value(uploads).unwrap();
        if uploads.is_empty() && content.as_str().is_empty() {
            return refuse(400, ErrorCode::InvalidInput);
        }
        let attachments: Vec<Attachment> = uploads.iter().map(files::attachment).collect();
        let same = |fact: &Fact| fact.dialog == dialog && MessageId::from(fact.id) == message;
        let place = match self.log.iter().position(same) {
            Some(place) => place + 1,
            None => {
                let command = Command::Send {
                    content: content.clone(),
                    reply_to: None,
                    taken: self.taken(&attachments),
                    attachments: attachments.clone(),
                };
                let actor = Actor::User { id: who.clone() };
                match self.command(dialog, command, actor, FactId(message.0)) {
                    Ok(place) => place.unwrap(),
                    Err(code) => return refuse(code.status(), code),
                }
            }
        };
        let view = MessageView {
            id: message,
            dialog_id: dialog,
            sender_id: Some(who.clone()),
            content,
            sent_at: self.log[place - 1].at,
            last_edited_at: None,
            reply_to_id: None,
            message_type: MessageType::User,
            seq: self.log[place - 1].seq(),
            reactions: Vec::new(),
            attachments: attachments.iter().map(Attachment::view).collect(),
        };
        Answer::Response(Response {
            status: 200,
            body: json!(Data { data: view }).to_string(),
            position: Some(format!("0-{place}")),
            ..Response::default()
        })
    }

    /// One of these files that a message has.
    fn taken(&self, attachments: &[Attachment]) -> Option<AttachmentId> {
        let sent = self.log.iter().filter_map(|fact| match &fact.data {
            FactData::MessageCreated(sent) => Some(&sent.attachments),
            _ => None,
        });
        let mut sent = sent.flatten().map(|file| file.id);
        sent.find(|id| attachments.iter().any(|file| file.id == *id))
    }

    fn mark_read(&mut self, who: &UserId, id: &str, body: &Value) -> Answer {
        let dialog: DialogId = id.parse().unwrap();
        let message: MessageId = body["last_read_message_id"].as_str().unwrap().parse().unwrap();
        let last = self.log.last().map(|fact| MessageId::from(fact.id));
        if last == Some(message) {
            self.project(usize::MAX);
        }
        let Some(place) = self.place(dialog, who, message, Side::Behind) else {
            return refuse(404, ErrorCode::MessageNotFound);
        };
        if self.owns(dialog, who, OwnCommand::Read(place), 0).is_none() {
            return refuse(403, ErrorCode::NotParticipant);
        }
        self.read(&json!({ "success": true, "unread_count": place.unread_count }))
    }
}

fn read_at(body: &Value, as_of: usize) -> Answer {
    Answer::Response(Response {
        status: 200,
        body: body.to_string(),
        position: Some(format!("0-{as_of}")),
        ..Response::default()
    })
}

/// A dialog and its place in a list.
type Listed = ((bool, Timestamp, DialogId), DialogItemView);

/// Two a page, so that there are pages.
fn list(mut listed: Vec<Listed>, query: &str, as_of: usize) -> Answer {
    listed.sort_by_key(|(place, _)| Reverse(*place));
    let after =
        value(query, "cursor").map(|cursor| serde_json::from_str(&cursor.replace('_', "\"")).unwrap());
    listed.retain(|(place, _)| after.is_none_or(|after| *place < after));
    let page: Vec<_> = listed.iter().take(2).map(|(_, item)| item).collect();
    let Answer::Response(response) = read_at(&json!({ "data": page }), as_of) else {
        unreachable!()
    };
    let last = listed.get(1).filter(|_| listed.len() > 2);
    let cursor = last.map(|(place, _)| json!(place).to_string().replace('"', "_"));
    Answer::Response(Response {
        next_cursor: cursor,
        ..response
    })
}

fn value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn refuse(status: u16, code: ErrorCode) -> Answer {
    Answer::Response(Response {
        status,
        body: json!(ErrorBody::new(code, "no".to_owned())).to_string(),
        retry_after: (status == 503).then_some(1),
        ..Response::default()
    })
}
