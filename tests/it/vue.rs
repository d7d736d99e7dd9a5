//! The Vue component in a real browser against the real server: two companies, two edges, files, and everything that users do.
//!
//! The scripts are in `mtchat-vue/tests/browser/scenarios`. They play the users and the host's backend; what concerns the server's life
//! they ask of the test.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use mtchat_tests::{ADMIN_TOKEN, JWT_SECRET, READER, Script, Seed, System, token};
use serde::Deserialize;
use serde_json::{Value, json};

/// How long a scenario may take, the browser's start included.
const SCENARIO: Duration = Duration::from_secs(240);

/// What a script asks for.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Wish {
    /// Kill an edge as a crash would.
    KillEdge { edge: usize },
    /// Start it again, and wait until it takes work.
    RestartEdge { edge: usize },
    /// A token of a user who acts for these companies.
    Token { user: String, companies: Vec<String> },
    /// Many dialogs of the user [`READER`], one of them large.
    Seed {
        dialogs: i32,
        messages: i32,
        largest: i32,
    },
}

fn browser_tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../mtchat-vue/tests/browser")
}

async fn play(system: System, name: &str) {
    let edges: Vec<String> = system.edges().iter().map(|edge| edge.url("")).collect();
    let stage = json!({ "edges": edges, "admin": ADMIN_TOKEN, "reader": READER }).to_string();
    let script = Script::new(browser_tests().join("run.mjs"), &[name]).variable("MTCHAT_STAGE", &stage);
    let grant = async |wish: Value| grant(&system, serde_json::from_value(wish).expect("a wish")).await;
    script.play(SCENARIO, grant).await;
}

async fn grant(system: &System, wish: Wish) -> Value {
    match wish {
        Wish::KillEdge { edge } => {
            system.edge(edge).kill().await;
        }
        Wish::RestartEdge { edge } => system.edge(edge).restart().await,
        Wish::Token { user, companies } => {
            let scopes = json!({ "scope_level0": companies, "scope_level1": [], "scope_level2": [] });
            let claims = json!({ "sub": user, "exp": token::now() + 3_600, "scopes": scopes });
            return json!({ "token": token::signed(&claims, JWT_SECRET) });
        }
        Wish::Seed {
            dialogs,
            messages,
            largest,
        } => {
            let seed = Seed {
                dialogs,
                messages,
                read: dialogs,
                largest,
            };
            system.database().await.seed(seed).await;
        }
    }
    json!({})
}

async fn two_edges() -> System {
    System::with().edges(2).files().start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_companies_do_everything_that_users_do() {
    play(two_edges().await, "conversation").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_and_written_stays_in_place_when_an_edge_dies() {
    play(two_edges().await, "reconnect").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_an_object_there_is_its_chat() {
    play(two_edges().await, "inline").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_primevue_and_as_an_element_it_is_the_same_chat() {
    play(two_edges().await, "wrappers").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_jumps_while_one_reads() {
    play(two_edges().await, "scroll").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_dialogs_and_messages_stay_quick() {
    play(two_edges().await, "many").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_there_before_is_there_at_once() {
    play(two_edges().await, "paint").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_users_write_stays_inert() {
    play(two_edges().await, "hostile").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keyboard_is_enough() {
    play(two_edges().await, "keyboard").await;
}
