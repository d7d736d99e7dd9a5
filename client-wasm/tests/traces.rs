//! The same inputs give the same outputs, natively and in Node with the WASM that `cargo xtask wasm` built.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(
    unreachable_pub,
    missing_docs,
    dead_code,
    reason = "the simulation is shared with the core's own tests"
)]

#[path = "../../crates/client-core/tests/simulation/api.rs"]
mod api;
#[path = "../../crates/client-core/tests/simulation/deeds.rs"]
mod deeds;
#[path = "../../crates/client-core/tests/simulation/device.rs"]
mod device;
#[path = "../../crates/client-core/tests/simulation/files.rs"]
mod files;
#[path = "../../crates/client-core/tests/simulation/messages.rs"]
mod messages;
#[path = "../../crates/client-core/tests/simulation/network.rs"]
mod network;
#[path = "../../crates/client-core/tests/simulation/presence.rs"]
mod presence;
#[path = "../../crates/client-core/tests/simulation/seats.rs"]
mod seats;
#[path = "../../crates/client-core/tests/simulation/sockets.rs"]
mod sockets;
#[path = "../../crates/client-core/tests/simulation/steps.rs"]
mod steps;
#[path = "../../crates/client-core/tests/simulation/tables.rs"]
mod tables;
#[path = "../../crates/client-core/tests/simulation/world.rs"]
mod world;

use std::{fs::File, io::Write, path::Path, process::Command};

use network::Simulation;
use serde_json::{Value, json};

const SEEDS: u64 = 40;

/// One client's life, as lines of JSON.
fn record(seed: u64) -> Vec<Value> {
    let mut simulation = Simulation::new(seed, None);
    for _ in 0..30 {
        simulation.step();
        let until = simulation.now + simulation.rng.u64(1..4_000);
        simulation.run_until(until);
    }
    simulation.heal();
    let until = simulation.now + 60_000;
    simulation.run_until(until);
    simulation
        .devices
        .iter()
        .flat_map(|device| &device.lives)
        .map(|life| json!({ "seed": life.seed.to_string(), "steps": life.steps }))
        .collect()
}

#[test]
fn the_wasm_build_does_what_the_native_one_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let built = root.join("target/wasm/mtchat_client_wasm_bg.wasm");
    assert!(
        built.is_file(),
        "`cargo xtask wasm` first: {} is missing",
        built.display()
    );
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("traces.jsonl");
    let mut file = File::create(&path).unwrap();
    let mut steps = 0;
    for seed in 0..SEEDS {
        for life in record(seed) {
            steps += life["steps"].as_array().unwrap().len();
            writeln!(file, "{life}").unwrap();
        }
    }
    drop(file);
    assert!(steps > 5_000, "{steps}");
    let node = Command::new("node")
        .arg(root.join("client-wasm/tests/replay.mjs"))
        .arg(root.join("target/wasm"))
        .arg(&path)
        .output()
        .expect("node");
    let said = String::from_utf8_lossy(&node.stdout);
    assert!(
        node.status.success() && said.contains(&format!("{steps} steps are the same")),
        "{said}{}",
        String::from_utf8_lossy(&node.stderr)
    );
}
