use mtchat_protocol::{Card, Company, DisplayName, Fact, FactData, Notice, Participant, RichText};
use serde::Serialize;

/// What the dialog itself says, put into words by clients in the reader's language (parity section 11).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SystemMessage<'a> {
    /// The host tells of an event of the object.
    Card {
        /// The event.
        #[serde(flatten)]
        card: &'a Card,
        /// The same in words, for clients that do not know cards.
        text: String,
    },
    /// The dialog began with these people.
    ChatCreated {
        /// Everybody who was there from the start.
        participants: Vec<Named<'a>>,
    },
    /// The host says something.
    HostMessage {
        /// Plain text.
        text: &'a str,
    },
    /// Somebody came in.
    ParticipantJoined(Named<'a>),
    /// Somebody went.
    ParticipantLeft {
        /// Their name.
        name: &'a DisplayName,
    },
}

/// A person in a system message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Named<'a> {
    /// Their name.
    pub name: &'a DisplayName,
    /// Their company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<&'a Company>,
}

impl SystemMessage<'_> {
    /// The message's content on the wire: a JSON string.
    pub fn content(&self) -> RichText {
        // These shapes hold nothing that JSON could refuse; were it ever otherwise, an empty object is shown raw.
        let json = serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned());
        RichText::sanitised(&json)
    }
}

/// The system message that a fact is shown as: it has the fact's id and number, so it stands in the dialog's order.
pub fn system_message(fact: &Fact) -> Option<SystemMessage<'_>> {
    match &fact.data {
        FactData::DialogCreated(created) if !created.participants.is_empty() => {
            Some(SystemMessage::ChatCreated {
                participants: created.participants.iter().map(named).collect(),
            })
        }
        FactData::NoticePosted(posted) => Some(match &posted.notice {
            Notice::Card(card) => SystemMessage::Card {
                text: card.text(),
                card,
            },
            Notice::Text(text) => SystemMessage::HostMessage { text: text.as_str() },
        }),
        FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
            Some(SystemMessage::ParticipantJoined(named(&came.participant)))
        }
        FactData::ParticipantLeft(went) | FactData::ParticipantRemoved(went) => {
            Some(SystemMessage::ParticipantLeft {
                name: &went.display_name,
            })
        }
        FactData::Archived(_)
        | FactData::DialogArchived(_)
        | FactData::DialogCreated(_)
        | FactData::DialogDeleted(_)
        | FactData::DialogUnarchived(_)
        | FactData::DialogUpdated(_)
        | FactData::MarkedUnread(_)
        | FactData::MessageCreated(_)
        | FactData::MessageDeleted(_)
        | FactData::MessageEdited(_)
        | FactData::ReactionAdded(_)
        | FactData::ReactionRemoved(_)
        | FactData::NotificationPending(_)
        | FactData::NotificationsSet(_)
        | FactData::Pinned(_)
        | FactData::Read(_)
        | FactData::ParticipantRoleChanged(_)
        | FactData::ScopesReplaced(_)
        | FactData::Unarchived(_)
        | FactData::Unpinned(_)
        | FactData::Unknown(_) => None,
    }
}

fn named(participant: &Participant) -> Named<'_> {
    Named {
        name: &participant.profile.display_name,
        company: participant.profile.company.as_ref(),
    }
}
