use mtchat_protocol::{
    Actor, DialogAutoArchived, DialogCreated, DialogDeleted, DialogUpdated, Emoji, FactData, MessageCreated,
    MessageDeleted, MessageEdited, MessageId, NoticePosted, ParticipantGone, ParticipantIn,
    ParticipantRoleChanged, Reaction, ScopesReplaced, SenderView, UserId,
};

use crate::{
    Action, Command, Creation, Dialog, KnownMessage, KnownReactions, Rejection, caller_matches, can,
    erased_name, mentions::mentions,
};

/// What follows from a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// This fact, and with it this state.
    Append(Box<Decided>),
    /// Nothing: it is so already.
    Unchanged,
}

/// A fact that may be appended to exactly the state that it was decided against.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// What happens.
    pub data: FactData,
    /// The state after it.
    pub next: Dialog,
}

/// Judge a command against a dialog's state; `None` is a dialog of which no fact exists.
pub fn decide(state: Option<&Dialog>, command: Command, actor: &Actor) -> Result<Decision, Rejection> {
    if let Command::Create(creation) = command {
        return create(state, *creation, actor);
    }
    let dialog = state.ok_or(Rejection::DialogUnknown)?;
    let data = match actor {
        Actor::Host | Actor::System => by_host(dialog, command)?,
        Actor::User { id } => by_user(dialog, command, id)?,
    };
    Ok(match data {
        Some(data) => Decision::Append(Box::new(Decided {
            next: dialog.after(&data),
            data,
        })),
        None => Decision::Unchanged,
    })
}

fn create(state: Option<&Dialog>, creation: Creation, actor: &Actor) -> Result<Decision, Rejection> {
    if actor.user().is_some() {
        return Err(Rejection::NotHost);
    }
    if state.is_some() {
        return Err(Rejection::DialogExists);
    }
    let next = Dialog {
        seq: 1,
        count: 0,
        object_type: creation.object_type,
        object_id: creation.object_id,
        title: creation.title,
        frozen: false,
        deleted: false,
        members_rev: 1,
        members: creation
            .participants
            .iter()
            .map(mtchat_protocol::Participant::member)
            .collect(),
    };
    let data = FactData::DialogCreated(DialogCreated {
        object_url: creation.object_url,
        meta: creation.meta,
        created_by: creation.created_by,
        participants: creation.participants,
        access_scopes: creation.access_scopes,
        key: creation.key,
    });
    Ok(Decision::Append(Box::new(Decided { data, next })))
}

fn by_host(dialog: &Dialog, command: Command) -> Result<Option<FactData>, Rejection> {
    if dialog.deleted {
        return match command {
            // Deleting twice is harmless, and what is gone is out of sight.
            Command::ArchiveIdle { .. } | Command::Delete { .. } => Ok(None),
            _ => Err(Rejection::DialogDeleted),
        };
    }
    Ok(match command {
        Command::AddParticipant(participant) => dialog
            .member(&participant.user)
            .is_none()
            .then_some(FactData::ParticipantAdded(ParticipantIn { participant })),
        Command::ArchiveIdle { seq } => {
            (seq == dialog.seq).then_some(FactData::DialogArchived(DialogAutoArchived {
                count: dialog.count,
            }))
        }
        Command::ChangeRole { user, role } => {
            let member = dialog.member(&user).ok_or(Rejection::ParticipantUnknown)?;
            (member.role != role).then_some(FactData::ParticipantRoleChanged(ParticipantRoleChanged {
                user,
                role,
            }))
        }
        Command::Delete { rules } => {
            let former_members = dialog.members.iter().map(|member| member.user.clone()).collect();
            Some(FactData::DialogDeleted(DialogDeleted {
                former_members,
                former_access_scopes: rules,
            }))
        }
        Command::PostNotice(_) if dialog.frozen => return Err(Rejection::Frozen),
        Command::PostNotice(notice) => Some(FactData::NoticePosted(NoticePosted { notice })),
        Command::RemoveParticipant(user) => gone(dialog, &user).map(FactData::ParticipantRemoved),
        Command::ReplaceScopes { rules, former } => Some(FactData::ScopesReplaced(ScopesReplaced {
            access_scopes: rules,
            former_access_scopes: former,
        })),
        Command::Update {
            title,
            object_url,
            meta,
            frozen,
        } => {
            let update = DialogUpdated {
                title: title.filter(|title| *title != dialog.title),
                object_url,
                meta,
                frozen: frozen.filter(|frozen| *frozen != dialog.frozen),
            };
            (update != DialogUpdated::default()).then_some(FactData::DialogUpdated(update))
        }
        // As part of an erasure: whose message it is does not matter.
        Command::DeleteMessage { message, .. } => match &message.found {
            None => return Err(Rejection::MessageUnknown(message.id)),
            Some(found) if found.author.is_none() => return Err(Rejection::SystemMessage),
            Some(found) => (!found.deleted).then_some(FactData::MessageDeleted(MessageDeleted {
                message_id: message.id,
            })),
        },
        Command::EraseParticipant(user) => gone(dialog, &user).map(|went| {
            FactData::ParticipantRemoved(ParticipantGone {
                display_name: erased_name(),
                ..went
            })
        }),
        Command::Restate => Some(FactData::DialogUpdated(DialogUpdated::default())),
        Command::Create(_)
        | Command::EditMessage { .. }
        | Command::Join { .. }
        | Command::Leave
        | Command::React { .. }
        | Command::Send { .. } => return Err(Rejection::NotParticipant),
    })
}

