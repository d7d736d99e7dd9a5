//! Who is in a dialog, or was.

use mtchat_domain::erased_name;
use mtchat_protocol::{Company, DisplayName, Email, JoinedAs, Phone, Timestamp, UserId};
use mtchat_storage::{ImportedParticipant, SourceParticipant};

use super::{
    plan::{Notes, Rules, kept},
    report::Did,
    texts,
};

pub(super) fn participant(
    one: &SourceParticipant,
    rules: &Rules,
    notes: &mut Notes<'_>,
) -> Result<ImportedParticipant, String> {
    let user = UserId::new(&one.user_id).map_err(|error| format!("a participant's {error}"))?;
    let id = || Some(one.user_id.clone());
    let is_erased = rules.erased.contains(&user);
    let display_name = match one.display_name.as_deref() {
        _ if is_erased => {
            notes.add(
                Did::Changed,
                "participant",
                "profile",
                id(),
                "the person is forgotten here",
            );
            erased_name()
        }
        given => named(given, &user, notes),
    };
    let joined_as = JoinedAs::parse(&one.joined_as).unwrap_or_else(|| {
        notes.add(
            Did::Changed,
            "participant",
            "joined_as",
            id(),
            "unknown, taken as participant",
        );
        JoinedAs::Participant
    });
    let given = |text: &Option<String>| text.clone().filter(|_| !is_erased);
    let company = given(&one.company).map(|text| {
        let cut = texts::cut(&text, mtchat_protocol::limits::NAME);
        if cut.len() < text.len() {
            notes.add(
                Did::Changed,
                "participant",
                "company",
                id(),
                "cut to 200 characters",
            );
        }
        cut.to_owned()
    });
    let company = kept(
        company.as_deref(),
        Company::new,
        "participant",
        "company",
        id(),
        notes,
    );
    let (email, phone) = (given(&one.email), given(&one.phone));
    Ok(ImportedParticipant {
        user,
        present: true,
        joined_at: one.joined_at,
        joined_as,
        display_name,
        company,
        // Half an address would be another one.
        email: kept(email.as_deref(), Email::new, "participant", "email", id(), notes),
        phone: kept(phone.as_deref(), Phone::new, "participant", "phone", id(), notes),
        notifications: one.notifications,
        archived: one.archived,
        pinned: one.pinned,
        last_read: None,
        read_seq: 0,
        read_count: 0,
        own_seq: 0,
        unread: 0,
    })
}

/// Whoever wrote and is not there any more: their messages keep a row, as of everybody who has left.
pub(super) fn former_participant(
    user: &UserId,
    first: Timestamp,
    own_seq: u64,
    rules: &Rules,
) -> ImportedParticipant {
    let display_name = if rules.erased.contains(user) {
        erased_name()
    } else {
        name_of(user)
    };
    ImportedParticipant {
        user: user.clone(),
        present: false,
        joined_at: first,
        joined_as: JoinedAs::Participant,
        display_name,
        company: None,
        email: None,
        phone: None,
        notifications: true,
        archived: false,
        pinned: false,
        last_read: None,
        read_seq: 0,
        read_count: 0,
        own_seq,
        unread: 0,
    }
}

fn named(given: Option<&str>, user: &UserId, notes: &mut Notes<'_>) -> DisplayName {
    let id = || Some(user.as_str().to_owned());
    let Some(name) = given.and_then(texts::name) else {
        notes.add(
            Did::Changed,
            "participant",
            "display_name",
            id(),
            "there is none: the user's id",
        );
        return name_of(user);
    };
    if given.is_some_and(|given| name.len() < given.len()) {
        notes.add(
            Did::Changed,
            "participant",
            "display_name",
            id(),
            "cut to 200 characters",
        );
    }
    DisplayName::new(name).unwrap_or_else(|_| name_of(user))
}

/// Where there is no name.
fn name_of(user: &UserId) -> DisplayName {
    let name = texts::name(user.as_str()).unwrap_or("?");
    // An id holds no NUL, and blank ones have become another name.
    DisplayName::new(name).unwrap_or_else(|_| erased_name())
}
