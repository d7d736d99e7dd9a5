//! The audit log: what hosts and operators have done, in a chain of hashes an app.

mod chain;
mod write;

use mtchat_protocol::{AppId, AuditAction, AuditActor, AuditEntryView, DialogId, FactId, Timestamp, UserId};
use sqlx::{Row, postgres::PgRow};
use uuid::Uuid;

use crate::{
    Storage, StorageError,
    row::{moment, number, optional_text, signed},
};
use chain::{GENESIS, Link};
pub(crate) use write::{append, of_facts};

/// How many entries are read at once to be verified.
const PAGE: u32 = 1_000;

/// Something that was done, before it has its place in the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: AuditActor,
    /// What.
    pub action: AuditAction,
    /// In which dialog.
    pub dialog: Option<DialogId>,
    /// To whom.
    pub user: Option<UserId>,
    /// As which fact of the log.
    pub fact: Option<FactId>,
    /// More about it.
    pub details: serde_json::Value,
}

impl Audited {
    /// The host did something now that is no fact of the log.
    pub fn by_host(action: AuditAction) -> Self {
        Self {
            at: Timestamp::now(),
            actor: AuditActor::Host,
            action,
            dialog: None,
            user: None,
            fact: None,
            details: serde_json::json!({}),
        }
    }
}

/// Whether a chain is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditVerdict {
    /// How many entries are as they were written.
    pub entries: u64,
    /// The first entry that is not, or that is missing.
    pub broken_at: Option<u64>,
}

const ENTRIES: &str = "SELECT seq, at, actor, action, dialog, user_id, fact, details, hash FROM audit_log
    WHERE app = $1 AND seq > $2 ORDER BY seq LIMIT $3";
const HEAD: &str = "SELECT seq, hash FROM audit_heads WHERE app = $1";
const APPS: &str = "SELECT app FROM audit_heads ORDER BY app";

impl Storage {
    /// Write down something that is no fact of the log.
    pub async fn audit(&self, app: &AppId, audited: Audited) -> Result<(), StorageError> {
        self.bounded(async {
            let mut transaction = self.apps.of(app).await?.begin("BEGIN").await?;
            append(&mut transaction, app.as_str(), &[audited]).await?;
            transaction.commit().await
        })
        .await
    }

    /// The entries after a number, oldest first.
    pub async fn audit_log(
        &self,
        app: &AppId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntryView>, StorageError> {
        let rows = self.audit_rows(app, after, limit).await?;
        rows.iter().map(view).collect()
    }

    /// Every app that has entries.
    pub async fn audited_apps(&self) -> Result<Vec<AppId>, StorageError> {
        self.bounded(async {
            let rows = sqlx::query(APPS).fetch_all(&self.pool).await?;
            rows.iter()
                .map(|row| crate::row::text(row, "app", AppId::new))
                .collect()
        })
        .await
    }

    /// Go through an app's whole chain and compute it anew.
    pub async fn verify_audit(&self, app: &AppId) -> Result<AuditVerdict, StorageError> {
        // The end first: entries that are added meanwhile come after it.
        let head = self.bounded(async {
            Ok(sqlx::query(HEAD)
                .bind(app.as_str())
                .fetch_optional(&self.pool)
                .await?)
        });
        let (end, end_hash) = match head.await? {
            Some(row) => (number(&row, "seq")?, row.try_get::<Vec<u8>, _>("hash")?),
            None => (0, GENESIS.to_vec()),
        };
        let (mut seq, mut hash) = (0, GENESIS.to_vec());
        while seq < end {
            let rows = self.audit_rows(app, seq, PAGE).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let expected = Link::of_row(app.as_str(), row)?.hash(&hash);
                let stands: Vec<u8> = row.try_get("hash")?;
                if number(row, "seq")? != seq + 1 || stands != expected {
                    return Ok(AuditVerdict {
                        entries: seq,
                        broken_at: Some(seq + 1),
                    });
                }
                (seq, hash) = (seq + 1, stands);
                if seq == end {
                    break;
                }
            }
        }
        let whole = seq == end && hash == end_hash;
        Ok(AuditVerdict {
            entries: seq,
            broken_at: (!whole).then_some(seq + u64::from(seq < end)),
        })
    }

    async fn audit_rows(&self, app: &AppId, after: u64, limit: u32) -> Result<Vec<PgRow>, StorageError> {
        self.rows(
            app,
            sqlx::query(ENTRIES)
                .bind(app.as_str())
                .bind(signed(after))
                .bind(i64::from(limit)),
        )
        .await
    }
}

fn view(row: &PgRow) -> Result<AuditEntryView, StorageError> {
    let details: &str = row.try_get("details")?;
    let hash: Vec<u8> = row.try_get("hash")?;
    // Words of a later version are shown as what they are nearest to: somebody changed something.
    let action = AuditAction::parse(row.try_get("action")?).unwrap_or(AuditAction::AppChanged);
    Ok(AuditEntryView {
        seq: number(row, "seq")?,
        at: moment(row, "at")?,
        actor: AuditActor::parse(row.try_get("actor")?).unwrap_or(AuditActor::Operator),
        action,
        dialog_id: row.try_get::<Option<Uuid>, _>("dialog")?.map(DialogId),
        user_id: optional_text(row, "user_id", UserId::new)?,
        details: serde_json::from_str(details).unwrap_or_default(),
        hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}
