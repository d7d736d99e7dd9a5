//! What the design says about the code itself: who may import whom, and how large a file may be.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Files of Rust longer than this are two files.
const LINES: usize = 400;
/// Files that may be longer, each with its reason. Never beyond 600.
const LONGER: &[(&str, &str)] = &[];
const MOST_LINES: usize = 600;

/// Which crates of ours each may import; imports point down.
const IMPORTS: &[(&str, &[&str])] = &[
    ("mtchat-protocol", &[]),
    ("mtchat-domain", &["mtchat-protocol"]),
    ("mtchat-files", &["mtchat-protocol"]),
    ("mtchat-client-core", &["mtchat-protocol"]),
    ("mtchat-client-wasm", &["mtchat-client-core"]),
    ("mtchat-traces", &[]),
    (
        "mtchat-nats",
        &["mtchat-domain", "mtchat-protocol", "mtchat-traces"],
    ),
    ("mtchat-storage", &["mtchat-domain", "mtchat-protocol"]),
    (
        "mtchat-server",
        &[
            "mtchat-domain",
            "mtchat-files",
            "mtchat-nats",
            "mtchat-protocol",
            "mtchat-storage",
            "mtchat-traces",
        ],
    ),
    (
        "mtchat-worker",
        &[
            "mtchat-domain",
            "mtchat-files",
            "mtchat-nats",
            "mtchat-protocol",
            "mtchat-storage",
            "mtchat-traces",
        ],
    ),
    (
        "mtchat",
        &[
            "mtchat-domain",
            "mtchat-files",
            "mtchat-nats",
            "mtchat-protocol",
            "mtchat-server",
            "mtchat-storage",
            "mtchat-traces",
            "mtchat-worker",
        ],
    ),
    (
        "mtchat-tests",
        &[
            "mtchat",
            "mtchat-client-core",
            "mtchat-domain",
            "mtchat-files",
            "mtchat-nats",
            "mtchat-protocol",
        ],
    ),
    (
        "mtchat-load",
        &["mtchat-client-core", "mtchat-protocol", "mtchat-tests"],
    ),
    ("xtask", &[]),
];

/// What only some may import.
const RESERVED: &[(&str, &[&str])] = &[
    ("async-nats", &["mtchat-nats", "mtchat-tests"]),
    ("aws-sdk-s3", &["mtchat-files"]),
    ("axum", &["mtchat-server"]),
    ("image", &["mtchat-files"]),
    ("sqlx", &["mtchat-storage", "mtchat-tests"]),
    ("wasm-bindgen", &["mtchat-client-wasm"]),
];

/// What the crates that perform no IO may import.
const PURE: &[(&str, &[&str])] = &[
    (
        "mtchat-protocol",
        // utoipa and ts-rs only for descriptions of the shapes, where that is switched on.
        &[
            "bytes",
            "serde",
            "serde_json",
            "thiserror",
            "time",
            "ts-rs",
            "utoipa",
            "uuid",
        ],
    ),
    (
        "mtchat-client-core",
        &[
            "fastrand",
            "mtchat-protocol",
            "serde",
            "serde_json",
            "ts-rs",
            "uuid",
        ],
    ),
    (
        "mtchat-domain",
        &[
            "http",
            "mtchat-protocol",
            "serde",
            "serde_json",
            "thiserror",
            "url",
            "uuid",
        ],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// Name and imports (those of its own tests aside) of each crate of the workspace.
fn crates() -> Vec<(String, BTreeSet<String>)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter().map(|package| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let imported = dependencies.filter(|dependency| dependency["kind"] != "dev");
        (
            text(&package["name"]),
            imported.map(|dependency| text(&dependency["name"])).collect(),
        )
    });
    packages.collect()
}

fn allowed<'a>(table: &'a [(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    table
        .iter()
        .find(|(key, _)| *key == name)
        .map(|(_, allowed)| *allowed)
}

#[test]
fn imports_point_down() {
    let crates = crates();
    let ours: BTreeSet<&String> = crates.iter().map(|(name, _)| name).collect();
    for (name, imports) in &crates {
        let allowed =
            allowed(IMPORTS, name).unwrap_or_else(|| panic!("{name} has no place in the order of imports"));
        for import in imports.iter().filter(|import| ours.contains(import)) {
            assert!(
                allowed.contains(&import.as_str()),
                "{name} must not import {import}"
            );
        }
    }
}

#[test]
fn only_its_own_crate_knows_a_technology() {
    for (name, imports) in crates() {
        for (technology, users) in RESERVED {
            let uses = imports.contains(*technology);
            assert!(
                !uses || users.contains(&name.as_str()),
                "{name} must not import {technology}"
            );
        }
    }
}

#[test]
fn the_pure_crates_can_do_no_io() {
    for (name, imports) in crates() {
        let Some(allowed) = allowed(PURE, &name) else {
            continue;
        };
        for import in &imports {
            assert!(
                allowed.contains(&import.as_str()),
                "{name} must not import {import}"
            );
        }
    }
}

/// Every file that is or could be in the repository.
fn files() -> Vec<String> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git")
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let names = String::from_utf8(output.stdout).unwrap();
    let existing = names.lines().filter(|name| root().join(name).is_file());
    existing.map(str::to_owned).collect()
}

