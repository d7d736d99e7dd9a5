//! What was shown at once and then refused is not shown any longer.

#![allow(clippy::panic, reason = "a test that can not go on has failed")]

use mtchat_client_core::{Answer, Client, Input, Intent, Moment, Options, Output, Request, Response};
use mtchat_protocol::{DialogId, MessageId};
use serde_json::{Value, json};

const DIALOG: &str = "01900000-0000-7000-8000-000000000001";
const MESSAGE: &str = "01900000-0000-7000-8000-000000000002";

/// A client, and what it asks that is not answered yet.
struct Alice {
    client: Client,
    asked: Vec<Request>,
}

impl Alice {
    fn does(&mut self, input: Input) {
        self.client.handle(Moment(1_000), input);
        while let Some(output) = self.client.poll_output() {
            match output {
                Output::Ask(request) => self.asked.push(request),
                Output::NeedToken => self.does(Input::Token(Some("alice".to_owned()))),
                Output::Open(socket) => {
                    self.does(Input::Opened(socket));
                    let text = json!({ "type": "connected", "employee_id": "alice", "user_id": "alice", "epoch": "e", "pos": "7" });
                    self.does(Input::Frame {
                        socket,
                        text: text.to_string(),
                    });
                }
                _ => {}
            }
        }
    }

    /// Answer what was asked there, with what is behind the log's position 7.
    fn hears(&mut self, path: &str, status: u16, body: &Value) {
        let asked = self
            .asked
            .iter()
            .position(|asked| asked.path.split('?').next() == Some(path));
        let request = self
            .asked
            .remove(asked.unwrap_or_else(|| panic!("{path} of {:?}", self.asked)));
        let response = Response {
            status,
            body: body.to_string(),
            position: Some("0-7".to_owned()),
            next_cursor: None,
            retry_after: None,
        };
        self.does(Input::Answered {
            request: request.id,
            answer: Answer::Response(response),
        });
    }

    fn unread(&self) -> Option<u64> {
        self.client.dialogs()[0].unread_count
    }
}

fn dialog() -> Value {
    json!({
        "id": DIALOG, "object_id": "1", "object_type": "order", "created_at": "2026-01-01T00:00:00Z", "frozen": false,
        "participants_count": 2, "i_am_participant": true, "can_join": false, "unread_count": 1, "participants": [],
    })
}

/// The message was deleted meanwhile, or the edge had not heard of it yet: the pointer stays where it was, and so does the count.
#[test]
fn a_receipt_that_is_refused_has_read_nothing() {
    let mut alice = Alice {
        client: Client::new(Options::default(), 1),
        asked: Vec::new(),
    };
    let (dialog_id, message): (DialogId, MessageId) = (DIALOG.parse().unwrap(), MESSAGE.parse().unwrap());
    alice.does(Input::Wants(Intent::Connect));
    alice.does(Input::Wants(Intent::Open(dialog_id)));
    alice.hears("/dialogs", 200, &json!({ "data": [dialog()] }));
    let said = json!({
        "id": MESSAGE, "dialog_id": DIALOG, "sender_id": "bob", "content": "hi", "sent_at": "2026-01-01T00:00:00Z",
        "message_type": "user", "seq": 2,
    });
    let page = json!({ "messages": [said], "has_more_before": false, "has_more_after": false });
    let messages = format!("/dialogs/{DIALOG}/messages");
    alice.hears(&messages, 200, &json!({ "data": page }));
    assert_eq!(alice.unread(), Some(1));

    alice.does(Input::Wants(Intent::Read {
        dialog: dialog_id,
        message,
    }));
    assert_eq!(alice.unread(), Some(0), "what one sees at once");
    let refused = json!({ "error": { "code": "MESSAGE_NOT_FOUND", "message": "there is no such message" } });
    alice.hears(&format!("/dialogs/{DIALOG}/read"), 404, &refused);
    alice.hears(&format!("/dialogs/{DIALOG}"), 200, &json!({ "data": dialog() }));
    assert_eq!(alice.unread(), Some(1));
}
