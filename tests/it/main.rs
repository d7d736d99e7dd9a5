//! Whole-system tests: real edges, workers, nats-server and Postgres.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what is wrong by failing"
)]

mod append;
mod architecture;
mod bad_input;
mod broker_crash;
mod conversation;
mod database_crash;
mod drain;
mod edge_crash;
mod fan_out;
mod isolation;
mod lost_ack;
mod membership;
mod nonsense;
mod own_state;
mod poison;
mod resume;
mod same_id;
mod slow_socket;
mod tail_loss;
mod timing;
mod tokens;
mod tools;
mod up;
mod worker_crash;
