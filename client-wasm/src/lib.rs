//! The client core for JavaScript: a few lines a function, JSON in and out. What happens and what is to be done are the core's
//! [`Input`] and [`Output`](mtchat_client_core::Output), times are milliseconds since 1970.

#![allow(unsafe_code, reason = "the glue that wasm-bindgen makes")]

use mtchat_client_core::{Client, Input, Moment, Options};
use wasm_bindgen::prelude::wasm_bindgen;

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

    /// Something happened. An input that can not be read is an error, and nothing else.
    pub fn handle(&mut self, now: f64, input: &str) -> Result<(), String> {
        let input: Input = serde_json::from_str(input).map_err(|error| error.to_string())?;
        self.0.handle(moment(now), input);
        Ok(())
    }

    /// The time has come that `poll_timeout` named.
    pub fn handle_timeout(&mut self, now: f64) {
        self.0.handle_timeout(moment(now));
    }

    /// What is to be done next, as JSON; `undefined`: nothing until something happens.
    pub fn poll_output(&mut self) -> Option<String> {
        let output = self.0.poll_output()?;
        serde_json::to_string(&output).ok()
    }

    /// When `handle_timeout` is to be called, if nothing happens before.
    pub fn poll_timeout(&self) -> Option<f64> {
        self.0.poll_timeout().map(|moment| moment.0 as f64)
    }
}

/// What JavaScript counts: whole milliseconds, and never anything before 1970.
fn moment(now: f64) -> Moment {
    Moment(now as u64)
}
