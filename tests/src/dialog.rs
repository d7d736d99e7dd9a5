//! A dialog with its members, ready to talk.

use mtchat_protocol::DialogId;
use serde_json::{Value, json};

use crate::{System, User, user::Api};

/// A dialog about to be created.
#[derive(Debug)]
#[must_use]
pub struct DialogBuilder<'a> {
    system: &'a System,
    edges: Vec<usize>,
    online: bool,
    request: Value,
}

impl<'a> DialogBuilder<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        let object_id = DialogId::fresh().to_string();
        Self {
            system,
            edges: vec![0],
            online: true,
            request: json!({ "object_type": "order", "object_id": object_id }),
        }
    }

    /// The first member uses the first of these edges, and so on, round and round.
    pub fn on_edges(mut self, edges: impl Into<Vec<usize>>) -> Self {
        self.edges = edges.into();
        self
    }

    /// Nobody connects a device yet.
    pub fn offline(mut self) -> Self {
        self.online = false;
        self
    }

    /// With this in the request.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.request[field] = value;
        self
    }

    /// Create it between these users and connect a device of each.
    pub async fn between<const N: usize>(self, users: [&str; N]) -> [User; N] {
        let users = self.between_all(&users.map(str::to_owned)).await;
        users.try_into().expect("as many users as were asked for")
    }

    /// The same for any number of users.
    pub async fn between_all(mut self, names: &[String]) -> Vec<User> {
        let participants = names
            .iter()
            .map(|name| json!({ "user_id": name, "display_name": name, "company": "Acme" }));
        self.request["participants"] = participants.collect();
        let admin = self.system.admin(self.edges[0]);
        let dialog = admin.create(&self.request).await.id;
        let mut users = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let edge = self.edges[index % self.edges.len()];
            let api = Api::new(self.system.http().clone(), &self.system.ports(), edge, name);
            let user = User::new(api, dialog);
            if self.online {
                user.connect().await;
            }
            users.push(user);
        }
        users
    }
}
