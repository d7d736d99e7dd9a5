use std::sync::Arc;

use mtchat_protocol::{AppId, Company, DialogId, DisplayName, Member, ParticipantSummary, Role, UserId};
use sqlx::{Row, postgres::PgRow};

use crate::{
    Storage, StorageError,
    row::{number, signed, sound},
};

/// Everybody who is in dialog `d`, by time of joining, as four arrays `users`, `names`, `companies`, `roles`; NULL for nobody.
macro_rules! people {
    () => {
        "SELECT array_agg(q.user_id) AS users, array_agg(q.display_name) AS names, array_agg(q.company) AS companies,
            array_agg(q.role) AS roles
        FROM (
            SELECT user_id, display_name, company, role FROM participants
            WHERE app = d.app AND dialog = d.id AND present
            ORDER BY joined_seq, position
        ) q"
    };
}
pub(crate) use people;

/// The members of a revision that has passed are those of now, without who came later and with who went later, in their roles of now.
const MEMBERS_AT: &str = "
SELECT d.members_rev, q.users, q.names, q.companies, q.roles
FROM dialogs d
CROSS JOIN LATERAL (
    SELECT array_agg(q.user_id) AS users, array_agg(q.display_name) AS names, array_agg(q.company) AS companies,
        array_agg(q.role) AS roles
    FROM (
        SELECT user_id, display_name, company, role FROM participants
        WHERE app = d.app AND dialog = d.id AND joined_seq <= $3 AND (present OR changed_seq > $3)
        ORDER BY joined_seq, position
    ) q
) q
WHERE d.app = $1 AND d.id = $2";

impl Storage {
    /// The members of a dialog at a revision; `None` while the projection has not come so far. Of a revision that has passed,
    /// somebody who went and came back since is missing.
    pub async fn members_at(
        &self,
        app: &AppId,
        dialog: DialogId,
        rev: u64,
    ) -> Result<Option<Arc<[Member]>>, StorageError> {
        let row = self
            .maybe_row(
                app,
                sqlx::query(MEMBERS_AT)
                    .bind(app.as_str())
                    .bind(dialog.0)
                    .bind(signed(rev)),
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if number(&row, "members_rev")? < rev {
            return Ok(None);
        }
        members(&row).map(|members| Some(members.into()))
    }
}

/// The members in the columns of [`people`].
pub(crate) fn members(row: &PgRow) -> Result<Vec<Member>, StorageError> {
    let named = read(row)?;
    let roles: Vec<String> = row.try_get::<Option<_>, _>("roles")?.unwrap_or_default();
    let roles = roles.iter().map(|role| Role::parse(role).unwrap_or_default());
    Ok(named
        .into_iter()
        .zip(roles)
        .map(|((user, display_name, company), role)| Member {
            user,
            role,
            display_name,
            company,
        })
        .collect())
}

/// The same, as lists of dialogs show them.
pub(crate) fn summaries(row: &PgRow) -> Result<Vec<ParticipantSummary>, StorageError> {
    let named = read(row)?;
    Ok(named
        .into_iter()
        .map(|(user_id, display_name, company)| ParticipantSummary {
            user_id,
            display_name: Some(display_name),
            company,
        })
        .collect())
}

fn read(row: &PgRow) -> Result<Vec<(UserId, DisplayName, Option<Company>)>, StorageError> {
    let users: Vec<String> = row.try_get::<Option<_>, _>("users")?.unwrap_or_default();
    let names: Vec<String> = row.try_get::<Option<_>, _>("names")?.unwrap_or_default();
    let companies: Vec<Option<String>> = row.try_get::<Option<_>, _>("companies")?.unwrap_or_default();
    let columns = users.into_iter().zip(names).zip(companies);
    columns
        .map(|((user, name), company)| {
            let company = company.map(|company| sound("company", Company::new(&company)));
            Ok((
                sound("user_id", UserId::new(&user))?,
                sound("display_name", DisplayName::new(&name))?,
                company.transpose()?,
            ))
        })
        .collect()
}
