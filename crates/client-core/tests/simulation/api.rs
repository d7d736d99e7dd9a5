//! The API as the clients use it.

use fastrand::Rng;
use mtchat_client_core::{Answer, Request, Response};
use mtchat_domain::{Command, OwnCommand};
use mtchat_protocol::{
    Actor, Data, DialogId, ErrorBody, ErrorCode, Fact, FactId, MessageId, MessageType, MessageView,
    PageQuery, RichText, UserId,
};
use serde_json::{Value, json};

use crate::{tables::Table, world::World};

impl World {
    /// Answer a request of a user; what is read is as old as the database, but not older than asked for.
    pub fn answer(&mut self, who: &UserId, request: &Request, rng: &mut Rng) -> Answer {
        if rng.u8(..20) == 0 {
            return refuse(503, ErrorCode::ServiceUnavailable);
        }
        if let Some(position) = &request.position {
            let wanted: usize = position.parse().unwrap();
            if wanted > self.stored_to {
                if rng.u8(..4) == 0 {
                    return refuse(503, ErrorCode::ServiceUnavailable);
                }
                self.project(wanted - self.stored_to);
            }
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        let body: Value = request
            .body
            .as_deref()
            .map_or(Value::Null, |body| serde_json::from_str(body).unwrap());
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["dialogs"]) => self.list(who, query),
            ("GET", ["dialogs", id]) => match self.table(id).and_then(|table| table.item(who)) {
                Some(item) => self.read(&json!(Data { data: item })),
                None => refuse(404, ErrorCode::DialogNotFound),
            },
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
        Answer::Response(Response {
            status: 200,
            body: body.to_string(),
            position: Some(format!("0-{}", self.stored_to)),
            ..Response::default()
        })
    }

    /// Two a page, so that there are pages.
    fn list(&self, who: &UserId, query: &str) -> Answer {
        let after = value(query, "cursor").map(|cursor| cursor.parse::<DialogId>().unwrap());
        let mut items = self.stored.items(who);
        items.retain(|item| after.is_none_or(|after| item.dialog.id > after));
        let page: Vec<_> = items.iter().take(2).collect();
        let Answer::Response(response) = self.read(&json!({ "data": page })) else {
            unreachable!()
        };
        let last = page.last().map(|item| item.dialog.id.to_string());
        let next_cursor = last.filter(|_| items.len() > 2);
        Answer::Response(Response {
            next_cursor,
            ..response
        })
    }

    fn messages(&self, who: &UserId, id: &str, query: &str) -> Answer {
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
            Some(page) => self.read(&json!(Data { data: page })),
            None => refuse(404, ErrorCode::MessageNotFound),
        }
    }

    fn send(&mut self, who: &UserId, id: &str, body: &Value) -> Answer {
        let dialog: DialogId = id.parse().unwrap();
        let message: MessageId = body["id"].as_str().unwrap().parse().unwrap();
        let content = RichText::sanitised(body["content"].as_str().unwrap());
        let same = |fact: &Fact| fact.dialog == dialog && MessageId::from(fact.id) == message;
        let place = match self.log.iter().position(same) {
            Some(place) => place + 1,
            None => {
                let reply_to = None;
                let command = Command::Send { content, reply_to };
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
            content: RichText::sanitised(body["content"].as_str().unwrap()),
            sent_at: self.log[place - 1].at,
            last_edited_at: None,
            reply_to_id: None,
            message_type: MessageType::User,
            seq: self.log[place - 1].seq(),
            reactions: Vec::new(),
        };
        Answer::Response(Response {
            status: 200,
            body: json!(Data { data: view }).to_string(),
            position: Some(format!("0-{place}")),
            ..Response::default()
        })
    }

    fn mark_read(&mut self, who: &UserId, id: &str, body: &Value) -> Answer {
        let dialog: DialogId = id.parse().unwrap();
        let message: MessageId = body["last_read_message_id"].as_str().unwrap().parse().unwrap();
        let last = self.log.last().map(|fact| MessageId::from(fact.id));
        if last == Some(message) {
            self.project(usize::MAX);
        }
        let found = self.stored.dialogs.get(&dialog).and_then(|table| {
            let found = table.all().iter().find(|stored| stored.view.id == message);
            found.map(|stored| stored.view.seq)
        });
        let Some(seq) = found else {
            return refuse(404, ErrorCode::MessageNotFound);
        };
        let place = self.place(dialog, who, message, seq);
        if self.owns(dialog, who, OwnCommand::Read(place)).is_none() {
            return refuse(403, ErrorCode::NotParticipant);
        }
        self.read(&json!({ "success": true, "unread_count": place.unread_count }))
    }
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
