use std::collections::{BTreeMap, HashSet};

use mtchat_protocol::{AuditAction, AuditActor, Fact, FactData, UserId};
use serde_json::json;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{
    Audited,
    chain::{GENESIS, Link},
};
use crate::{
    StorageError,
    row::{number, signed, storable},
};

const BEGIN: &str = "INSERT INTO audit_heads (app, seq, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING";
const HOLD: &str = "SELECT seq, hash FROM audit_heads WHERE app = $1 FOR UPDATE";
const KNOWN: &str = "SELECT fact FROM audit_log WHERE app = $1 AND fact = ANY($2)";
const WRITE: &str = "INSERT INTO audit_log (app, seq, at, actor, action, dialog, user_id, fact, details, hash)
    SELECT $1, x.seq, x.at, x.actor, x.action, x.dialog, x.user_id, x.fact, x.details, x.hash
    FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::uuid[], $9::text[],
        $10::bytea[]) x (seq, at, actor, action, dialog, user_id, fact, details, hash)";
const END: &str = "UPDATE audit_heads SET seq = $2, hash = $3 WHERE app = $1";

/// Add entries to an app's chain, within the transaction of what they tell of. Facts that stand in it already add nothing. Holds
/// the end of the chain until the transaction is over; whoever adds to several apps does so in the order of their ids.
pub(crate) async fn append(
    connection: &mut PgConnection,
    app: &str,
    audited: &[Audited],
) -> Result<(), StorageError> {
    sqlx::query(BEGIN)
        .bind(app)
        .bind(&GENESIS[..])
        .execute(&mut *connection)
        .await?;
    let head = sqlx::query(HOLD).bind(app).fetch_one(&mut *connection).await?;
    let (mut seq, mut hash) = (number(&head, "seq")?, head.try_get::<Vec<u8>, _>("hash")?);
    let facts: Vec<Uuid> = audited.iter().filter_map(|entry| Some(entry.fact?.0)).collect();
    let known: HashSet<Uuid> = sqlx::query_scalar(KNOWN)
        .bind(app)
        .bind(&facts)
        .fetch_all(&mut *connection)
        .await?
        .into_iter()
        .collect();
    let mut new = Vec::new();
    for entry in audited {
        if entry.fact.is_some_and(|fact| known.contains(&fact.0)) {
            continue;
        }
        let details = storable(&entry.details.to_string()).into_owned();
        seq += 1;
        hash = Link::new(app, seq, entry, &details).hash(&hash);
        new.push((seq, entry, details, hash.clone()));
    }
    if new.is_empty() {
        return Ok(());
    }
    let each = |entry: &(u64, &Audited, String, Vec<u8>)| signed(entry.0);
    let seqs: Vec<i64> = new.iter().map(each).collect();
    let at: Vec<_> = new.iter().map(|(_, entry, ..)| entry.at.to_offset()).collect();
    let actors: Vec<&str> = new.iter().map(|(_, entry, ..)| entry.actor.as_str()).collect();
    let actions: Vec<&str> = new.iter().map(|(_, entry, ..)| entry.action.as_str()).collect();
    let dialogs: Vec<Option<Uuid>> = new
        .iter()
        .map(|(_, entry, ..)| entry.dialog.map(|id| id.0))
        .collect();
    let users: Vec<Option<&str>> = new
        .iter()
        .map(|(_, entry, ..)| entry.user.as_ref().map(UserId::as_str))
        .collect();
    let facts: Vec<Option<Uuid>> = new
        .iter()
        .map(|(_, entry, ..)| entry.fact.map(|id| id.0))
        .collect();
    let details: Vec<&str> = new.iter().map(|(_, _, details, _)| details.as_str()).collect();
    let hashes: Vec<&[u8]> = new.iter().map(|(.., hash)| hash.as_slice()).collect();
    sqlx::query(WRITE)
        .bind(app)
        .bind(&seqs)
        .bind(&at)
        .bind(&actors)
        .bind(&actions)
        .bind(&dialogs)
        .bind(&users)
        .bind(&facts)
        .bind(&details)
        .bind(&hashes)
        .execute(&mut *connection)
        .await?;
    sqlx::query(END)
        .bind(app)
        .bind(signed(seq))
        .bind(&hash)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// What the host did with these facts, in the log's order, by app.
pub(crate) fn of_facts<'a>(facts: &[&'a Fact]) -> BTreeMap<&'a str, Vec<Audited>> {
    let mut apps: BTreeMap<&str, Vec<Audited>> = BTreeMap::new();
    for fact in facts {
        let Some((action, user, mut details)) = what(fact) else {
            continue;
        };
        details["seq"] = fact.seq().into();
        apps.entry(fact.app.as_str()).or_default().push(Audited {
            at: fact.at,
            actor: AuditActor::Host,
            action,
            dialog: Some(fact.dialog),
            user,
            fact: Some(fact.id),
            details,
        });
    }
    apps
}

/// What was done, to whom, and more about it: never a text or a name.
fn what(fact: &Fact) -> Option<(AuditAction, Option<UserId>, serde_json::Value)> {
    let nothing = json!({});
    Some(match &fact.data {
        FactData::DialogCreated(created) => (
            AuditAction::DialogCreated,
            None,
            json!({
                "object_type": fact.head.object_type, "object_id": fact.head.object_id,
                "participants": created.participants.len(), "rules": created.access_scopes.len(),
            }),
        ),
        FactData::DialogDeleted(_) => (AuditAction::DialogDeleted, None, nothing),
        FactData::DialogUpdated(update) => {
            let changed = [
                ("title", update.title.is_some()),
                ("object_url", update.object_url.is_some()),
                ("meta", update.meta.is_some()),
            ];
            let changed = changed.into_iter().filter(|(_, is)| *is).map(|(name, _)| name);
            let details = json!({ "changed": changed.collect::<Vec<_>>(), "frozen": update.frozen });
            (AuditAction::DialogUpdated, None, details)
        }
        FactData::MessageDeleted(gone) => {
            let details = json!({ "message_id": gone.message_id });
            (AuditAction::MessageDeleted, None, details)
        }
        FactData::NoticePosted(_) => (AuditAction::NoticePosted, None, nothing),
        FactData::ParticipantAdded(came) => {
            let participant = &came.participant;
            let details = json!({ "role": participant.role });
            (
                AuditAction::ParticipantAdded,
                Some(participant.user.clone()),
                details,
            )
        }
        FactData::ParticipantRemoved(went) => {
            (AuditAction::ParticipantRemoved, Some(went.user.clone()), nothing)
        }
        FactData::ParticipantRoleChanged(changed) => {
            let details = json!({ "role": changed.role });
            (
                AuditAction::ParticipantRoleChanged,
                Some(changed.user.clone()),
                details,
            )
        }
        FactData::ScopesReplaced(replaced) => {
            let details = json!({ "rules": replaced.access_scopes.len() });
            (AuditAction::ScopesReplaced, None, details)
        }
        _ => return None,
    })
}
