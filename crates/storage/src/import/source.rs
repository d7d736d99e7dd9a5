//! The database of an existing deployment, read in one moment of it.

use std::{collections::HashMap, str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row,
    postgres::{PgConnectOptions, PgRow},
};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    schema::{self, SourceCounts, SourceError, Younger},
    source_rows::{SourceDialog, SourceFile, SourceMessage, SourceParticipant, SourceRule, SourceVersion},
};
use crate::{
    StorageError,
    row::{moment, number, optional_moment},
};

/// Where the other database is.
#[derive(Clone)]
pub struct SourceOptions {
    /// `postgres://…`
    pub url: String,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one statement may take.
    pub statement_timeout: Duration,
}

/// Messages that are read together: an index gives them in their order, and they are never more than are to be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stretch {
    /// All of some dialogs, which have few.
    Whole(Vec<Uuid>),
    /// A part of one dialog, which has many.
    Part(Uuid),
}

impl Stretch {
    /// Dialogs, in order, with how many messages each has, in stretches of so many messages at most.
    #[must_use]
    pub fn all(dialogs: &[(Uuid, u64)], most: u32) -> Vec<Self> {
        let (mut stretches, mut few, mut held) = (Vec::new(), Vec::new(), 0);
        for (dialog, messages) in dialogs.iter().filter(|(_, messages)| *messages > 0) {
            if held + messages > u64::from(most) && !few.is_empty() {
                stretches.push(Self::Whole(std::mem::take(&mut few)));
                held = 0;
            }
            if *messages > u64::from(most) {
                stretches.push(Self::Part(*dialog));
            } else {
                few.push(*dialog);
                held += messages;
            }
        }
        if !few.is_empty() {
            stretches.push(Self::Whole(few));
        }
        stretches
    }

    /// Whether there may be more behind so many.
    #[must_use]
    pub fn goes_on(&self, read: usize, most: u32) -> bool {
        matches!(self, Self::Part(_)) && read == most as usize
    }
}

/// A message and its dialog, which comes first.
pub type SourcePlace = (Uuid, Uuid);

/// A connection to the other database. It reads only, and everything as it stood when it was opened.
pub struct ImportSource {
    connection: PgConnection,
    younger: Younger,
    deadline: Duration,
}

/// Ids of users and objects were UUIDs once.
const PARTICIPANTS: &str = "SELECT dialog_id, user_id::text AS user_id, joined_at, joined_as::text AS joined_as,
        last_read_message_id, coalesce(unread_count, 0)::bigint AS unread,
        coalesce(notifications_enabled, true) AS notifications, coalesce(is_archived, false) AS archived,
        coalesce(is_pinned, false) AS pinned, display_name::text AS display_name, company::text AS company,
        email::text AS email, phone::text AS phone
    FROM dialog_participants WHERE dialog_id = ANY ($1) ORDER BY dialog_id, joined_at, user_id::text COLLATE \"C\"";

macro_rules! messages {
    ($which:literal) => {
        concat!(
            "SELECT dialog_id, id, sender_id::text AS sender_id, content, sent_at, last_edited_at, reply_to_id,
        message_type::text = 'system' AS is_system
    FROM messages WHERE ",
            $which
        )
    };
}

const WHOLE: &str = messages!("dialog_id = ANY ($1) ORDER BY dialog_id, id");

const PART: &str = messages!("dialog_id = $1 AND id > $2 ORDER BY id LIMIT $3");

const VERSIONS: &str = "SELECT message_id, old_content, edited_at FROM message_edit_history
    WHERE message_id = ANY ($1) ORDER BY message_id, edited_at, id";

const FILES: &str = "SELECT message_id, id, filename::text AS filename, content_type::text AS content_type, size::bigint AS size,
        s3_key::text AS s3_key, width, height, thumbnail_s3_key::text AS thumbnail_s3_key
    FROM attachments WHERE message_id = ANY ($1) ORDER BY message_id, created_at, id";

/// Ids of messages are in the order of time.
const BY_TIME: &str = "SELECT dialog_id, id FROM messages
    WHERE id > $1 AND message_type::text <> 'system' ORDER BY id LIMIT $2";

