use mtchat_protocol::{AppId, Epoch, ShardId, Timestamp};
use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::{
    ApplyError, Storage, StorageError,
    in_app::Bound,
    row::{number, optional_moment, signed},
};

/// The one that is configured. Another address is another endpoint: it is switched on, wherever the one before it stood.
const CONFIGURED: &str = "
INSERT INTO webhook_endpoints AS e (app, endpoint, url) VALUES ($1, $2, $3)
ON CONFLICT (app, endpoint) DO UPDATE SET url = excluded.url,
    disabled = CASE WHEN e.url = excluded.url THEN e.disabled END,
    failing_since = CASE WHEN e.url = excluded.url THEN e.failing_since END,
    changed_at = CASE WHEN e.url = excluded.url THEN e.changed_at ELSE now() END
RETURNING disabled, failing_since";

/// Any other. Edges lock the same row before they ask for a replay.
const LISTED: &str = "SELECT disabled, failing_since FROM webhook_endpoints
WHERE app = $1 AND endpoint = $2 AND NOT deleted FOR UPDATE";

const STANDS: &str = "SELECT epoch, log_seq, rewind_to, replayed_to FROM webhook_positions
WHERE app = $1 AND endpoint = $2 AND shard = $3 FOR UPDATE";

/// Whoever delivered until now finds another turn.
const BEGIN: &str = "
INSERT INTO webhook_positions AS p (app, endpoint, shard, epoch, log_seq, replayed_to) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (app, endpoint, shard) DO UPDATE SET epoch = excluded.epoch, log_seq = excluded.log_seq,
    replayed_to = excluded.replayed_to, rewind_to = NULL, turn = p.turn + 1
RETURNING turn";

const FORGET: &str =
    "DELETE FROM webhook_pending WHERE app = $1 AND endpoint = $2 AND shard = $3 AND log_seq > $4";

/// An endpoint's place in one shard's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookPlace {
    /// Whose.
    pub app: AppId,
    /// Which of the app's.
    pub endpoint: String,
    /// Of which log.
    pub shard: ShardId,
}

/// How far an endpoint is, as whoever delivers to it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookStanding {
    /// The endpoint.
    pub place: WebhookPlace,
    /// The log's life that `log_seq` belongs to.
    pub epoch: Epoch,
    /// Everything up to here is delivered, waiting or given up.
    pub log_seq: u64,
    /// What stands up to here had been passed before somebody asked for it again.
    pub replayed_to: u64,
    /// Which write of this endpoint's comes next.
    pub(super) turn: i64,
    /// Why it is switched off.
    pub disabled: Option<String>,
    /// Since when it takes nothing although it is asked; `None`: it does, or was never asked.
    pub failing_since: Option<Timestamp>,
}

/// Where an endpoint goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Footing {
    log_seq: u64,
    replayed_to: u64,
    rewound: bool,
}

impl Storage {
    /// Begin to deliver to an endpoint: nobody else does from now on. A new one stands where the log ends, because what happened before
    /// it is none of its business; in another life of the log it goes on no later than where that ends. Where somebody has asked for what
    /// it was told already, it goes back to there.
    ///
    /// `configured` is the address of the endpoint that needs no row to be there. Any other that has none was removed, or is about to be.
    pub async fn begin_webhooks(
        &self,
        place: &WebhookPlace,
        configured: Option<&str>,
        epoch: &Epoch,
        log_end: u64,
    ) -> Result<WebhookStanding, ApplyError> {
        let standing = self
            .bounded(async {
                let mut transaction = self.pool.begin().await?;
                let Some(row) = endpoint(&mut transaction, place, configured).await? else {
                    return Ok(None);
                };
                let disabled = row.try_get("disabled")?;
                let failing_since = optional_moment(&row, "failing_since")?;
                let stands = of_place(sqlx::query(STANDS), place)
                    .fetch_optional(&mut *transaction)
                    .await?;
                let footing = footing(stands.as_ref(), epoch, log_end)?;
                let row = of_place(sqlx::query(BEGIN), place)
                    .bind(&epoch.0)
                    .bind(signed(footing.log_seq))
                    .bind(signed(footing.replayed_to))
                    .fetch_one(&mut *transaction)
                    .await?;
                let turn = row.try_get("turn")?;
                if footing.rewound {
                    let forget = of_place(sqlx::query(FORGET), place).bind(signed(footing.log_seq));
                    forget.execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
                Ok(Some(WebhookStanding {
                    place: place.clone(),
                    epoch: epoch.clone(),
                    log_seq: footing.log_seq,
                    replayed_to: footing.replayed_to,
                    turn,
                    disabled,
                    failing_since,
                }))
            })
            .await?;
        standing.ok_or(ApplyError::Fenced)
    }

    /// Forget what waits behind a place in the log: it is read again from there, or was lost with the log's tail.
    pub async fn forget_webhooks_after(
        &self,
        place: &WebhookPlace,
        log_seq: u64,
    ) -> Result<(), StorageError> {
        self.bounded(async {
            let forget = of_place(sqlx::query(FORGET), place).bind(signed(log_seq));
            Ok(forget.execute(&self.pool).await.map(drop)?)
        })
        .await
    }
}

/// Its row, locked.
async fn endpoint(
    connection: &mut PgConnection,
    place: &WebhookPlace,
    configured: Option<&str>,
) -> Result<Option<PgRow>, StorageError> {
    let sql = if configured.is_some() { CONFIGURED } else { LISTED };
    let query = sqlx::query(sql)
        .bind(place.app.as_str())
        .bind(place.endpoint.as_str());
    let query = match configured {
        Some(url) => query.bind(url),
        None => query,
    };
    Ok(query.fetch_optional(&mut *connection).await?)
}

fn footing(stands: Option<&PgRow>, epoch: &Epoch, log_end: u64) -> Result<Footing, StorageError> {
    let Some(row) = stands else {
        return Ok(Footing {
            log_seq: log_end,
            replayed_to: 0,
            rewound: false,
        });
    };
    let mut log_seq = number(row, "log_seq")?;
    let mut replayed_to = number(row, "replayed_to")?;
    if row.try_get::<&str, _>("epoch")? != epoch.0 {
        log_seq = log_seq.min(log_end);
        replayed_to = replayed_to.min(log_end);
    }
    let asked = row.try_get::<Option<i64>, _>("rewind_to")?;
    let Some(asked) = asked else {
        return Ok(Footing {
            log_seq,
            replayed_to,
            rewound: false,
        });
    };
    Ok(Footing {
        log_seq: log_seq.min(u64::try_from(asked).unwrap_or_default()),
        replayed_to: replayed_to.max(log_seq),
        rewound: true,
    })
}

pub(super) fn of_place<'q>(query: Bound<'q>, place: &'q WebhookPlace) -> Bound<'q> {
    query
        .bind(place.app.as_str())
        .bind(place.endpoint.as_str())
        .bind(i32::from(place.shard.0))
}
