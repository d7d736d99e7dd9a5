//! Data made once and copied for every test.

use std::path::{Path, PathBuf};

use super::data::{self, Purpose};
use super::place;
use crate::embedded::account::Account;
use crate::embedded::lock::DirectoryLock;
use crate::embedded::{EmbeddedError, binary};

/// Raised when templates are to be made differently.
const RECIPE: u32 = 1;

/// Makes the template of the installed version, unless it is there.
pub(super) async fn make_once(directory: &Path) -> Result<PathBuf, EmbeddedError> {
    let binaries = binary::postgres(None)?;
    let directory = directory.to_owned();
    let lock = tokio::task::spawn_blocking({
        let directory = directory.clone();
        move || DirectoryLock::wait(&directory)
    });
    let _lock = lock
        .await
        .unwrap_or_else(|_| Err(EmbeddedError::Busy(directory.clone())))?;
    let directory = directory
        .canonicalize()
        .map_err(EmbeddedError::io("look at", &directory))?;
    let template = directory.join(format!("postgres-{}-{RECIPE}", binaries.major));
    if data::made_by(&template)?.is_some() {
        return Ok(template);
    }
    let account = Account::for_postgres(&template)?;
    let destination = place::choose(&template, account.as_ref())?;
    data::make(
        &binaries,
        account.as_ref(),
        &destination,
        &Purpose {
            durable: false,
            password: None,
        },
    )
    .await?;
    Ok(template)
}