impl ImportSource {
    /// Connect, look whether the schema is one that can be read, and begin to read.
    pub async fn open(options: &SourceOptions) -> Result<Self, SourceError> {
        let limit = options.statement_timeout.as_millis().to_string();
        let connecting = PgConnectOptions::from_str(&options.url)?
            .application_name("mtchat import")
            .options([("statement_timeout", limit)])
            .disable_statement_logging();
        let connected = timeout(options.connect_timeout, PgConnection::connect_with(&connecting)).await;
        let mut connection = connected.unwrap_or_else(|_| Err(late()))?;
        sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .execute(&mut connection)
            .await?;
        let younger = schema::check(&mut connection).await?;
        Ok(Self {
            connection,
            younger,
            // The server says first that it takes too long; this is for one that says nothing any more.
            deadline: options.statement_timeout + Duration::from_secs(10),
        })
    }

    /// How much there is.
    pub async fn counts(&mut self) -> Result<SourceCounts, SourceError> {
        timeout(self.deadline, schema::counts(&mut self.connection))
            .await
            .unwrap_or_else(|_| Err(late().into()))
    }

    /// The next dialogs by id; none is the end.
    pub async fn dialogs(&mut self, after: Uuid, most: u32) -> Result<Vec<SourceDialog>, SourceError> {
        let Younger {
            object_url,
            meta,
            level0,
        } = self.younger.clone();
        let sql = format!(
            "SELECT d.id, d.object_id::text AS object_id, d.object_type::text AS object_type, d.title::text AS title,
                {object_url} AS object_url, d.created_by::text AS created_by, d.created_at, {meta} AS meta,
                (SELECT count(*) FROM messages m WHERE m.dialog_id = d.id) AS messages
            FROM dialogs d WHERE d.id > $1 ORDER BY d.id LIMIT $2"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after).bind(i64::from(most));
        let rows = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        let mut dialogs = rows.iter().map(dialog).collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<Uuid> = dialogs.iter().map(|dialog| dialog.id).collect();
        let query = sqlx::query(PARTICIPANTS).bind(&ids);
        let people = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        let mut people = grouped(&people, "dialog_id", participant)?;
        let sql = format!(
            "SELECT s.dialog_id, s.id, s.created_at, {level0} AS level0, s.scope_level1::text[] AS level1,
                s.scope_level2::text[] AS level2
            FROM dialog_access_scopes s WHERE s.dialog_id = ANY ($1) ORDER BY s.dialog_id, s.created_at, s.id"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(&ids);
        let rules = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        let mut rules = grouped(&rules, "dialog_id", rule)?;
        for dialog in &mut dialogs {
            dialog.participants = people.remove(&dialog.id).unwrap_or_default();
            dialog.rules = rules.remove(&dialog.id).unwrap_or_default();
        }
        Ok(dialogs)
    }

    /// Messages by dialog and then by id, which is their order there: those of whole dialogs, or the next ones of a long dialog.
    pub async fn messages(
        &mut self,
        stretch: &Stretch,
        after: Uuid,
        most: u32,
    ) -> Result<Vec<SourceMessage>, SourceError> {
        let query = match stretch {
            Stretch::Whole(dialogs) => sqlx::query(WHOLE).bind(dialogs),
            Stretch::Part(dialog) => sqlx::query(PART).bind(dialog).bind(after).bind(i64::from(most)),
        };
        let rows = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        let mut messages = rows.iter().map(message).collect::<Result<Vec<_>, _>>()?;
        let ids: Vec<Uuid> = messages.iter().map(|message| message.id).collect();
        let query = sqlx::query(VERSIONS).bind(&ids);
        let versions = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        let mut versions = grouped(&versions, "message_id", version)?;
        let query = sqlx::query(FILES).bind(&ids);
        let files = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        let mut files = grouped(&files, "message_id", file)?;
        for message in &mut messages {
            message.versions = versions.remove(&message.id).unwrap_or_default();
            message.files = files.remove(&message.id).unwrap_or_default();
        }
        Ok(messages)
    }

    /// The next messages of users in all dialogs, by time: their dialogs and ids; none is the end.
    pub async fn messages_by_time(
        &mut self,
        after: Uuid,
        most: u32,
    ) -> Result<Vec<SourcePlace>, SourceError> {
        let query = sqlx::query(BY_TIME).bind(after).bind(i64::from(most));
        let rows = within(self.deadline, query.fetch_all(&mut self.connection)).await?;
        let each = rows
            .iter()
            .map(|row| Ok((row.try_get("dialog_id")?, row.try_get("id")?)));
        each.collect()
    }

    /// Read no more.
    pub async fn close(self) {
        // A connection that can not say good-bye is as closed as one that can.
        let _ = timeout(Duration::from_secs(2), self.connection.close()).await;
    }
}

fn late() -> sqlx::Error {
    let late = std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer within the deadline");
    sqlx::Error::Io(late)
}

async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, SourceError> {
    Ok(timeout(deadline, work).await.unwrap_or_else(|_| Err(late()))?)
}

fn grouped<T>(
    rows: &[PgRow],
    by: &'static str,
    read: fn(&PgRow) -> Result<T, StorageError>,
) -> Result<HashMap<Uuid, Vec<T>>, StorageError> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(row.try_get(by)?).or_default().push(read(row)?);
    }
    Ok(groups)
}

