//! Storage on a real, private Postgres.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(
    unreachable_pub,
    missing_docs,
    reason = "the support modules have no users but these tests"
)]

mod again;
mod applying;
mod apps_apart;
mod archiving;
mod attaching;
mod costs;
mod lists;
mod managing;
mod members;
mod notification_levels;
mod notifying;
mod outages;
mod own;
mod paging;
mod reacting;
mod reading;
mod revocations;
mod searching;
mod splits;
#[path = "../support/mod.rs"]
mod support;
mod unread;
mod webhook_endpoints;
mod webhooks;
