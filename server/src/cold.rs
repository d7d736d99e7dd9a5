use std::sync::Arc;

use mtchat_domain::Dialog;
use mtchat_nats::{BoxFuture, ColdDialogs, ColdError};
use mtchat_protocol::{AppId, DialogId, Member};
use mtchat_storage::Storage;

/// Dialogs that the log no longer holds, as Postgres knows them.
#[derive(Clone)]
pub struct StoredDialogs(Storage);

impl StoredDialogs {
    /// Over the database.
    pub fn new(storage: Storage) -> Self {
        Self(storage)
    }
}

impl ColdDialogs for StoredDialogs {
    fn dialog<'a>(
        &'a self,
        app: &'a AppId,
        dialog: DialogId,
    ) -> BoxFuture<'a, Result<Option<Dialog>, ColdError>> {
        Box::pin(async move {
            self.0
                .dialog_state(app, dialog)
                .await
                .map_err(|error| ColdError(error.to_string()))
        })
    }

    fn members<'a>(
        &'a self,
        app: &'a AppId,
        dialog: DialogId,
        rev: u64,
    ) -> BoxFuture<'a, Result<Arc<[Member]>, ColdError>> {
        Box::pin(async move {
            let members = self.0.members_at(app, dialog, rev).await;
            let members = members.map_err(|error| ColdError(error.to_string()))?;
            members.ok_or_else(|| ColdError("the members of this revision are not stored yet".to_owned()))
        })
    }
}
