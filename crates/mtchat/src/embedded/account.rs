//! As whom a child runs when we are root.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, geteuid};

use super::EmbeddedError;

/// An unprivileged user of this machine.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Account {
    name: String,
    uid: Uid,
    gid: Gid,
}

impl Account {
    /// Whom Postgres runs as: `None` (ourselves) for an ordinary user. For root it is the owner of what is already
    /// at `existing`, else `postgres`, else `nobody`.
    pub(super) fn for_postgres(existing: &Path) -> Result<Option<Self>, EmbeddedError> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        if let Some(owner) = Self::owner_of(existing) {
            return Ok(Some(owner));
        }
        let known = ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten());
        known
            .map(|user| Some(Self::from(user)))
            .ok_or(EmbeddedError::NoUser)
    }

    /// The owner of a file, unless that is root.
    fn owner_of(path: &Path) -> Option<Self> {
        let uid = Uid::from_raw(fs::metadata(path).ok()?.uid());
        if uid.is_root() {
            return None;
        }
        User::from_uid(uid).ok().flatten().map(Self::from)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Makes the command run as this user.
    pub(super) fn apply(&self, command: &mut Command) {
        command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
    }

    /// Gives a file or directory to this user.
    pub(super) fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        std::os::unix::fs::lchown(path, Some(self.uid.as_raw()), Some(self.gid.as_raw()))
            .map_err(EmbeddedError::io("change the owner of", path))
    }

    /// Whether this user may execute the file, or enter the directory, with all the directories on the way.
    ///
    /// The system is asked rather than the mode bits read, so that access lists and mount options count.
    pub(super) fn may_execute(&self, path: &Path) -> bool {
        let mut command = Command::new("test");
        command
            .arg("-x")
            .arg(path)
            .current_dir("/")
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        self.apply(&mut command);
        command.status().is_ok_and(|status| status.success())
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            name: user.name,
            uid: user.uid,
            gid: user.gid,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn an_ordinary_user_runs_servers_as_itself_and_root_does_not() {
        let account = Account::for_postgres(Path::new("/nonexistent")).unwrap();
        assert_eq!(account.is_some(), geteuid().is_root());
        assert!(account.is_none_or(|account| !account.uid.is_root()));
    }

    #[test]
    fn a_private_directory_of_root_is_closed_to_the_account() {
        let Some(account) = Account::for_postgres(Path::new("/nonexistent")).unwrap() else {
            return;
        };
        let private = tempfile::Builder::new()
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir()
            .unwrap();
        assert!(!account.may_execute(private.path()));
        assert!(account.may_execute(Path::new("/usr")));
    }
}
