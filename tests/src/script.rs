use std::{path::PathBuf, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use crate::{PATIENCE, within};

/// A script in Node that plays users. It says on a line `ASK {…}` what it wishes of the test, reads the answer as a line, and ends with
/// `DONE {…}`; everything else that it says is printed. It ends with the test.
pub struct Script {
    command: Command,
    name: String,
}

impl Script {
    /// The script in this file, with these arguments.
    pub fn new(file: PathBuf, arguments: &[&str]) -> Self {
        let name = arguments.first().copied().unwrap_or("the script").to_owned();
        let mut command = Command::new("node");
        command.arg(file).args(arguments).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Self { command, name }
    }

    /// With this variable in its environment.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Start it, and leave it alone.
    pub fn start(mut self) -> (Child, Lines<BufReader<ChildStdout>>) {
        let mut child = self.command.spawn().expect("node");
        let output = child.stdout.take().expect("it is piped");
        (child, BufReader::new(output).lines())
    }

    /// Play it to its end, and grant it what it wishes meanwhile. What it ends with comes back.
    pub async fn play(self, at_most: Duration, grant: impl AsyncFnMut(Value) -> Value) -> Value {
        let name = self.name.clone();
        let (mut child, mut lines) = self.start();
        let mut input = child.stdin.take().expect("it is piped");
        let done = within(&name, at_most, serve(&mut lines, &mut input, grant)).await;
        let status = within("the script to end", PATIENCE, child.wait()).await;
        let status = status.expect("the child is ours to wait for");
        assert!(status.success(), "{name}: {status}");
        done
    }
}

async fn serve(
    lines: &mut Lines<BufReader<ChildStdout>>,
    input: &mut ChildStdin,
    mut grant: impl AsyncFnMut(Value) -> Value,
) -> Value {
    while let Some(line) = lines.next_line().await.expect("the script prints UTF-8") {
        if let Some(done) = line.strip_prefix("DONE ") {
            return serde_json::from_str(done).expect("JSON");
        }
        let Some(wish) = line.strip_prefix("ASK ") else {
            println!("{line}");
            continue;
        };
        let wish = serde_json::from_str(wish).unwrap_or_else(|error| panic!("{error}: {wish}"));
        let answer = grant(wish).await;
        let answered = input.write_all(format!("{answer}\n").as_bytes()).await;
        answered.expect("the script reads what it asked for");
    }
    panic!("the script has failed: what it says is above");
}
