//! The file store against a real SeaweedFS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(
    unreachable_pub,
    missing_docs,
    reason = "the support modules have no users but these tests"
)]

mod browser;
mod links;
mod objects;
mod outages;
mod seaweed;
mod silence;
