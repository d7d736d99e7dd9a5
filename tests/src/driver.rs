//! The client core on real sockets, with real requests and a real clock.

use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use futures_util::FutureExt;
use mtchat_client_core::{
    Answer, Client, Input, Intent, Moment, Options, Output, Request, RequestId, SocketId,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep_until},
};

use crate::{Access, Heard, PATIENCE, Refused, Socket};

/// How long a client sleeps that waits for nothing.
const LONG: Duration = Duration::from_secs(30 * 24 * 3_600);
/// Most frames that the core is given before anything is done about them.
const AT_ONCE: usize = 64;

/// Listens to what a core is given, as it is given.
pub trait Tap: Send + 'static {
    /// A socket could not be opened.
    fn is_refused(&mut self, _why: &Refused) {}

    /// A frame came.
    fn hears(&mut self, _text: &str) {}

    /// The socket is gone: like this, or because nothing more was wanted of it.
    fn ends(&mut self, _how: Option<&Heard>) {}

    /// The core knows of it now, and it is done what there was to do: what the user does next.
    fn then(&mut self, _client: &Client) -> Option<Input> {
        None
    }
}

/// Nobody listens.
impl Tap for () {}

/// A client core, and the task that tells it what happens and does what it says. Both end with this.
pub struct Driver {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedSender<Order>,
    task: JoinHandle<()>,
}

struct Shared {
    client: Mutex<Client>,
    changed: watch::Sender<()>,
}

struct Order {
    what: What,
    done: Option<oneshot::Sender<()>>,
}

enum What {
    Tell(Input),
    Say(String),
    /// Only what was ordered before.
    Nothing,
}

struct Task<T> {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedReceiver<Order>,
    access: Access,
    tap: T,
    wire: Wire,
    asked: JoinSet<(RequestId, Answer)>,
    began: (Instant, Moment),
}

/// The one connection of a client.
enum Wire {
    Closed,
    Opening(SocketId, Opening),
    Open(SocketId, Box<Socket>),
}

type Opening = Pin<Box<dyn Future<Output = Result<Socket, Refused>> + Send>>;

enum Event {
    Heard(SocketId, Heard),
    Opened(SocketId),
    Refused(SocketId, Refused),
}

