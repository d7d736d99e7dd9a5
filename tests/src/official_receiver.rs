//! Receivers of webhooks that ask the official libraries of Standard Webhooks. The programs are in `tests/receivers`, the libraries
//! where `tools/receivers.py` puts them.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderMap;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{Delivery, PATIENCE, within};

/// A program that says of requests what the official library of its language says of them. It ends with this.
#[derive(Debug)]
pub struct OfficialReceiver {
    language: &'static str,
    _program: Child,
    cases: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl OfficialReceiver {
    /// The one in Node.
    pub fn node() -> Self {
        let mut command = Command::new("node");
        command.arg(program("node/receive.mjs"));
        Self::start("Node", command.env("MTCHAT_LIBRARIES", libraries("node")))
    }

    /// The one in Python.
    pub fn python() -> Self {
        let mut command = Command::new("python3");
        command.arg(program("python/receive.py"));
        Self::start("Python", command.env("PYTHONPATH", libraries("python")))
    }

    fn start(language: &'static str, command: &mut Command) -> Self {
        command.kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = command
            .spawn()
            .unwrap_or_else(|error| panic!("{language}: {error}"));
        let output = program.stdout.take().expect("it is piped");
        Self {
            language,
            cases: program.stdin.take().expect("it is piped"),
            answers: BufReader::new(output).lines(),
            _program: program,
        }
    }

    /// In which language it is.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// Whether it takes a request for genuine at this moment; if not, why.
    pub async fn judges(&mut self, delivery: &Delivery, secret: &str) -> Result<(), String> {
        self.judges_at(None, &delivery.headers, &delivery.body, secret)
            .await
    }

    /// The same at another moment, in seconds since 1970: what is published was signed long ago.
    pub async fn judges_at(
        &mut self,
        now: Option<i64>,
        headers: &HeaderMap,
        body: &[u8],
        secret: &str,
    ) -> Result<(), String> {
        let headers: Map<String, Value> = headers
            .iter()
            .map(|(name, value)| {
                let text = value.to_str().expect("a header of ours is text");
                (name.as_str().to_owned(), json!(text))
            })
            .collect();
        let case = json!({ "secret": secret, "headers": headers, "body": STANDARD.encode(body), "now": now });
        let answer = self.answer(&case).await;
        match answer["accepted"].as_bool() {
            Some(true) => Ok(()),
            Some(false) => Err(answer["reason"].as_str().unwrap_or_default().to_owned()),
            None => panic!("{} says {answer} to {case}", self.language),
        }
    }

    /// How it would sign a body itself: the value of `webhook-signature`.
    pub async fn signs(&mut self, secret: &str, id: &str, timestamp: i64, body: &[u8]) -> String {
        let sign = json!({ "id": id, "timestamp": timestamp });
        let case = json!({ "secret": secret, "sign": sign, "body": STANDARD.encode(body) });
        let answer = self.answer(&case).await;
        let signature = answer["signature"].as_str();
        signature
            .unwrap_or_else(|| panic!("{} says {answer} to {case}", self.language))
            .to_owned()
    }

    async fn answer(&mut self, case: &Value) -> Value {
        let language = self.language;
        let asked = async {
            self.cases.write_all(format!("{case}\n").as_bytes()).await?;
            self.cases.flush().await?;
            self.answers.next_line().await
        };
        let answer = within("an official receiver", PATIENCE, asked).await;
        let Ok(Some(answer)) = answer else {
            panic!(
                "{language} has failed, as it says above: {answer:?} (tools/receivers.py fetches its library)"
            );
        };
        serde_json::from_str(&answer).expect("it answers in JSON")
    }
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("receivers").join(name)
}

fn libraries(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../.tools/webhook-receivers")
        .join(language)
}
