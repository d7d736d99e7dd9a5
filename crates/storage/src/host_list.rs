use mtchat_protocol::{AppId, DialogId, DialogView, ObjectId, ObjectType, Timestamp};
use sqlx::{Postgres, QueryBuilder};

use crate::{
    Storage, StorageError,
    dialog::{dialog_columns, read_view},
};

/// Which dialogs of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostList<'a> {
    /// All of them.
    All,
    /// Those of one kind of object.
    OfType(&'a ObjectType),
    /// Those of one object.
    OfObject(&'a ObjectType, &'a ObjectId),
}

/// A place in an app's dialogs: behind the dialog that was created then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostPlace {
    /// When it was created.
    pub created_at: Timestamp,
    /// The dialog.
    pub dialog: DialogId,
}

impl Storage {
    /// An app's dialogs, newest first, from behind a place on. Each kind of list has an index in just this order, so a page
    /// costs its own rows, wherever it lies.
    pub async fn host_dialogs(
        &self,
        app: &AppId,
        list: HostList<'_>,
        behind: Option<HostPlace>,
        limit: u32,
    ) -> Result<Vec<DialogView>, StorageError> {
        let mut query = QueryBuilder::<Postgres>::new(concat!(
            "SELECT ",
            dialog_columns!(),
            " FROM dialogs d WHERE NOT d.deleted AND d.app = "
        ));
        query.push_bind(app.as_str());
        match list {
            HostList::All => {}
            HostList::OfType(object_type) => {
                query
                    .push(" AND d.object_type = ")
                    .push_bind(object_type.as_str());
            }
            HostList::OfObject(object_type, object_id) => {
                query
                    .push(" AND d.object_type = ")
                    .push_bind(object_type.as_str());
                query.push(" AND d.object_id = ").push_bind(object_id.as_str());
            }
        }
        if let Some(place) = behind {
            query.push(" AND (d.created_at, d.id) < (");
            query.push_bind(place.created_at.to_offset());
            query.push(", ").push_bind(place.dialog.0).push(")");
        }
        query.push(" ORDER BY d.created_at DESC, d.id DESC LIMIT ");
        query.push_bind(i64::from(limit));
        let rows = self.rows(app, query.build()).await?;
        rows.iter().map(read_view).collect()
    }
}
