use mtchat_protocol::UserId;

use crate::{Dialog, Rejection};

/// Whether a user may still come into a dialog of at most `most` participants. Whoever is in it is, however many there are.
pub fn has_room(dialog: &Dialog, user: &UserId, most: usize) -> Result<(), Rejection> {
    if dialog.members.len() < most || dialog.member(user).is_some() {
        return Ok(());
    }
    Err(Rejection::DialogFull)
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{DisplayName, Member, ObjectId, ObjectType, Role};

    use super::*;

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn dialog(names: &[&str]) -> Dialog {
        let member = |name: &&str| Member {
            user: user(name),
            display_name: DisplayName::new(name).unwrap(),
            company: None,
            role: Role::default(),
        };
        Dialog {
            seq: 1,
            count: 0,
            object_type: ObjectType::new("order").unwrap(),
            object_id: ObjectId::new("1").unwrap(),
            title: None,
            frozen: false,
            deleted: false,
            members_rev: 1,
            members: names.iter().map(member).collect(),
        }
    }

    #[test]
    fn a_full_dialog_takes_nobody_and_keeps_those_who_are_in() {
        let dialog = dialog(&["alice", "bob"]);
        assert_eq!(has_room(&dialog, &user("carol"), 3), Ok(()));
        assert_eq!(has_room(&dialog, &user("carol"), 2), Err(Rejection::DialogFull));
        assert_eq!(has_room(&dialog, &user("bob"), 1), Ok(()));
    }
}
