use std::sync::Arc;

use mtchat_domain::{BoxFuture, ColdDialogs, ColdError, Dialog};
use mtchat_protocol::{AppId, DialogId, Member};

use crate::Storage;

/// Dialogs that the log no longer holds, as Postgres knows them.
impl ColdDialogs for Storage {
    fn dialog<'a>(
        &'a self,
        app: &'a AppId,
        dialog: DialogId,
    ) -> BoxFuture<'a, Result<Option<Dialog>, ColdError>> {
        Box::pin(async move {
            let state = self.dialog_state(app, dialog).await;
            state.map_err(|error| ColdError(error.to_string()))
        })
    }

    fn members<'a>(
        &'a self,
        app: &'a AppId,
        dialog: DialogId,
        rev: u64,
    ) -> BoxFuture<'a, Result<Arc<[Member]>, ColdError>> {
        Box::pin(async move {
            let members = self.members_at(app, dialog, rev).await;
            let members = members.map_err(|error| ColdError(error.to_string()))?;
            members.ok_or_else(|| ColdError("the members of this revision are not stored yet".to_owned()))
        })
    }
}
