//! Where the data goes when the user that Postgres runs as cannot reach the wanted directory.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::embedded::EmbeddedError;
use crate::embedded::account::Account;

/// A directory that every user may enter.
const ELSEWHERE: &str = "/var/lib/mtchat";

/// Chooses the path at which the data is to be made: `wanted`, or the target of a link that is put there.
///
/// Nothing exists yet at the path that is returned.
pub(super) fn choose(wanted: &Path, account: Option<&Account>) -> Result<PathBuf, EmbeddedError> {
    match fs::symlink_metadata(wanted) {
        // Made by an interrupted start, or its target was deleted. Data is there only when it is complete.
        Ok(metadata) if metadata.is_symlink() => {
            fs::remove_file(wanted).map_err(EmbeddedError::io("replace", wanted))?;
        }
        Ok(_) => fs::remove_dir(wanted).map_err(EmbeddedError::io("replace the non-database at", wanted))?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(EmbeddedError::io("look at", wanted)(error)),
    }
    let (Some(account), Some(parent)) = (account, wanted.parent()) else {
        return Ok(wanted.to_owned());
    };
    open_to_all(parent)?;
    if account.may_execute(parent) {
        return Ok(wanted.to_owned());
    }
    // The name is unique rather than made from the wanted path: data whose directory was deleted must not come back
    // when a directory of the same name is made.
    let elsewhere = Path::new(ELSEWHERE);
    fs::create_dir_all(elsewhere).map_err(EmbeddedError::io("create", elsewhere))?;
    open_to_all(elsewhere)?;
    let target = elsewhere.join(Uuid::now_v7().to_string());
    symlink(&target, wanted).map_err(EmbeddedError::io("link", wanted))?;
    tracing::info!(
        postgres.user = account.name(),
        postgres.data = %target.display(),
        postgres.link = %wanted.display(),
        "the data of Postgres is kept elsewhere because its user cannot reach the wanted directory"
    );
    Ok(target)
}

/// Lets every user enter one of our own directories, not list it.
fn open_to_all(directory: &Path) -> Result<(), EmbeddedError> {
    let metadata = fs::metadata(directory).map_err(EmbeddedError::io("look at", directory))?;
    let mode = metadata.permissions().mode() | 0o111;
    fs::set_permissions(directory, fs::Permissions::from_mode(mode))
        .map_err(EmbeddedError::io("open up", directory))
}
