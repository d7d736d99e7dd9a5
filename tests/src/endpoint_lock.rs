//! Holding an endpoint's place, so that nothing about it can be written down.

use sqlx::{Postgres, Transaction};

use crate::{Database, PATIENCE, eventually};

/// As long as it is there, nobody moves an endpoint.
#[derive(Debug)]
pub struct HeldEndpoints {
    transaction: Transaction<'static, Postgres>,
}

impl HeldEndpoints {
    /// Let go.
    pub async fn release(self) {
        self.transaction.rollback().await.expect("the database answers");
    }
}

impl Database {
    /// Hold the places of all endpoints.
    pub async fn holds_endpoints(&self) -> HeldEndpoints {
        let mut transaction = self.pool.begin().await.expect("the database answers");
        sqlx::query("SELECT 1 FROM webhook_positions FOR UPDATE")
            .execute(&mut *transaction)
            .await
            .expect("the places can be held");
        HeldEndpoints { transaction }
    }

    /// Wait until somebody wants to write down what became of events, and can not.
    pub async fn somebody_wants_to_record(&self) {
        let query = "SELECT EXISTS (SELECT FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND query LIKE '%UPDATE webhook_positions%')";
        eventually("something to be written down", PATIENCE, async || {
            let waits: bool = sqlx::query_scalar(query)
                .fetch_one(&self.pool)
                .await
                .expect("the activity can be read");
            waits.then_some(())
        })
        .await;
    }
}