fn by_user(dialog: &Dialog, command: Command, user: &UserId) -> Result<Option<FactData>, Rejection> {
    Ok(match command {
        Command::DeleteMessage { message, moderates } => {
            can(user, Action::Write, dialog)?;
            may_delete(&message, user, moderates, dialog)?;
            Some(FactData::MessageDeleted(MessageDeleted {
                message_id: message.id,
            }))
        }
        Command::EditMessage { message, content } => {
            can(user, Action::Write, dialog)?;
            may_change(&message, user)?;
            Some(FactData::MessageEdited(MessageEdited {
                message_id: message.id,
                mentions: mentions(&content, &dialog.members, user),
                content,
            }))
        }
        Command::Join {
            participant,
            scopes,
            rules,
        } => {
            if dialog.deleted {
                return Err(Rejection::DialogDeleted);
            }
            if dialog.member(user).is_some() {
                return Err(Rejection::AlreadyParticipant);
            }
            if dialog.frozen {
                return Err(Rejection::Frozen);
            }
            if participant.user != *user || !caller_matches(&scopes, &rules) {
                return Err(Rejection::ScopeMismatch);
            }
            Some(FactData::ParticipantJoined(ParticipantIn { participant }))
        }
        Command::Leave => leave(dialog, user)?,
        Command::React {
            message,
            reactions,
            emoji,
            add,
        } => {
            can(user, Action::Write, dialog)?;
            may_react(&message)?;
            react(message.id, &reactions, emoji, add, user)?
        }
        Command::Send {
            content,
            reply_to,
            attachments,
            taken,
        } => {
            let sender = sender(dialog, user)?;
            if let Some(attachment) = taken {
                return Err(Rejection::AttachmentTaken(attachment));
            }
            Some(FactData::MessageCreated(MessageCreated {
                sender,
                mentions: mentions(&content, &dialog.members, user),
                content,
                reply_to,
                attachments,
            }))
        }
        Command::AddParticipant(_)
        | Command::ArchiveIdle { .. }
        | Command::ChangeRole { .. }
        | Command::Create(_)
        | Command::Delete { .. }
        | Command::EraseParticipant(_)
        | Command::PostNotice(_)
        | Command::RemoveParticipant(_)
        | Command::ReplaceScopes { .. }
        | Command::Restate
        | Command::Update { .. } => return Err(Rejection::NotHost),
    })
}

fn leave(dialog: &Dialog, user: &UserId) -> Result<Option<FactData>, Rejection> {
    if dialog.deleted {
        return Err(Rejection::DialogDeleted);
    }
    if dialog.frozen && dialog.member(user).is_some() {
        return Err(Rejection::Frozen);
    }
    Ok(gone(dialog, user).map(FactData::ParticipantLeft))
}

/// Who sends something now, as others see them.
fn sender(dialog: &Dialog, user: &UserId) -> Result<SenderView, Rejection> {
    can(user, Action::Write, dialog)?;
    let member = dialog.member(user).ok_or(Rejection::NotParticipant)?;
    Ok(SenderView {
        user_id: member.user.clone(),
        display_name: member.display_name.clone(),
        company: member.company.clone(),
    })
}

fn gone(dialog: &Dialog, user: &UserId) -> Option<ParticipantGone> {
    dialog.member(user).map(|member| ParticipantGone {
        user: member.user.clone(),
        display_name: member.display_name.clone(),
    })
}

fn may_react(message: &KnownMessage) -> Result<(), Rejection> {
    match &message.found {
        None => Err(Rejection::MessageUnknown(message.id)),
        Some(found) if found.deleted => Err(Rejection::MessageDeleted(message.id)),
        Some(found) if found.author.is_none() => Err(Rejection::SystemMessage),
        Some(_) => Ok(()),
    }
}

fn react(
    message_id: MessageId,
    reactions: &KnownReactions,
    emoji: Emoji,
    add: bool,
    user: &UserId,
) -> Result<Option<FactData>, Rejection> {
    if reactions.has_own(&emoji) == add {
        return Ok(None);
    }
    if add && !reactions.has_room_for(&emoji) {
        return Err(Rejection::TooManyEmoji);
    }
    let reaction = Reaction {
        message_id,
        emoji,
        user: user.clone(),
    };
    Ok(Some(if add {
        FactData::ReactionAdded(reaction)
    } else {
        FactData::ReactionRemoved(reaction)
    }))
}

/// The author may; others, where they moderate.
fn may_delete(
    message: &KnownMessage,
    user: &UserId,
    permitted: bool,
    dialog: &Dialog,
) -> Result<(), Rejection> {
    match may_change(message, user) {
        Err(not_author @ Rejection::NotAuthor { .. }) => {
            can(user, Action::Moderate { permitted }, dialog).map_err(|_| not_author)
        }
        judged => judged,
    }
}

fn may_change(message: &KnownMessage, user: &UserId) -> Result<(), Rejection> {
    let found = message
        .found
        .as_ref()
        .ok_or(Rejection::MessageUnknown(message.id))?;
    match &found.author {
        _ if found.deleted => Err(Rejection::MessageDeleted(message.id)),
        None => Err(Rejection::SystemMessage),
        Some(author) if author != user => Err(Rejection::NotAuthor {
            user: user.clone(),
            message: message.id,
        }),
        Some(_) => Ok(()),
    }
}
