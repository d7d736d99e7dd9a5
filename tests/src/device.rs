//! One device of a user: the client core with a network that a test can take away, and a journal of what it is given.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use mtchat_client_core::{Client, Input, Intent, Row};
use mtchat_protocol::{DialogId, MessageId, MessageType};
use tokio::sync::watch;

use crate::{Driver, Heard, Journal, PATIENCE, SeenMessage, Tap, user::Api};

/// A device that looks at its user's dialog. Clones are the same device.
#[derive(Clone, Debug)]
pub struct Device {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    api: Api,
    dialog: DialogId,
    journal: Arc<watch::Sender<Journal>>,
    /// How many of the messages a test has asked about.
    read: AtomicUsize,
    driver: Driver,
}

/// Writes down what the core is given, and does what a user does about it.
struct Listener {
    api: Api,
    dialog: DialogId,
    journal: Arc<watch::Sender<Journal>>,
    /// The connection is gone, and the device is one that does not come back by itself.
    stays_away: bool,
}

impl Device {
    pub(crate) fn new(api: Api, dialog: DialogId) -> Self {
        let journal = Arc::new(watch::Sender::new(Journal::new(dialog)));
        let listener = Listener {
            api: api.clone(),
            dialog,
            journal: journal.clone(),
            stays_away: false,
        };
        let driver = Driver::start(api.access().clone(), listener);
        // There is no network before somebody says so.
        driver.tell(Input::Online(false));
        driver.wants(Intent::Connect);
        driver.wants(Intent::Open(dialog));
        let inner = Inner {
            api,
            dialog,
            journal,
            read: AtomicUsize::default(),
            driver,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Connect to the user's edge and wait for the greeting; where the place was lost, until what was missed is loaded.
    pub async fn connect(&self) {
        self.inner.driver.tell(Input::Online(true));
        self.until("a connection", |journal| {
            journal.connected && !journal.is_behind()
        })
        .await;
    }

    /// Cut the connection without a word, as a tunnel does, and stay away until [`Device::connect`].
    pub async fn drop_connection(&self) {
        self.inner.driver.tell_and_wait(Input::Online(false)).await;
    }

    /// From now on come back whenever the connection ends, to the next edge where one is away, until the device is dropped.
    pub fn stay_connected(&self) {
        self.inner.api.access().roam();
        self.inner.driver.tell(Input::Online(true));
    }

    /// Say something on the socket that the core would not say by itself.
    pub async fn say(&self, text: &str) {
        assert!(self.journal().connected, "the device is not connected");
        self.inner.driver.say(text).await;
    }

    /// Wait until everything that the device shows is loaded, and whatever it says by itself is said.
    pub async fn settles(&self) {
        self.inner.driver.settles().await;
    }

    /// What the device has seen so far.
    pub fn journal(&self) -> watch::Ref<'_, Journal> {
        self.inner.journal.borrow()
    }

    /// Wait until the journal is like this.
    pub async fn until(&self, what: &str, mut is: impl FnMut(&Journal) -> bool) {
        let mut journal = self.inner.journal.subscribe();
        let waited = tokio::time::timeout(PATIENCE, journal.wait_for(|journal| is(journal))).await;
        if waited.is_err() {
            let driver = format!("{:?}", self.inner.driver);
            let journal = self.journal();
            let last: Vec<_> = journal
                .frames
                .iter()
                .rev()
                .take(3)
                .map(|seen| &seen.frame)
                .collect();
            panic!(
                "{} waited in vain for {what}; connected: {}, behind: {}, messages: {}, last frames: {last:?}, {driver}",
                self.inner.api.user(),
                journal.connected,
                journal.is_behind(),
                journal.messages.len()
            );
        }
    }

    /// The next user messages must be exactly these; waits for them.
    pub async fn sees(&self, expected: &[String]) {
        let from = self.inner.read.fetch_add(expected.len(), Ordering::SeqCst);
        let to = from + expected.len();
        self.until(&format!("{expected:?}"), |journal| journal.messages.len() >= to)
            .await;
        let journal = self.journal();
        let seen: Vec<_> = journal.messages[from..to]
            .iter()
            .map(|message| &message.content)
            .collect();
        assert_eq!(
            seen,
            expected.iter().collect::<Vec<_>>(),
            "what {} saw",
            self.inner.api.user()
        );
        assert_eq!(
            journal.faults,
            Vec::<String>::new(),
            "what {} saw",
            self.inner.api.user()
        );
    }

    /// The timeline of the own dialog holds exactly these user messages, or the newest of them where older ones are not loaded;
    /// waits for that.
    pub async fn shows(&self, expected: &[(u64, MessageId)]) {
        let what = format!("{} messages in the timeline", expected.len());
        let shows = |client: &Client| {
            let rows = client.rows(self.inner.dialog).unwrap_or_default();
            let is_whole = !rows.iter().any(|row| matches!(row, Row::Gap { .. }));
            let shown: Vec<(u64, MessageId)> = rows.iter().filter_map(user_message).collect();
            let from = expected.len().saturating_sub(shown.len());
            expected[from..] == shown && (!is_whole || from == 0)
        };
        self.inner.driver.until(&what, shows).await;
    }

    /// Skip what a test does not ask about.
    pub fn skip_to_now(&self) {
        let count = self.journal().messages.len();
        self.inner.read.store(count, Ordering::SeqCst);
    }

    /// The user messages of the device's own dialog so far.
    pub fn messages(&self) -> Vec<SeenMessage> {
        self.journal().of(self.inner.dialog).cloned().collect()
    }
}

impl Tap for Listener {
    fn hears(&mut self, text: &str) {
        let mut lost = None;
        self.journal.send_modify(|journal| lost = journal.hears(text));
        if let Some(place) = lost {
            self.api.begins_at(&place);
        }
    }

    fn ends(&mut self, how: Option<&Heard>) {
        let code = match how {
            Some(Heard::Closed(code)) => *code,
            Some(Heard::Lost(_) | Heard::Text(_)) | None => None,
        };
        // Where there was no greeting it was an attempt, and the core makes another one.
        self.stays_away = self.journal.borrow().connected && !self.api.access().roams();
        self.journal.send_modify(|journal| journal.ends(code));
    }

    fn then(&mut self, client: &Client) -> Option<Input> {
        if std::mem::take(&mut self.stays_away) {
            return Some(Input::Online(false));
        }
        if !self.journal.borrow().is_behind() || !client.is_settled() {
            return None;
        }
        // What was missed may be longer than a page: a user who wants to see it scrolls.
        let rows = client.rows(self.dialog)?;
        let reaches = self.journal.send_if_modified(|journal| journal.reload(&rows));
        (!reaches).then_some(Input::Wants(Intent::Older(self.dialog)))
    }
}

fn user_message(row: &Row) -> Option<(u64, MessageId)> {
    match row {
        Row::Message(view) if view.message_type == MessageType::User => Some((view.seq, view.id)),
        Row::Message(_) | Row::Gap { .. } | Row::Sending(_) => None,
    }
}
