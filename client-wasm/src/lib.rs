//! The client core for JavaScript: a few lines a function. What happens and what is to be done are the core's [`Input`] and
//! [`Output`], the latter as JSON; times are milliseconds since 1970.

#![allow(unsafe_code, reason = "the glue that wasm-bindgen makes")]

use mtchat_client_core::{Answer, Client, Input, Moment, Options, Output, RequestId, Response, SocketId};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::wasm_bindgen;

/// What a panic says is thrown as an `Error`; the client in which it happened is not to be used any more. (What can not be read is
/// thrown as a text, and does no harm.)
#[wasm_bindgen(start)]
pub fn start() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| {
        wasm_bindgen::throw_val(wasm_bindgen::JsError::new(&panic.to_string()).into());
    }));
}

/// A user's client; see the core's `Client`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CoreClient(Client);

#[wasm_bindgen]
impl CoreClient {
    /// A client that knows nothing yet. `seed` is random, another one for every client.
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u64) -> Self {
        Self(Client::new(Options::default(), seed))
    }

    /// What was kept when the client was there last, a `Kept`; before anything else.
    pub fn restore(&mut self, now: f64, kept: &str) -> Result<(), String> {
        self.tell(now, Input::Restored(read(kept)?));
        Ok(())
    }

    /// Something that the user wants, an `Intent`. One that can not be read is an error, and nothing else.
    pub fn want(&mut self, now: f64, intent: &str) -> Result<(), String> {
        self.tell(now, Input::Wants(read(intent)?));
        Ok(())
    }

    /// A socket is open.
    pub fn opened(&mut self, now: f64, socket: u32) {
        self.tell(now, Input::Opened(SocketId(socket)));
    }

    /// A frame came over a socket.
    pub fn frame(&mut self, now: f64, socket: u32, text: String) {
        let socket = SocketId(socket);
        self.tell(now, Input::Frame { socket, text });
    }

    /// A socket is closed, or could not be opened; with the close code, when the server gave one.
    pub fn closed(&mut self, now: f64, socket: u32, code: Option<u16>) {
        let socket = SocketId(socket);
        self.tell(now, Input::Closed { socket, code });
    }

    /// The server answered a request; with the headers `Mtchat-Position`, `Mtchat-Next-Cursor` and `Retry-After` (in seconds), where
    /// they are there.
    #[allow(clippy::too_many_arguments, reason = "as JSON the body would be read twice")]
    pub fn answered(
        &mut self,
        now: f64,
        request: u32,
        status: u16,
        body: String,
        position: Option<String>,
        next_cursor: Option<String>,
        retry_after: Option<u32>,
    ) {
        let answer = Answer::Response(Response {
            status,
            body,
            position,
            next_cursor,
            retry_after: retry_after.map(u64::from),
        });
        let request = RequestId(request);
        self.tell(now, Input::Answered { request, answer });
    }

    /// No answer came to a request: it may have happened or not.
    pub fn unanswered(&mut self, now: f64, request: u32) {
        let (request, answer) = (RequestId(request), Answer::Nothing);
        self.tell(now, Input::Answered { request, answer });
    }

    /// A token for this user; `undefined`: there is none now.
    pub fn token(&mut self, now: f64, token: Option<String>) {
        self.tell(now, Input::Token(token));
    }

    /// The network came or went, as far as the system knows.
    pub fn online(&mut self, now: f64, online: bool) {
        self.tell(now, Input::Online(online));
    }

    /// The page is looked at, or the machine woke up.
    pub fn woke(&mut self, now: f64) {
        self.tell(now, Input::Woke);
    }

    /// The time has come that `poll_timeout` named.
    pub fn handle_timeout(&mut self, now: f64) {
        self.0.handle_timeout(moment(now));
    }

    /// What is to be done next, as a JSON array, in this order; empty: nothing until something happens.
    pub fn poll_outputs(&mut self) -> String {
        json(std::iter::from_fn(|| self.0.poll_output()))
    }

    /// The same without what is to be shown, which waits for `poll_outputs`: for when much happens at once.
    pub fn poll_actions(&mut self) -> String {
        json(std::iter::from_fn(|| self.0.poll_action()))
    }

    /// When `handle_timeout` is to be called, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<f64> {
        self.0.poll_timeout().map(|moment| moment.0 as f64)
    }
}

impl CoreClient {
    fn tell(&mut self, now: f64, input: Input) {
        self.0.handle(moment(now), input);
    }
}

/// What is made here is always JSON.
fn json(outputs: impl Iterator<Item = Output>) -> String {
    let outputs: Vec<Output> = outputs.collect();
    serde_json::to_string(&outputs).unwrap_or_default()
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    mtchat_client_core::from_json(json).map_err(|error| error.to_string())
}

/// What JavaScript counts: whole milliseconds, and never anything before 1970.
fn moment(now: f64) -> Moment {
    Moment(now as u64)
}
