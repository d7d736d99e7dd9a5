//! A real Chromium, for what only a browser can say.

use std::{env, path::PathBuf, process::Stdio, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::process::Command;

use crate::within;

/// How long a page may take, the browser's start included.
const PAGE: Duration = Duration::from_secs(60);
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
/// It must show nothing, ask nobody on the network, and keep nothing. Without a sandbox it also runs as root.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--dump-dom",
];

/// Load a page and give back what its script leaves in `document.title`, as UTF-8 in base64.
pub async fn in_a_browser(page: &str) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("page.html");
    std::fs::write(&file, page).expect("the page is written");
    let mut profile = std::ffi::OsString::from("--user-data-dir=");
    profile.push(directory.path().join("profile"));
    let mut command = Command::new(chromium());
    command
        .args(ARGUMENTS)
        .arg(profile)
        .arg(format!("file://{}", file.display()))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = within("the page", PAGE, command.output())
        .await
        .expect("a Chromium");
    let dom = String::from_utf8(output.stdout).expect("the page is UTF-8");
    let title = dom
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"));
    let (title, _) = title.unwrap_or_else(|| {
        let said = String::from_utf8_lossy(&output.stderr);
        panic!("the script of the page did not end: {dom}\n{said}")
    });
    let told = STANDARD.decode(title).expect("the title is base64");
    String::from_utf8(told).expect("the title is UTF-8")
}

fn chromium() -> PathBuf {
    if let Some(chosen) = env::var_os("CHROMIUM_BIN") {
        return chosen.into();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let places: Vec<PathBuf> = env::split_paths(&path).collect();
    let found = NAMES
        .iter()
        .flat_map(|name| places.iter().map(move |place| place.join(name)))
        .find(|program| program.is_file());
    found.expect("no Chromium: tools/chromium.py sees to one, or set CHROMIUM_BIN")
}
