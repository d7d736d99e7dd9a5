//! One device of a user: a socket that keeps its place, over any number of connections.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use mtchat_protocol::{DialogId, MessagesPage, ServerFrame};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{
    Heard, Journal, PATIENCE, Refused, SeenMessage, Socket,
    patience::{pause_before_retry, within},
    user::Api,
};

/// A device. Clones are the same device.
#[derive(Clone, Debug)]
pub struct Device {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    api: Api,
    dialog: DialogId,
    journal: watch::Sender<Journal>,
    /// How many of the messages a test has asked about.
    read: AtomicUsize,
    connection: Mutex<Option<Connection>>,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Connection {
    reader: JoinHandle<()>,
    say: mpsc::Sender<String>,
}

impl Device {
    pub(crate) fn new(api: Api, dialog: DialogId) -> Self {
        let inner = Inner {
            api,
            dialog,
            journal: watch::Sender::default(),
            read: AtomicUsize::default(),
            connection: Mutex::default(),
            keeper: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Connect to the user's edge, resuming from the device's place, and wait for the greeting.
    pub async fn connect(&self) {
        let connected = within("a connection", PATIENCE, async {
            while let Err(refused) = self.try_connect().await {
                match refused {
                    Refused::Answer(status, _, body) if status.as_u16() != 503 => {
                        panic!(
                            "the socket was refused: {status} {}",
                            String::from_utf8_lossy(&body)
                        )
                    }
                    Refused::Answer(..) | Refused::Unreachable(_) => pause_before_retry().await,
                }
            }
        });
        connected.await;
    }

    /// Cut the connection without a word, as a tunnel does.
    pub async fn drop_connection(&self) {
        let connection = lock(&self.inner.connection).take();
        if let Some(connection) = connection {
            connection.reader.abort();
            let _ = connection.reader.await;
        }
        self.inner
            .journal
            .send_modify(|journal| journal.connected = false);
    }

    /// From now on connect again whenever the connection ends, to the next edge, until the device is dropped.
    pub fn stay_connected(&self) {
        let weak = Arc::downgrade(&self.inner);
        let mut journal = self.inner.journal.subscribe();
        let keeper = tokio::spawn(async move {
            while journal.wait_for(|journal| !journal.connected).await.is_ok() {
                let Some(inner) = weak.upgrade() else { return };
                let device = Self { inner };
                if device.try_connect().await.is_err() {
                    device.inner.api.next_edge();
                    pause_before_retry().await;
                }
            }
        });
        *lock(&self.inner.keeper) = Some(keeper);
    }

    /// Say something on the socket.
    pub async fn say(&self, text: &str) {
        let say = lock(&self.inner.connection)
            .as_ref()
            .map(|connection| connection.say.clone());
        let _ = say.expect("the device is connected").send(text.to_owned()).await;
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
            let journal = self.journal();
            let last: Vec<_> = journal
                .frames
                .iter()
                .rev()
                .take(3)
                .map(|seen| &seen.frame)
                .collect();
            panic!(
                "{} waited in vain for {what}; connected: {}, messages: {}, last frames: {last:?}",
                self.inner.api.user(),
                journal.connected,
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

    /// Skip what a test does not ask about.
    pub fn skip_to_now(&self) {
        let count = self.journal().messages.len();
        self.inner.read.store(count, Ordering::SeqCst);
    }

    /// The user messages of the device's own dialog so far.
    pub fn messages(&self) -> Vec<SeenMessage> {
        self.journal().of(self.inner.dialog).cloned().collect()
    }

    async fn try_connect(&self) -> Result<(), Refused> {
        let api = &self.inner.api;
        let mut query = format!("?token={}", api.token());
        let place = self.journal().place.clone();
        if let Some((epoch, pos)) = &place {
            query = format!(
                "{query}&epoch={epoch}&pos={}",
                pos.to_string().replace(',', "%2C")
            );
        }
        let mut socket = Socket::open(api.port(), &query).await?;
        let hello = match tokio::time::timeout(PATIENCE, socket.hear()).await {
            Ok(Heard::Text(text)) => frame(&text).expect("the greeting is a frame"),
            Ok(end) => return Err(Refused::Unreachable(format!("{end:?}"))),
            Err(_) => return Err(Refused::Unreachable("no greeting".to_owned())),
        };
        assert!(
            matches!(hello, ServerFrame::Connected(_)),
            "the first frame was {hello:?}"
        );
        let lost_place = matches!(&hello, ServerFrame::Connected(hello) if hello.recovered == Some(false));
        if let (ServerFrame::Connected(hello), true) = (&hello, place.is_some()) {
            assert!(hello.recovered.is_some(), "a resume must be answered");
        }
        self.inner.journal.send_modify(|journal| {
            journal.connections += 1;
            journal.connected = true;
            journal.close_code = None;
            journal.record(hello);
        });
        if lost_place {
            self.reload().await;
        }
        let (say, said) = mpsc::channel(64);
        let weak = Arc::downgrade(&self.inner);
        let reader = tokio::spawn(read(weak, socket, said));
        *lock(&self.inner.connection) = Some(Connection { reader, say });
        Ok(())
    }

    /// Read the history from the newest message back to what is shown, as a client that lost its place does.
    async fn reload(&self) {
        let dialog = self.inner.dialog;
        if let Some((_, place)) = &self.journal().place {
            self.inner.api.begins_at(place);
        }
        let known = self.journal().of(dialog).last().map_or(0, |message| message.seq);
        let mut history = Vec::new();
        let mut before = String::new();
        loop {
            let path = format!("/api/v1/dialogs/{dialog}/messages?limit=200{before}");
            let Ok(answer) = self.inner.api.get(&path).await else {
                pause_before_retry().await;
                continue;
            };
            if answer.status.as_u16() == 503 {
                pause_before_retry().await;
                continue;
            }
            let page: MessagesPage = answer.data();
            let reached = page.messages.first().is_none_or(|first| first.seq <= known);
            before = page
                .messages
                .first()
                .map_or_else(String::new, |first| format!("&before={}", first.id));
            history.splice(0..0, page.messages);
            if reached || !page.has_more_before {
                break;
            }
        }
        self.inner.journal.send_modify(|journal| {
            journal.reloads += 1;
            journal.reload(dialog, &history);
        });
    }
}

/// Reads one connection to its end. Holds the device weakly, so that a device that is dropped hangs up.
async fn read(device: std::sync::Weak<Inner>, mut socket: Socket, mut said: mpsc::Receiver<String>) {
    loop {
        let heard = tokio::select! {
            heard = socket.hear() => heard,
            text = said.recv() => match text {
                Some(text) => {
                    socket.say(&text).await;
                    continue;
                }
                None => return,
            },
        };
        let Some(inner) = device.upgrade() else { return };
        match heard {
            Heard::Text(text) => {
                let Ok(frame) = frame(&text) else {
                    let fault = format!("not a frame: {text}");
                    inner.journal.send_modify(|journal| journal.faults.push(fault));
                    continue;
                };
                let lost_place = matches!(&frame, ServerFrame::Resumed { recovered: false, .. });
                inner.journal.send_modify(|journal| journal.record(frame));
                if lost_place {
                    Device { inner }.reload().await;
                }
            }
            Heard::Closed(code) => {
                inner.journal.send_modify(|journal| {
                    journal.connected = false;
                    journal.close_code = code;
                });
                return;
            }
            Heard::Lost(_) => {
                inner.journal.send_modify(|journal| journal.connected = false);
                return;
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(keeper) = lock(&self.keeper).take() {
            keeper.abort();
        }
        if let Some(connection) = lock(&self.connection).take() {
            connection.reader.abort();
        }
    }
}

fn frame(text: &str) -> Result<ServerFrame, serde_json::Error> {
    serde_json::from_str(text)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
