use std::{pin::Pin, sync::Arc};

use mtchat_protocol::{AppId, DialogId, Member};

use crate::Dialog;

/// A boxed future, for traits that are used as objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The database did not answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the database does not answer: {0}")]
pub struct ColdError(pub String);

/// What the log does not hold: dialogs older than its retention, and the members of very large ones.
pub trait ColdDialogs: Send + Sync + 'static {
    /// The dialog as the database knows it; deleted ones are told as deleted, unknown ones as `None`.
    fn dialog<'a>(
        &'a self,
        app: &'a AppId,
        dialog: DialogId,
    ) -> BoxFuture<'a, Result<Option<Dialog>, ColdError>>;

    /// The members at a revision, for heads that only refer to them.
    fn members<'a>(
        &'a self,
        app: &'a AppId,
        dialog: DialogId,
        rev: u64,
    ) -> BoxFuture<'a, Result<Arc<[Member]>, ColdError>>;
}
