//! The client core with a driver of its own: real sockets, real requests, a real clock.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use mtchat_client_core::{
    Answer as CoreAnswer, Client, Input, Intent, Moment, Options, Output, Request, Response, Row, SocketId,
};
use mtchat_protocol::{DialogId, MessageType};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use crate::{Heard, Http, PATIENCE, Socket, System, eventually, token, within};

/// A user's client that does by itself what a browser's does.
pub struct Bot {
    shared: Arc<Shared>,
    inputs: mpsc::UnboundedSender<Input>,
    task: JoinHandle<()>,
}

struct Shared {
    client: Mutex<Client>,
    changed: watch::Sender<()>,
}

/// What a driver needs.
struct Driver {
    shared: Arc<Shared>,
    inputs: mpsc::UnboundedSender<Input>,
    port: u16,
    token: String,
    http: Http,
    sockets: HashMap<SocketId, mpsc::UnboundedSender<String>>,
    began: (Instant, u64),
}

impl Bot {
    /// A bot of a user of the default app that connects to this edge.
    pub fn start(system: &System, edge: usize, user: &str) -> Self {
        let (inputs, received) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            client: Mutex::new(Client::new(Options::default(), fastrand::u64(..))),
            changed: watch::Sender::new(()),
        });
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
        let driver = Driver {
            shared: shared.clone(),
            inputs: inputs.clone(),
            port: system.edge(edge).port(),
            token: token::of(user),
            http: Http::default(),
            sockets: HashMap::new(),
            began: (
                Instant::now(),
                u64::try_from(unix.as_millis()).expect("a near time"),
            ),
        };
        let task = tokio::spawn(driver.run(received));
        let bot = Self { shared, inputs, task };
        bot.wants(Intent::Connect);
        bot
    }

    /// The user wants this.
    pub fn wants(&self, intent: Intent) {
        self.tell(Input::Wants(intent));
    }

    /// Something happens.
    pub fn tell(&self, input: Input) {
        // A driver that has ended hears nothing.
        let _ = self.inputs.send(input);
    }

    /// Say something in a dialog.
    pub fn send(&self, dialog: DialogId, content: &str) {
        self.wants(Intent::Send {
            dialog,
            content: content.to_owned(),
            reply_to: None,
        });
    }

    /// Look into the client.
    pub fn look<T>(&self, look: impl FnOnce(&Client) -> T) -> T {
        look(&self.shared.client())
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
        let mut changed = self.shared.changed.subscribe();
        let wait = async {
            while !self.look(&is) {
                changed.changed().await.expect("the driver goes on");
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            let state = self.look(|client| {
                format!(
                    "{:?} {:?} {:?}",
                    client.state(),
                    client.outbox(),
                    client.dialogs()
                )
            });
            panic!("waited in vain for {what}: {state}");
        }
    }

    /// Wait until nothing is on its way.
    pub async fn settles(&self) {
        self.until("nothing on its way", Client::is_settled).await;
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn client(&self) -> MutexGuard<'_, Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Driver {
    async fn run(mut self, mut received: mpsc::UnboundedReceiver<Input>) {
        loop {
            let due = self.shared.client().poll_timeout();
            let far = Instant::now() + Duration::from_secs(3_600);
            let due = due.map_or(far, |due| self.instant(due));
            tokio::select! {
                input = received.recv() => {
                    let Some(input) = input else { return };
                    if let Input::Closed { socket, .. } = &input {
                        self.sockets.remove(socket);
                    }
                    let now = self.now();
                    self.shared.client().handle(now, input);
                }
                () = sleep_until(due) => {
                    let now = self.now();
                    self.shared.client().handle_timeout(now);
                }
            }
            self.carry_out();
            self.shared.changed.send_replace(());
        }
    }

    fn now(&self) -> Moment {
        let (instant, unix) = self.began;
        Moment(unix) + instant.elapsed()
    }

    fn instant(&self, moment: Moment) -> Instant {
        let (instant, unix) = self.began;
        instant + moment.since(Moment(unix))
    }

    fn carry_out(&mut self) {
        loop {
            let output = self.shared.client().poll_output();
            match output {
                None => return,
                Some(Output::Open(socket)) => {
                    let (say, said) = mpsc::unbounded_channel();
                    self.sockets.insert(socket, say);
                    tokio::spawn(speak(self.port, socket, said, self.inputs.clone()));
                }
                Some(Output::Say { socket, text }) => {
                    if let Some(say) = self.sockets.get(&socket) {
                        // Who has hung up is told of separately.
                        let _ = say.send(text);
                    }
                }
                Some(Output::Hang(socket)) => drop(self.sockets.remove(&socket)),
                Some(Output::Ask(request)) => {
                    let (http, inputs) = (self.http.clone(), self.inputs.clone());
                    let url = format!("http://127.0.0.1:{}/api/v1{}", self.port, request.path);
                    tokio::spawn(ask(http, url, self.token.clone(), request, inputs));
                }
                Some(Output::NeedToken) => {
                    let _ = self.inputs.send(Input::Token(Some(self.token.clone())));
                }
                Some(Output::Cancel(_) | Output::Keep(_) | Output::Forget(_) | Output::Changed(_)) => {}
            }
        }
    }
}

/// One socket, from its opening to its end; it ends too when nobody speaks over it any more.
async fn speak(
    port: u16,
    socket: SocketId,
    mut said: mpsc::UnboundedReceiver<String>,
    inputs: mpsc::UnboundedSender<Input>,
) {
    let tell = |input| drop(inputs.send(input));
    let Ok(mut open) = Socket::open(port, "").await else {
        tell(Input::Closed { socket, code: None });
        return;
    };
    tell(Input::Opened(socket));
    loop {
        tokio::select! {
            text = said.recv() => match text {
                Some(text) => open.say(&text).await,
                None => return,
            },
            heard = open.hear() => match heard {
                Heard::Text(text) => tell(Input::Frame { socket, text }),
                Heard::Closed(code) => {
                    tell(Input::Closed { socket, code });
                    return;
                }
                Heard::Lost(_) => {
                    tell(Input::Closed { socket, code: None });
                    return;
                }
            },
        }
    }
}

async fn ask(http: Http, url: String, token: String, request: Request, inputs: mpsc::UnboundedSender<Input>) {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("Authorization", bearer.as_str())];
    if request.body.is_some() {
        headers.push(("Content-Type", "application/json"));
    }
    if let Some(position) = &request.position {
        headers.push(("Mtchat-Position", position.as_str()));
    }
    let method = request.method.parse().expect("a method");
    let body = request.body.clone().unwrap_or_default();
    let answer = match http.ask(method, &url, &headers, body).await {
        Err(_) => CoreAnswer::Nothing,
        Ok(answer) => CoreAnswer::Response(Response {
            status: answer.status.as_u16(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
            position: answer.header("Mtchat-Position").map(str::to_owned),
            next_cursor: answer.header("Mtchat-Next-Cursor").map(str::to_owned),
            retry_after: answer.header("Retry-After").and_then(|text| text.parse().ok()),
        }),
    };
    let request = request.id;
    drop(inputs.send(Input::Answered { request, answer }));
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
