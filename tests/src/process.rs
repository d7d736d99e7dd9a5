//! One running `mtchat server` or `mtchat worker`.

use std::{
    process::ExitStatus,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::Method;
use mtchat::embedded::Port;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;
use tokio::process::Child;

use crate::{Http, PATIENCE, Program, eventually, resident_bytes, within};

/// A process under test. It may die and come back, on the same port.
#[derive(Debug)]
pub struct Process {
    name: String,
    program: Program,
    port: Port,
    child: Mutex<Option<Child>>,
    http: Http,
}

impl Process {
    pub(crate) fn new(name: impl Into<String>, program: Program, port: Port) -> Self {
        Self {
            name: name.into(),
            program,
            port,
            child: Mutex::default(),
            http: Http::default(),
        }
    }

    /// Whether it was started and not yet stopped.
    pub(crate) fn runs(&self) -> bool {
        self.child().is_some()
    }

    /// With this variable from its next start on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.program = self.program.clone().with(name, value);
    }

    /// Start it, or start it again, without waiting for anything.
    pub fn launch(&self) {
        let mut child = self.child();
        assert!(child.is_none(), "{} runs already", self.name);
        *child = Some(self.program.spawn());
    }

    /// Start it again and wait until it takes work.
    pub async fn restart(&self) {
        self.launch();
        self.is_ready().await;
    }

    /// Kill it as a crash would and wait until it is gone.
    pub async fn kill(&self) -> ExitStatus {
        self.signal(Signal::SIGKILL);
        self.ended().await
    }

    /// Ask it to stop and wait until it has.
    pub async fn stop(&self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.ended().await
    }

    /// Hold it still, as a machine that hangs does.
    pub fn pause(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Let it go on.
    pub fn unpause(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Wait until it has ended by itself.
    pub async fn ended(&self) -> ExitStatus {
        let mut child = self.child().take().expect("the process runs");
        let what = format!("the end of {}", self.name);
        let status = within(&what, Duration::from_secs(60), child.wait()).await;
        status.expect("the process is ours to wait for")
    }

    /// Wait until it says that it takes work.
    pub async fn is_ready(&self) {
        self.says_ready(&["ready"]).await;
    }

    /// Wait until `/health/ready` says one of these, and give back what it says.
    pub async fn says_ready(&self, words: &[&str]) -> Value {
        let what = format!("{} to say {words:?}", self.name);
        eventually(&what, PATIENCE, async || {
            if let Some(status) = self
                .child()
                .as_mut()
                .and_then(|child| child.try_wait().ok().flatten())
            {
                panic!(
                    "{} has ended with {status}:\n{}",
                    self.name,
                    self.program.printed()
                );
            }
            let said = self.readiness().await?;
            words.contains(&said["status"].as_str()?).then_some(said)
        })
        .await
    }

    /// What `/health/ready` says at this moment, with the HTTP status as `code`; `None` when nobody answers.
    pub async fn readiness(&self) -> Option<Value> {
        let answer = self
            .http
            .ask(Method::GET, &self.url("/health/ready"), &[], "")
            .await
            .ok()?;
        let mut said: Value = serde_json::from_slice(&answer.body).ok()?;
        said.as_object_mut()?
            .insert("code".to_owned(), answer.status.as_u16().into());
        Some(said)
    }

    /// The sum of a metric over all its labels; 0 when it does not exist yet.
    pub async fn metric(&self, name: &str) -> f64 {
        let answer = self.http.ask(Method::GET, &self.url("/metrics"), &[], "").await;
        let text = answer.map(|answer| answer.body).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let values = text.lines().filter_map(|line| {
            let (key, value) = line.rsplit_once(' ')?;
            let key = key.split('{').next()?;
            (key == name).then(|| value.parse::<f64>().ok()).flatten()
        });
        values.sum()
    }

    /// An address on it.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port())
    }

    /// Its port, the same over restarts.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child()
            .as_ref()
            .and_then(Child::id)
            .expect("the process runs")
    }

    /// The memory it holds at this moment, in bytes.
    pub fn memory(&self) -> u64 {
        resident_bytes(self.pid())
    }

    /// What it has printed so far, over all its lives.
    pub fn printed(&self) -> String {
        self.program.printed()
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid().cast_signed());
        kill(pid, signal).expect("the process is ours to signal");
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
