//! The client core as a browser has it: it stays connected, and a test looks at what it shows.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use mtchat_client_core::{Client, Input, Intent, Row};
use mtchat_protocol::{DialogId, MessageType};

use crate::{Access, Driver, PATIENCE, System, Tap, eventually, token, within};

/// A user's client that does by itself what a browser's does.
pub struct Bot {
    driver: Driver,
    reloads: Arc<AtomicUsize>,
}

/// Counts how often the place was lost.
struct Reloads(Arc<AtomicUsize>);

impl Tap for Reloads {
    fn hears(&mut self, text: &str) {
        let lost = text.contains(r#""recovered":false"#);
        self.0.fetch_add(usize::from(lost), Relaxed);
    }
}

impl Bot {
    /// A bot of a user of the default app that connects to this edge.
    pub fn start(system: &System, edge: usize, user: &str) -> Self {
        let address = ([127, 0, 0, 1], system.edge(edge).port()).into();
        let access = Access::new(system.http().clone(), [address], 0, &token::of(user));
        let reloads = Arc::default();
        let driver = Driver::start(access, Reloads(Arc::clone(&reloads)));
        driver.wants(Intent::Connect);
        Self { driver, reloads }
    }

    /// How often it was told that its place was lost.
    pub fn reloads(&self) -> usize {
        self.reloads.load(Relaxed)
    }

    /// The user wants this.
    pub fn wants(&self, intent: Intent) {
        self.driver.wants(intent);
    }

    /// Something happens.
    pub fn tell(&self, input: Input) {
        self.driver.tell(input);
    }

    /// Say something in a dialog.
    pub fn send(&self, dialog: DialogId, content: &str) {
        self.wants(Intent::Send {
            id: None,
            dialog,
            content: content.to_owned(),
            reply_to: None,
            attachments: Vec::new(),
        });
    }

    /// Look into the client.
    pub fn look<T>(&self, look: impl FnOnce(&Client) -> T) -> T {
        self.driver.look(look)
    }

    /// What users said, of what is shown of a dialog.
    pub fn texts(&self, dialog: DialogId) -> Vec<String> {
        let rows = self.look(|client| client.rows(dialog)).unwrap_or_default();
        let said = rows.into_iter().filter_map(|row| match row {
            Row::Message(view) if view.message_type == MessageType::User => {
                Some(view.content.as_str().to_owned())
            }
            Row::Message(_) | Row::Gap { .. } | Row::Sending(_) => None,
        });
        said.collect()
    }

    /// Wait until the client shows something.
    pub async fn until(&self, what: &str, is: impl Fn(&Client) -> bool) {
        self.driver.until(what, is).await;
    }

    /// Wait until nothing is on its way.
    pub async fn settles(&self) {
        self.driver.settles().await;
    }
}

/// Two clients of the same user show the same.
pub async fn show_the_same(one: &Bot, other: &Bot, dialogs: &[DialogId]) {
    within("both to settle", PATIENCE, async {
        one.settles().await;
        other.settles().await;
    })
    .await;
    eventually("the same total", PATIENCE, async || {
        let totals = [one, other].map(|bot| bot.look(Client::unread));
        (totals[0].is_some() && totals[0] == totals[1]).then_some(())
    })
    .await;
    let list = |bot: &Bot| bot.look(|client| client.dialogs().into_iter().cloned().collect::<Vec<_>>());
    assert_eq!(list(one), list(other));
    for dialog in dialogs {
        let (ones, others) = (one.texts(*dialog), other.texts(*dialog));
        // A fresh client has loaded the newest page only.
        let newest = ones.len().min(others.len());
        assert_eq!(ones[ones.len() - newest..], others[others.len() - newest..]);
    }
}
