use mtchat_protocol::{Company, DisplayName, Fact, FactData, UserId};
use serde_json::Value;

/// What stands where the name of an erased person stood.
pub fn erased_name() -> DisplayName {
    DisplayName::of_the_erased()
}

/// Whether a fact holds something of a person beside their id: what they wrote, their name, or that they did it.
pub fn tells_of(fact: &Fact, user: &UserId) -> bool {
    let named = |members: &[mtchat_protocol::Member]| members.iter().any(|member| member.user == *user);
    if fact.actor.user() == Some(user) || fact.head.members.as_deref().is_some_and(named) {
        return true;
    }
    match &fact.data {
        FactData::DialogCreated(created) => created
            .participants
            .iter()
            .any(|participant| participant.user == *user),
        FactData::MessageCreated(message) => message.sender.user_id == *user,
        FactData::NotificationPending(pending) => {
            pending.user == *user || pending.message.sender.user_id == *user
        }
        FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
            came.participant.user == *user
        }
        FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
            went.user == *user && went.display_name != erased_name()
        }
        FactData::ReactionAdded(reaction) | FactData::ReactionRemoved(reaction) => reaction.user == *user,
        data => data.own_user() == Some(user),
    }
}

/// A system message without a person: its content where these are their names; `None` when it does not name them.
pub fn without_person(content: &str, names: &[(DisplayName, Option<Company>)]) -> Option<String> {
    let mut message: Value = serde_json::from_str(content).ok()?;
    let object = message.as_object_mut()?;
    let mut changed = false;
    match object.get("event")?.as_str()? {
        "chat_created" => {
            for person in object.get_mut("participants")?.as_array_mut()? {
                changed |= neutralise(person.as_object_mut()?, names);
            }
        }
        "participant_joined" | "participant_left" => changed |= neutralise(object, names),
        _ => {}
    }
    changed.then(|| message.to_string())
}

/// A name is told only with its company, where there is one; who left is told by the name alone.
fn neutralise(person: &mut serde_json::Map<String, Value>, names: &[(DisplayName, Option<Company>)]) -> bool {
    let said = person.get("name").and_then(Value::as_str);
    let works = person.get("company").and_then(Value::as_str);
    let is_theirs = names.iter().any(|(name, company)| {
        said == Some(name.as_str()) && (works.is_none() || works == company.as_ref().map(Company::as_str))
    });
    if is_theirs {
        person.insert("name".to_owned(), Value::from(erased_name().as_str()));
        person.remove("company");
    }
    is_theirs
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use super::*;

    fn names() -> Vec<(DisplayName, Option<Company>)> {
        vec![(
            DisplayName::new("Alice").unwrap(),
            Some(Company::new("Acme").unwrap()),
        )]
    }

    #[test]
    fn a_system_message_forgets_a_person_and_keeps_the_others() {
        let created =
            r#"{"event":"chat_created","participants":[{"name":"Alice","company":"Acme"},{"name":"Bob"}]}"#;
        assert_eq!(
            without_person(created, &names()).unwrap(),
            r#"{"event":"chat_created","participants":[{"name":"Deleted user"},{"name":"Bob"}]}"#
        );
        let left = r#"{"event":"participant_left","name":"Alice"}"#;
        assert_eq!(
            without_person(left, &names()).unwrap(),
            r#"{"event":"participant_left","name":"Deleted user"}"#
        );
    }

    #[test]
    fn whoever_has_the_same_name_elsewhere_and_what_the_host_says_stay() {
        for other in [
            r#"{"event":"participant_joined","name":"Alice","company":"Umbrella"}"#,
            r#"{"event":"participant_joined","name":"Alicia"}"#,
            r#"{"event":"host_message","text":"Alice"}"#,
            "no JSON",
        ] {
            assert_eq!(without_person(other, &names()), None, "{other}");
        }
    }
}