fn text_of(name: &str) -> Option<String> {
    std::fs::read(root().join(name))
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
}

#[test]
fn files_are_short() {
    let mut long = Vec::new();
    for name in files().into_iter().filter(|name| name.ends_with(".rs")) {
        let lines = text_of(&name).map_or(0, |text| text.lines().count());
        let excused = LONGER.iter().any(|(longer, _)| *longer == name);
        if lines > MOST_LINES || (lines > LINES && !excused) {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// How long a file of the pages may be: a component, a composable, anything else of theirs.
fn most_lines_of_page(name: &str) -> Option<usize> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let is_composable = name.contains("/composables/") || file.starts_with("use");
    if name.contains("/generated/") || !(name.starts_with("mtchat-vue/") || name.starts_with("demo/")) {
        return None;
    }
    match file.rsplit_once('.')?.1 {
        "vue" => Some(300),
        "ts" if is_composable && !file.ends_with(".test.ts") && file != "types.ts" => Some(200),
        "ts" | "js" | "mjs" | "css" => Some(400),
        _ => None,
    }
}

#[test]
fn files_of_pages_are_short() {
    let lines = |name: &str| text_of(name).map_or(0, |text| text.lines().count());
    let long: Vec<String> = files()
        .into_iter()
        .filter(|name| most_lines_of_page(name).is_some_and(|most| lines(name) > most))
        .map(|name| format!("{name}: {} lines", lines(&name)))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// What is heavy is imported in one place only, which is loaded when it is needed; what is dangerous, only where it is made safe.
const AT_HOME: &[(&str, &str)] = &[
    ("\"@tiptap/", "composer/editor/"),
    ("\"pdfjs-dist", "viewer/pdf/"),
    ("\"emojibase-data", "composer/emoji/"),
    ("v-html=", "nowhere"),
    ("innerHTML", "messages/scroll.page.ts"),
];

#[test]
fn what_is_heavy_or_dangerous_in_pages_stays_at_home() {
    const SOURCES: &str = "mtchat-vue/packages/vue/src/";
    for name in files() {
        let Some(place) = name
            .strip_prefix(SOURCES)
            .filter(|place| !place.contains(".test."))
        else {
            continue;
        };
        let text = text_of(&name).unwrap_or_default();
        for (import, home) in AT_HOME {
            let is_home = home.split(' ').any(|home| place.starts_with(home));
            assert!(
                is_home || !text.contains(import),
                "{name} must not have {import}: that is for {home}"
            );
        }
    }
}

#[test]
fn no_test_is_skipped_and_none_sleeps() {
    // Written so that this file does not find itself.
    let skipped = ["#[", "ignore"].concat();
    let asleep = [["time::", "sleep"].concat(), ["sleep", "("].concat()];
    for name in files().into_iter().filter(|name| name.ends_with(".rs")) {
        let Some(text) = text_of(&name) else { continue };
        assert!(!text.contains(&skipped), "{name} skips a test");
        let is_test =
            name.starts_with("tests/it/") || (name.contains("/tests/") && !name.starts_with("tests/"));
        for asleep in &asleep {
            // Postgres may sleep: `pg_sleep(` is how a statement is made to last.
            let sleeps = text.replace("pg_sleep(", "").contains(asleep);
            assert!(
                !is_test || !sleeps,
                "{name} sleeps instead of waiting for what it needs"
            );
        }
    }
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    let root = root();
    let mut places = vec![root.to_string_lossy().into_owned()];
    // A home directory that is as short as `/` or `/root` says nothing about a machine.
    let home = std::env::var("HOME").unwrap_or_default();
    places.extend((home.len() > "/root".len()).then_some(home));
    for name in files() {
        let Some(text) = text_of(&name) else { continue };
        for place in &places {
            assert!(!text.contains(place.as_str()), "{name} names {place}");
        }
    }
}
