use mtchat_protocol::UserId;

use crate::{Dialog, Rejection};

/// Whether a user may still come into a dialog of at most `most` participants. Whoever is in it is, however many there are.
pub fn has_room(dialog: &Dialog, user: &UserId, most: usize) -> Result<(), Rejection> {
    if dialog.members.len() < most || dialog.member(user).is_some() {
        return Ok(());
    }
    Err(Rejection::DialogFull)
}