fn dialog(row: &PgRow) -> Result<SourceDialog, StorageError> {
    Ok(SourceDialog {
        id: row.try_get("id")?,
        object_type: row.try_get("object_type")?,
        object_id: row.try_get("object_id")?,
        title: row.try_get("title")?,
        object_url: row.try_get("object_url")?,
        created_by: row.try_get("created_by")?,
        created_at: moment(row, "created_at")?,
        meta: row.try_get("meta")?,
        messages: number(row, "messages")?,
        participants: Vec::new(),
        rules: Vec::new(),
    })
}

fn participant(row: &PgRow) -> Result<SourceParticipant, StorageError> {
    Ok(SourceParticipant {
        user_id: row.try_get("user_id")?,
        joined_at: moment(row, "joined_at")?,
        joined_as: row.try_get("joined_as")?,
        last_read: row.try_get("last_read_message_id")?,
        unread: row.try_get("unread")?,
        notifications: row.try_get("notifications")?,
        archived: row.try_get("archived")?,
        pinned: row.try_get("pinned")?,
        display_name: row.try_get("display_name")?,
        company: row.try_get("company")?,
        email: row.try_get("email")?,
        phone: row.try_get("phone")?,
    })
}

fn rule(row: &PgRow) -> Result<SourceRule, StorageError> {
    let level = |column| {
        let values: Option<Vec<Option<String>>> = row.try_get(column)?;
        Ok::<_, StorageError>(values.unwrap_or_default())
    };
    Ok(SourceRule {
        id: row.try_get("id")?,
        created_at: moment(row, "created_at")?,
        levels: [level("level0")?, level("level1")?, level("level2")?],
    })
}

fn message(row: &PgRow) -> Result<SourceMessage, StorageError> {
    Ok(SourceMessage {
        dialog: row.try_get("dialog_id")?,
        id: row.try_get("id")?,
        sender_id: row.try_get("sender_id")?,
        content: row.try_get("content")?,
        sent_at: moment(row, "sent_at")?,
        edited_at: optional_moment(row, "last_edited_at")?,
        reply_to: row.try_get("reply_to_id")?,
        is_system: row.try_get("is_system")?,
        versions: Vec::new(),
        files: Vec::new(),
    })
}

fn version(row: &PgRow) -> Result<SourceVersion, StorageError> {
    Ok(SourceVersion {
        edited_at: moment(row, "edited_at")?,
        content: row.try_get("old_content")?,
    })
}

fn file(row: &PgRow) -> Result<SourceFile, StorageError> {
    Ok(SourceFile {
        id: row.try_get("id")?,
        filename: row.try_get("filename")?,
        content_type: row.try_get("content_type")?,
        size: row.try_get("size")?,
        key: row.try_get("s3_key")?,
        width: row.try_get("width")?,
        height: row.try_get("height")?,
        thumbnail_key: row.try_get("thumbnail_s3_key")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_hold_no_more_than_they_may_and_leave_nothing_out() {
        let id = Uuid::from_u128;
        let dialogs = [
            (id(1), 4),
            (id(2), 0),
            (id(3), 6),
            (id(4), 1),
            (id(5), 11),
            (id(6), 10),
            (id(7), 1),
        ];
        let stretches = Stretch::all(&dialogs, 10);
        let expected = [
            Stretch::Whole(vec![id(1), id(3)]),
            Stretch::Whole(vec![id(4)]),
            Stretch::Part(id(5)),
            Stretch::Whole(vec![id(6)]),
            Stretch::Whole(vec![id(7)]),
        ];
        // A long one does not wait for those before it to be told, but is told behind them.
        assert_eq!(stretches, expected);
        assert!(
            stretches[2].goes_on(10, 10) && !stretches[2].goes_on(9, 10) && !stretches[0].goes_on(10, 10)
        );
        assert!(Stretch::all(&[], 10).is_empty());
    }
}
