//! What the database knows of the endpoint that is configured.

use crate::{Database, PATIENCE, eventually};

impl Database {
    /// Wait until an endpoint has its place in the log: what happens from now on it is told of.
    pub async fn has_endpoint(&self) {
        eventually("the endpoint to have its place", PATIENCE, async || {
            self.endpoint_position().await
        })
        .await;
    }

    /// Up to where everything is delivered, waits or was given up; `None`: it has no place yet.
    pub async fn endpoint_position(&self) -> Option<u64> {
        let query = "SELECT max(log_seq) FROM webhook_positions";
        let position: Option<i64> = sqlx::query_scalar(query).fetch_one(&self.pool).await.ok()?;
        position.map(i64::unsigned_abs)
    }

    /// Why the endpoint is switched off.
    pub async fn endpoint_disabled(&self) -> Option<String> {
        let query = "SELECT max(disabled) FROM webhook_endpoints";
        sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("the endpoint can be read")
    }

    /// How many events wait for the endpoint, and how many were given up.
    pub async fn endpoint_backlog(&self) -> (i64, i64) {
        let query =
            "SELECT (SELECT count(*) FROM webhook_pending), (SELECT count(*) FROM webhook_dead_letters)";
        sqlx::query_as(query)
            .fetch_one(&self.pool)
            .await
            .expect("the backlog can be read")
    }

    /// Wait until so many events were given up.
    pub async fn endpoint_gave_up(&self, events: i64) {
        let what = format!("{events} events to be given up");
        eventually(&what, PATIENCE * 2, async || {
            (self.endpoint_backlog().await.1 == events).then_some(())
        })
        .await;
    }

    /// How many rows there are of an endpoint, in all tables.
    pub async fn rows_of_endpoint(&self, endpoint: &str) -> i64 {
        let query = "SELECT (SELECT count(*) FROM webhook_endpoints WHERE endpoint = $1)
            + (SELECT count(*) FROM webhook_positions WHERE endpoint = $1)
            + (SELECT count(*) FROM webhook_pending WHERE endpoint = $1)
            + (SELECT count(*) FROM webhook_dead_letters WHERE endpoint = $1)
            + (SELECT count(*) FROM webhook_deliveries WHERE endpoint = $1)
            + (SELECT count(*) FROM webhook_notes WHERE endpoint = $1)";
        let query = sqlx::query_scalar(query).bind(endpoint);
        query
            .fetch_one(&self.pool)
            .await
            .expect("the rows can be counted")
    }
}
