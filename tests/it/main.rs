//! Whole-system tests: real edges, workers, nats-server and Postgres.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing"
)]

mod append;
mod apps;
mod architecture;
mod archiver;
mod asyncapi;
mod attacks;
mod audit;
mod available;
mod bad_input;
mod broker_crash;
mod broker_credentials;
mod browser;
mod client_core;
mod client_js;
mod compat;
mod conversation;
mod cors;
mod database_crash;
mod disaster;
mod documented;
mod drain;
mod edge_crash;
mod erasure;
mod fan_out;
mod file_store;
mod files;
mod files_kept;
mod files_taken;
mod find_or_create;
mod host_cards;
mod hosts;
mod idempotency;
mod import;
mod import_refuses;
mod isolation;
mod jwks;
mod limits;
mod lists;
mod log_full;
mod lost_ack;
mod management;
mod membership;
mod metrics;
mod mixed_versions;
mod nonsense;
mod notification_levels;
mod notification_screens;
mod notification_webhooks;
mod notifications;
mod openapi;
mod operations;
mod own_limits;
mod own_state;
mod poison;
mod presence;
mod reactions;
mod restore;
mod resume;
mod retention;
mod revocation;
mod roles;
mod rolling;
mod routes;
mod same_id;
mod search;
mod shelf;
mod slow_socket;
mod tail_loss;
mod takeover;
mod tickets;
mod timing;
mod tokens;
mod tools;
mod total_unread;
mod traces;
mod types;
mod typing;
mod up;
mod vue;
mod webhook_endpoints;
mod webhook_management;
mod webhooks;
mod webhooks_failing;
mod webhooks_killed;
mod webhooks_many;
mod webhooks_official;
mod worker_crash;
