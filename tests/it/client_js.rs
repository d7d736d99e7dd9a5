//! The JavaScript client against the real server: in a real browser, through everything that happens to pages there, and in Node.
//!
//! The scripts are in `client-wasm/driver/tests/scenarios`. They play the users; what concerns the server they ask of the test.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use mtchat_tests::{JWT_SECRET, PATIENCE, Script, System, User, eventually, token, within};
use serde::Deserialize;
use serde_json::{Value, json};

/// How long a scenario may take, the browser's start included.
const SCENARIO: Duration = Duration::from_secs(180);
/// Clocks may differ by so many seconds: for so long the server takes a token that has ended.
const LEEWAY: u64 = 30;

/// What a script asks for.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Wish {
    /// Kill an edge as a crash would.
    KillEdge { edge: usize },
    /// Start it again, and wait until it takes work.
    RestartEdge { edge: usize },
    /// A token that the server takes for so many seconds from now.
    Token { user: String, seconds: u64 },
    /// Say something as a user, elsewhere than in the browser.
    Say { user: String, text: String },
}

/// What a page shows at the end.
#[derive(Deserialize)]
struct Page {
    texts: Vec<String>,
    outbox: u64,
}

fn driver() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../client-wasm/driver")
}

/// A script of the client's in Node.
fn node(script: PathBuf, arguments: &[&str]) -> Script {
    let built = driver().join("dist/node.js");
    assert!(
        built.is_file(),
        "`npm ci && npm run build` in client-wasm/driver first: {} is missing",
        built.display()
    );
    Script::new(script, arguments)
}

/// A system with a dialog of alice and bob, who are connected by the script alone.
struct Stage {
    system: System,
    users: [User; 2],
}

impl Stage {
    async fn start() -> Self {
        Self::on(System::start().await).await
    }

    async fn on(system: System) -> Self {
        let users = system.dialog().offline().between(["alice", "bob"]).await;
        Self { system, users }
    }

    /// Play a scenario to its end: all pages show what the server has stored, and nothing is left to be sent.
    async fn plays(&self, name: &str) {
        let [alice, _] = &self.users;
        let users: Value = self
            .users
            .iter()
            .map(|user| (user.id().to_owned(), json!(user.token())))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let edges: Vec<String> = self.system.edges().iter().map(|edge| edge.url("")).collect();
        let script = json!({ "edges": edges, "dialog": alice.dialog(), "users": users }).to_string();
        let run = node(driver().join("tests/scenarios/run.mjs"), &[name]);
        let run = run.variable("MTCHAT_SCENARIO", &script);
        let grant = async |wish: Value| {
            let wish = serde_json::from_value(wish).expect("a wish");
            self.grant(wish).await
        };
        let pages = run.play(SCENARIO, grant).await;
        let stored = alice.reads().await;
        let pages: BTreeMap<String, Page> = serde_json::from_value(pages).unwrap();
        assert!(!stored.is_empty() && pages.len() >= 2);
        for (page, shows) in pages {
            assert_eq!(shows.texts, stored, "{name}: {page}");
            assert_eq!(shows.outbox, 0, "{name}: {page}");
        }
    }

    async fn grant(&self, wish: Wish) -> Value {
        match wish {
            Wish::KillEdge { edge } => {
                self.system.edge(edge).kill().await;
            }
            Wish::RestartEdge { edge } => self.system.edge(edge).restart().await,
            Wish::Token { user, seconds } => {
                let claims = json!({ "sub": user, "exp": token::now() - LEEWAY + seconds });
                return json!({ "token": token::signed(&claims, JWT_SECRET) });
            }
            Wish::Say { user, text } => {
                let user = self.users.iter().find(|known| known.id() == user);
                user.expect("a user of the dialog").send(&text).await;
            }
        }
        json!({})
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_offline_catches_up_and_sends_what_was_written_meanwhile() {
    Stage::start().await.plays("offline").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tab_that_was_frozen_misses_nothing() {
    Stage::start().await.plays("frozen").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_tab_leaves_the_connection_to_another_one() {
    Stage::start().await.plays("frozen-leader").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tab_that_hangs_loses_the_connection_to_another_one() {
    Stage::start().await.plays("hung-leader").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_dies_while_a_page_sends_loses_and_doubles_nothing() {
    Stage::start().await.plays("killed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tab_that_is_closed_while_others_send_loses_and_doubles_nothing() {
    Stage::start().await.plays("tabs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_end_and_nobody_notices() {
    Stage::start().await.plays("token").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_goes_from_page_to_page_and_its_links_end_with_access() {
    let system = System::with().files().start().await;
    Stage::on(system).await.plays("files").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_offline_outlives_a_reload() {
    Stage::start().await.plays("reload").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_in_node_answers_each_message_once() {
    let system = System::start().await;
    let [alice, bot] = system.dialog().offline().between(["alice", "bot"]).await;
    alice.send("said before").await;
    let (url, dialog) = (system.edge(0).url(""), bot.dialog().to_string());
    let script = node(driver().join("examples/bot.mjs"), &[]);
    let script = script
        .variable("MTCHAT_URL", &url)
        .variable("MTCHAT_DIALOG", &dialog)
        .variable("MTCHAT_TOKEN", bot.token());
    let (_child, mut lines) = script.start();
    let said = within("the bot to listen", PATIENCE, lines.next_line()).await;
    assert_eq!(said.unwrap().as_deref(), Some("connected and listening"));
    alice.send("one").await;
    alice.send("two").await;
    let answers = eventually("both answers", PATIENCE, async || {
        let history = alice.history().await;
        let answers = history
            .into_iter()
            .filter(|message| message.reply_to_id.is_some());
        let answers: Vec<String> = answers
            .map(|message| message.content.as_str().to_owned())
            .collect();
        (answers.len() == 2).then_some(answers)
    })
    .await;
    assert_eq!(answers, ["You said: one", "You said: two"]);
}