impl Driver {
    /// Drive a new client that may reach the system like this. It does nothing yet.
    pub fn start(access: Access, tap: impl Tap) -> Self {
        let (orders, received) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            client: Mutex::new(Client::new(Options::default(), fastrand::u64(..))),
            changed: watch::Sender::new(()),
        });
        let unix = SystemTime::now().duration_since(UNIX_EPOCH);
        let unix = unix.expect("the clock is after 1970").as_millis();
        let task = Task {
            shared: shared.clone(),
            orders: received,
            access,
            tap,
            wire: Wire::Closed,
            asked: JoinSet::new(),
            began: (Instant::now(), Moment(u64::try_from(unix).expect("a near time"))),
        };
        Self {
            shared,
            orders,
            task: tokio::spawn(task.run()),
        }
    }

    /// The user wants this.
    pub fn wants(&self, intent: Intent) {
        self.tell(Input::Wants(intent));
    }

    /// Something happens.
    pub fn tell(&self, input: Input) {
        self.order(What::Tell(input), None);
    }

    /// Something happens; wait until everything is done that there is to do about it.
    pub async fn tell_and_wait(&self, input: Input) {
        self.carries_out(What::Tell(input)).await;
    }

    /// Say something over the socket that the core itself would not say; nothing while none is open.
    pub async fn say(&self, text: &str) {
        self.carries_out(What::Say(text.to_owned())).await;
    }

    /// Look into the client.
    pub fn look<T>(&self, look: impl FnOnce(&Client) -> T) -> T {
        look(&self.shared.client())
    }

    /// Wait until the client shows something, for ever.
    pub async fn becomes(&self, is: impl Fn(&Client) -> bool) {
        let mut changed = self.shared.changed.subscribe();
        while !self.look(&is) {
            changed.changed().await.expect("the driver goes on");
        }
    }

    /// The same with a deadline.
    pub async fn until(&self, what: &str, is: impl Fn(&Client) -> bool) {
        let waited = tokio::time::timeout(PATIENCE, self.becomes(is)).await;
        assert!(waited.is_ok(), "waited in vain for {what}: {self:?}");
    }

    /// Wait until nothing is on its way, of what was wanted before this either.
    pub async fn settles(&self) {
        self.carries_out(What::Nothing).await;
        self.until("nothing on its way", Client::is_settled).await;
    }

    async fn carries_out(&self, what: What) {
        let (done, carried_out) = oneshot::channel();
        self.order(what, Some(done));
        carried_out.await.expect("the driver goes on");
    }

    fn order(&self, what: What, done: Option<oneshot::Sender<()>>) {
        // A driver that has ended with its runtime hears nothing.
        let _ = self.orders.send(Order { what, done });
    }
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let client = self.shared.client();
        f.debug_struct("Driver")
            .field("state", &client.state())
            .field("settled", &client.is_settled())
            .field("outbox", &client.outbox())
            .field("dialogs", &client.dialogs())
            .finish()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn client(&self) -> MutexGuard<'_, Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Tap> Task<T> {
    async fn run(mut self) {
        let mut alarm = pin!(sleep_until(self.due()));
        loop {
            // A timer that stays as it is costs nothing.
            let due = self.due();
            if alarm.deadline() != due {
                alarm.as_mut().reset(due);
            }
            let mut done = None;
            tokio::select! {
                order = self.orders.recv() => {
                    let Some(order) = order else { return };
                    done = order.done;
                    self.obeys(order.what).await;
                }
                event = self.wire.next() => self.hears(event),
                Some(answered) = self.asked.join_next() => {
                    let (request, answer) = answered.expect("a request ends");
                    self.tells(Input::Answered { request, answer });
                }
                () = &mut alarm => {
                    let now = self.now();
                    self.shared.client().handle_timeout(now);
                }
            }
            self.goes_on().await;
            if let Some(done) = done {
                // Who ordered it may have lost their patience.
                let _ = done.send(());
            }
        }
    }

    async fn obeys(&mut self, what: What) {
        match what {
            What::Nothing => {}
            What::Tell(input) => self.tells(input),
            What::Say(text) => {
                if let Wire::Open(_, socket) = &mut self.wire {
                    socket.say(&text).await;
                }
            }
        }
    }

    /// Take everything that has come: who listens is told first, so that nothing waits for the core, and what it changes is looked
    /// up once.
    fn hears(&mut self, event: Event) {
        let mut inputs = vec![self.taps(event)];
        while inputs.len() < AT_ONCE
            && let Some(event) = self.wire.next().now_or_never()
        {
            inputs.push(self.taps(event));
        }
        for input in inputs {
            self.tells(input);
        }
    }

    fn taps(&mut self, event: Event) -> Input {
        match event {
            Event::Opened(socket) => Input::Opened(socket),
            Event::Refused(socket, why) => {
                self.tap.is_refused(&why);
                Input::Closed { socket, code: None }
            }
            Event::Heard(socket, Heard::Text(text)) => {
                self.tap.hears(&text);
                Input::Frame { socket, text }
            }
            Event::Heard(socket, end) => {
                self.tap.ends(Some(&end));
                let code = match end {
                    Heard::Closed(code) => code,
                    Heard::Lost(_) | Heard::Text(_) => None,
                };
                Input::Closed { socket, code }
            }
        }
    }

    fn tells(&mut self, input: Input) {
        let now = self.now();
        self.shared.client().handle(now, input);
    }

    async fn goes_on(&mut self) {
        loop {
            self.carries_out().await;
            let next = self.tap.then(&self.shared.client());
            let Some(next) = next else { break };
            self.tells(next);
        }
        self.shared.changed.send_replace(());
    }

    async fn carries_out(&mut self) {
        loop {
            let output = self.shared.client().poll_output();
            match output {
                None => return,
                Some(Output::Open(socket)) => {
                    self.wire = Wire::Opening(socket, Box::pin(open(self.access.clone())));
                }
                Some(Output::Say { socket, text }) => {
                    if let Wire::Open(open, wire) = &mut self.wire
                        && *open == socket
                    {
                        wire.say(&text).await;
                    }
                }
                Some(Output::Hang(_)) => {
                    // The connection ends without a word.
                    self.wire = Wire::Closed;
                    self.tap.ends(None);
                }
                Some(Output::Ask(request)) => {
                    self.asked.spawn(ask(self.access.clone(), request));
                }
                Some(Output::NeedToken) => {
                    let token = Some(self.access.token().to_owned());
                    self.tells(Input::Token(token));
                }
                // Nothing is kept across reloads, and whoever wants to see something looks.
                Some(
                    Output::Cancel(_)
                    | Output::Keep(_)
                    | Output::Forget(_)
                    | Output::KeepDraft(_)
                    | Output::Changed(_),
                ) => {}
            }
        }
    }

    fn now(&self) -> Moment {
        let (instant, moment) = self.began;
        moment + instant.elapsed()
    }

    fn due(&self) -> Instant {
        let (instant, moment) = self.began;
        let due = self.shared.client().poll_timeout();
        instant + due.map_or(LONG, |due| due.since(moment))
    }
}

impl Wire {
    /// What comes next; nothing while there is no connection. Nothing is lost when this is not waited for any more.
    async fn next(&mut self) -> Event {
        match self {
            Self::Closed => std::future::pending().await,
            Self::Opening(socket, opening) => {
                let socket = *socket;
                match opening.as_mut().await {
                    Ok(open) => {
                        *self = Self::Open(socket, Box::new(open));
                        Event::Opened(socket)
                    }
                    Err(why) => {
                        *self = Self::Closed;
                        Event::Refused(socket, why)
                    }
                }
            }
            Self::Open(socket, open) => {
                let socket = *socket;
                let heard = open.hear().await;
                if !matches!(heard, Heard::Text(_)) {
                    *self = Self::Closed;
                }
                Event::Heard(socket, heard)
            }
        }
    }
}

/// Open a socket at the present edge, or, where that is away, at the next one.
async fn open(access: Access) -> Result<Socket, Refused> {
    let mut opened = Socket::open_at(access.address(), "").await;
    for _ in 1..access.edges() {
        if opened.is_ok() || !access.roams() {
            break;
        }
        access.next_edge();
        opened = Socket::open_at(access.address(), "").await;
    }
    opened
}

async fn ask(access: Access, request: Request) -> (RequestId, Answer) {
    let answer = access.answer(&request).await;
    (request.id, answer)
}
