//! Many clients, a server with the real rules, a bad network, virtual time. When all is well again every client shows what a fresh one
//! shows, which is what happened: nothing twice, nothing lost.
//!
//! `SIMULATION_SEEDS=200000 cargo nextest run -p mtchat-client-core` runs more, `SIMULATION_SEED=7` one alone, with
//! `SIMULATION_TRACE=1` and `--no-capture` telling what goes in and comes out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, missing_docs, reason = "a test has no users")]

mod api;
mod check;
mod deeds;
mod device;
mod files;
mod fresh;
mod messages;
mod network;
mod people;
mod presence;
mod seats;
mod sockets;
mod steps;
mod tables;
mod world;

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use mtchat_client_core::Flaw;

use network::Simulation;

/// So many seeds are tried if nobody says otherwise.
const SEEDS: u64 = 20_000;
/// So many at most until a mistake is found.
const MOST_FOR_A_FLAW: u64 = 4_000;

/// Longer than a frame may be on its way and somebody is shown to type.
const TYPING: u64 = 9_000;

/// Run one seed; what is wrong at its end.
fn run(seed: u64, flaw: Option<Flaw>) -> Result<(), String> {
    let mut simulation = Simulation::new(seed, flaw);
    for _ in 0..simulation.rng.usize(10..90) {
        simulation.step();
        let until = simulation.now + simulation.rng.u64(1..4_000);
        simulation.run_until(until);
    }
    simulation.heal();
    let healed = simulation.now;
    settle(&mut simulation, healed + TYPING);
    check::check(&simulation)
}

/// Let happen what is going to happen, at least until a moment.
fn settle(simulation: &mut Simulation, least: u64) {
    let mut quiet = 0;
    for _ in 0..400 {
        let until = simulation.now + 1_500;
        simulation.run_until(until);
        simulation.world.project(usize::MAX);
        // Twice in a row, so that nothing was just about to be asked.
        quiet = if simulation.is_settled() { quiet + 1 } else { 0 };
        if quiet >= 2 && simulation.now > least {
            return;
        }
    }
}

/// The first seed at which something is wrong, or panics.
fn first_wrong(seeds: u64, run: impl Fn(u64) -> Result<(), String> + Sync) -> Option<(u64, String)> {
    let (next, found) = (AtomicU64::new(0), std::sync::Mutex::new(None));
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds || found.lock().unwrap().is_some() {
                        return;
                    }
                    let ended = catch_unwind(AssertUnwindSafe(|| run(seed)));
                    if let Err(wrong) = ended.unwrap_or_else(|_| Err("panicked".to_owned())) {
                        found.lock().unwrap().get_or_insert((seed, wrong));
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn after_every_storm_all_clients_show_what_happened() {
    if let Some(seed) = number("SIMULATION_SEED") {
        run(seed, None).unwrap();
        return;
    }
    let seeds = number("SIMULATION_SEEDS").unwrap_or(SEEDS);
    if let Some((seed, wrong)) = first_wrong(seeds, |seed| run(seed, None)) {
        panic!("SIMULATION_SEED={seed}: {wrong}");
    }
}

#[test]
fn every_planted_mistake_is_found() {
    std::panic::set_hook(Box::new(|_| {}));
    let missed: Vec<Flaw> = FLAWS
        .iter()
        .copied()
        .filter(|flaw| {
            let found = first_wrong(MOST_FOR_A_FLAW, |seed| run(seed, Some(*flaw)));
            println!("{flaw:?}: {found:?}");
            found.is_none()
        })
        .collect();
    drop(std::panic::take_hook());
    assert!(missed.is_empty(), "not found: {missed:?}");
}

const FLAWS: [Flaw; 29] = [
    Flaw::ForgetsWhatCameMeanwhile,
    Flaw::IgnoresAsOf,
    Flaw::TrustsALostPlace,
    Flaw::MovesTooEarly,
    Flaw::RetriesWithANewId,
    Flaw::GivesUpOnSilence,
    Flaw::SendsSideBySide,
    Flaw::KeepsWhatArrived,
    Flaw::CountsOwnMessages,
    Flaw::CountsSystemMessages,
    Flaw::IgnoresDeletions,
    Flaw::BelievesReceipts,
    Flaw::StaysWhenRemoved,
    Flaw::StaysArchived,
    Flaw::JoinsAcrossGaps,
    Flaw::NeverGivesUp,
    Flaw::AsksWithoutPosition,
    Flaw::IgnoresNewDialogs,
    Flaw::TakesEveryReceipt,
    Flaw::KeepsWhoLeft,
    Flaw::TrustsOldPresence,
    Flaw::WatchesOnce,
    Flaw::KeepsDrafts,
    Flaw::RestoresInAnyOrder,
    Flaw::JoinsTwice,
    Flaw::RetriesWithoutFiles,
    Flaw::RestoresWithoutFiles,
    Flaw::HearsNoFiles,
    Flaw::KeepsOldLinks,
];
