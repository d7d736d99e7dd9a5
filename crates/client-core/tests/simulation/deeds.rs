//! What people and the host do in the world, by the fact that comes of it.

use fastrand::Rng;
use mtchat_domain::{
    Command, Creation, FoundMessage, KnownMessage, KnownReaction, KnownReactions, OwnCommand,
};
use mtchat_protocol::{
    AccessRule, Company, DialogId, DisplayName, Email, Emoji, FactData, FactKind, JoinedAs, MessageType,
    Notice, NoticeText, NotificationLevel, NotificationPending, NotifiedMessage, ObjectId, ObjectType,
    ObjectUrl, Participant, Profile, RichText, Role, ScopeId, Scopes, SenderView, Title, UnknownData, UserId,
};
use serde_json::value::RawValue;

use crate::{
    files,
    messages::Stored,
    world::{NAMES, Side, World, scopes, user},
};

/// Every kind of fact.
pub fn kinds() -> [FactKind; 26] {
    [
        FactKind::Archived,
        FactKind::DialogArchived,
        FactKind::DialogCreated,
        FactKind::DialogDeleted,
        FactKind::DialogUnarchived,
        FactKind::DialogUpdated,
        FactKind::MarkedUnread,
        FactKind::MessageCreated,
        FactKind::MessageDeleted,
        FactKind::MessageEdited,
        FactKind::NotificationPending,
        FactKind::NotificationsSet,
        FactKind::NoticePosted,
        FactKind::ParticipantAdded,
        FactKind::ParticipantJoined,
        FactKind::ParticipantLeft,
        FactKind::ParticipantRemoved,
        FactKind::ReactionAdded,
        FactKind::ReactionRemoved,
        FactKind::Pinned,
        FactKind::Read,
        FactKind::ParticipantRoleChanged,
        FactKind::ScopesReplaced,
        FactKind::Unarchived,
        FactKind::Unpinned,
        FactKind::Unknown("sung".to_owned()),
    ]
}

impl World {
    pub fn create(&mut self, people: &[UserId], rng: &mut Rng) -> Option<usize> {
        let dialog = DialogId(self.id());
        let creation = Creation {
            object_type: ObjectType::new("order").unwrap(),
            object_id: ObjectId::new("1").unwrap(),
            title: None,
            object_url: None,
            meta: None,
            created_by: people.first().cloned(),
            participants: people.iter().map(|one| self.participant(one, rng)).collect(),
            access_scopes: self.rules(rng),
            key: None,
        };
        self.host(dialog, Command::Create(Box::new(creation)))
    }

    /// Somebody does what makes a fact of this kind, if anybody can; its place.
    pub fn make(&mut self, kind: &FactKind, rng: &mut Rng) -> Option<usize> {
        let person = user(NAMES[rng.usize(..NAMES.len())]);
        if *kind == FactKind::DialogCreated {
            let people: Vec<UserId> = NAMES.iter().map(|name| user(name)).collect();
            return self.create(&people[rng.usize(..3)..], rng);
        }
        let dialogs = self.dialogs();
        let dialog = *rng.choice(&dialogs)?;
        let own = match kind {
            FactKind::Archived => OwnCommand::Archive,
            FactKind::NotificationsSet => OwnCommand::Notifications(*rng.choice(&[
                NotificationLevel::All,
                NotificationLevel::Mentions,
                NotificationLevel::None,
            ])?),
            FactKind::Pinned => OwnCommand::Pin,
            FactKind::Unarchived => OwnCommand::Unarchive,
            FactKind::Unpinned => OwnCommand::Unpin,
            FactKind::MarkedUnread => {
                OwnCommand::MarkUnread(self.somewhere(dialog, &person, Side::Before, rng)?)
            }
            FactKind::Read => OwnCommand::Read(self.somewhere(dialog, &person, Side::Behind, rng)?),
            FactKind::DialogUnarchived => {
                // Whoever archived is told once the database knows of the message.
                self.owns(dialog, &person, OwnCommand::Archive, 0)?;
                self.speaks(dialog, rng)?;
                self.project(usize::MAX);
                return Some(self.log.len());
            }
            FactKind::DialogArchived => return self.archive_idle(dialog),
            FactKind::MessageCreated => return self.speaks(dialog, rng),
            FactKind::NotificationPending => return self.notifies(dialog, rng),
            FactKind::MessageDeleted
            | FactKind::MessageEdited
            | FactKind::ReactionAdded
            | FactKind::ReactionRemoved => return self.meddles(kind, dialog, &person, rng),
            FactKind::ParticipantAdded
            | FactKind::ParticipantJoined
            | FactKind::ParticipantLeft
            | FactKind::ParticipantRemoved
            | FactKind::ParticipantRoleChanged => return self.moves(kind, dialog, &person, rng),
            FactKind::DialogCreated
            | FactKind::DialogDeleted
            | FactKind::DialogUpdated
            | FactKind::NoticePosted
            | FactKind::ScopesReplaced
            | FactKind::Unknown(_) => return self.hosts(kind, dialog, rng),
        };
        let behind = u64::from(rng.u8(..4) == 0);
        self.owns(dialog, &person, own, behind)
    }

    fn somewhere(
        &self,
        dialog: DialogId,
        who: &UserId,
        side: Side,
        rng: &mut Rng,
    ) -> Option<mtchat_domain::Place> {
        let messages = self.stored.dialogs.get(&dialog)?.all();
        let message = rng.choice(messages)?.view.id;
        self.place(dialog, who, message, side)
    }

    fn member(&self, dialog: DialogId, rng: &mut Rng) -> Option<UserId> {
        let seats = &self.truth.dialogs.get(&dialog)?.seats;
        rng.choice(seats).map(|seat| seat.user().clone())
    }

    fn speaks(&mut self, dialog: DialogId, rng: &mut Rng) -> Option<usize> {
        let who = self.member(dialog, rng)?;
        let text = format!("said {}", self.log.len());
        let uploads = files::uploads(&text, rng);
        let says_nothing = !uploads.is_empty() && rng.bool();
        let command = Command::Send {
            content: RichText::sanitised(if says_nothing { "" } else { &text }),
            reply_to: None,
            attachments: uploads.iter().map(files::attachment).collect(),
            taken: None,
        };
        self.user_command(dialog, command, &who)
    }

    /// The host is told that somebody has not read a message.
    fn notifies(&mut self, dialog: DialogId, rng: &mut Rng) -> Option<usize> {
        let user = self.member(dialog, rng)?;
        let messages = self.truth.dialogs.get(&dialog)?.all();
        let view = &rng.choice(messages)?.view;
        let message = NotifiedMessage {
            id: view.id,
            seq: view.seq,
            sender: SenderView {
                user_id: user.clone(),
                display_name: DisplayName::new("somebody").unwrap(),
                company: None,
            },
            content: view.content.clone(),
            reply_to: view.reply_to_id,
            sent_at: view.sent_at,
        };
        let pending = NotificationPending {
            user,
            unread_count: 1,
            first_unread_message_id: message.id,
            message,
            mentioned: false,
            replied: false,
        };
        self.unheard_of(dialog, FactData::NotificationPending(pending))
    }

    /// A message, edited or deleted by its author, or with an emoji put on or taken off.
    fn meddles(&mut self, kind: &FactKind, dialog: DialogId, who: &UserId, rng: &mut Rng) -> Option<usize> {
        let messages = self.truth.dialogs.get(&dialog)?.all();
        let theirs: Vec<&Stored> = messages
            .iter()
            .filter(|stored| !stored.deleted && stored.view.message_type == MessageType::User)
            .filter(|stored| *kind != FactKind::ReactionRemoved || !stored.reactions.is_empty())
            .collect();
        let stored = rng.choice(&theirs)?;
        let author = stored.view.sender_id.clone()?;
        let message = KnownMessage {
            id: stored.view.id,
            found: Some(FoundMessage {
                author: Some(author.clone()),
                deleted: false,
            }),
        };
        let (command, who) = match kind {
            FactKind::MessageEdited => {
                let content = RichText::sanitised(&format!("edited {}", self.log.len()));
                (Command::EditMessage { message, content }, author)
            }
            FactKind::MessageDeleted => {
                let moderates = false;
                (Command::DeleteMessage { message, moderates }, author)
            }
            _ => {
                let add = *kind == FactKind::ReactionAdded;
                let (emoji, who) = match rng.choice(&stored.reactions) {
                    Some((emoji, whose)) if !add => (emoji.clone(), whose.clone()),
                    _ => (Emoji::new(["👍", "🎉"][rng.usize(..2)]).unwrap(), who.clone()),
                };
                let reactions = known(&stored.reactions, &who);
                let command = Command::React {
                    message,
                    reactions,
                    emoji,
                    add,
                };
                (command, who)
            }
        };
        self.user_command(dialog, command, &who)
    }

    /// Somebody comes, goes, or gets another role.
    fn moves(&mut self, kind: &FactKind, dialog: DialogId, who: &UserId, rng: &mut Rng) -> Option<usize> {
        match kind {
            FactKind::ParticipantAdded => {
                let participant = self.participant(who, rng);
                self.host(dialog, Command::AddParticipant(participant))
            }
            FactKind::ParticipantJoined => {
                let table = self.truth.dialogs.get(&dialog)?;
                if !self.may_join(table, who) {
                    return None;
                }
                let command = Command::Join {
                    rules: table.rules.clone(),
                    scopes: self.scopes_of(who).clone(),
                    participant: Participant {
                        joined_as: JoinedAs::Joined,
                        role: Role::default(),
                        ..self.participant(who, rng)
                    },
                };
                self.user_command(dialog, command, who)
            }
            FactKind::ParticipantLeft => self.user_command(dialog, Command::Leave, who),
            FactKind::ParticipantRemoved => self.host(dialog, Command::RemoveParticipant(who.clone())),
            _ => {
                let (user, role) = (who.clone(), role(rng));
                self.host(dialog, Command::ChangeRole { user, role })
            }
        }
    }

    /// Something that the host does.
    fn hosts(&mut self, kind: &FactKind, dialog: DialogId, rng: &mut Rng) -> Option<usize> {
        let rules = self.truth.dialogs.get(&dialog)?.rules.clone();
        let command = match kind {
            FactKind::DialogDeleted => Command::Delete { rules },
            FactKind::NoticePosted => {
                let text = format!("notice {}", self.log.len());
                Command::PostNotice(Notice::Text(NoticeText::new(&text).unwrap()))
            }
            FactKind::ScopesReplaced => Command::ReplaceScopes {
                rules: self.rules(rng),
                former: rules,
            },
            FactKind::DialogUpdated => {
                let text = format!("{}", self.log.len());
                let some = |rng: &mut Rng| rng.bool().then(|| rng.bool());
                Command::Update {
                    title: some(rng).map(|there| there.then(|| Title::new(&text).unwrap())),
                    object_url: some(rng)
                        .map(|there| there.then(|| ObjectUrl::new(&format!("https://host/{text}")).unwrap())),
                    meta: some(rng).map(|there| there.then(|| serde_json::json!({ "at": text }))),
                    // Mostly open.
                    frozen: rng.bool().then(|| rng.u8(..3) == 0),
                }
            }
            _ => {
                let data = RawValue::from_string("{}".to_owned()).unwrap();
                let kind = "sung".to_owned();
                return self.unheard_of(dialog, FactData::Unknown(UnknownData { kind, data }));
            }
        };
        self.host(dialog, command)
    }

    /// Who may join: nobody, everybody with scopes, or those of a tenant and perhaps a department.
    fn rules(&mut self, rng: &mut Rng) -> Vec<AccessRule> {
        let asked = [
            scopes(&["north"], &[]),
            scopes(&["south"], &["sales"]),
            scopes(&["north", "south"], &["support"]),
            Scopes::default(),
        ];
        let mut rules = Vec::new();
        for _ in 0..rng.usize(..3) {
            rules.push(AccessRule {
                id: ScopeId(self.id()),
                created_at: self.time(),
                scopes: asked[rng.usize(..asked.len())].clone(),
            });
        }
        rules
    }

    /// Somebody with a profile that is another one each time.
    fn participant(&self, who: &UserId, rng: &mut Rng) -> Participant {
        let name = format!("{who} {}", rng.u8(..3));
        Participant {
            user: who.clone(),
            joined_as: JoinedAs::Participant,
            joined_at: self.time(),
            role: if rng.u8(..3) == 0 {
                role(rng)
            } else {
                Role::default()
            },
            profile: Profile {
                display_name: DisplayName::new(&name).unwrap(),
                company: rng.bool().then(|| Company::new("Works").unwrap()),
                email: rng
                    .bool()
                    .then(|| Email::new(&format!("{who}@host.example")).unwrap()),
                phone: None,
            },
        }
    }
}

/// Mostly one that may write.
fn role(rng: &mut Rng) -> Role {
    [
        Role::Member,
        Role::Member,
        Role::Moderator,
        Role::Owner,
        Role::ReadOnly,
    ][rng.usize(..5)]
}

fn known(reactions: &[(Emoji, UserId)], who: &UserId) -> KnownReactions {
    let mut known: Vec<KnownReaction> = Vec::new();
    for (emoji, whose) in reactions {
        let place = known.iter().position(|one| one.emoji == *emoji);
        let place = place.unwrap_or_else(|| {
            known.push(KnownReaction {
                emoji: emoji.clone(),
                others: 0,
                first_of_others: None,
                own: None,
            });
            known.len() - 1
        });
        if whose == who {
            known[place].own = Some(1);
        } else {
            known[place].others += 1;
            known[place].first_of_others = Some(1);
        }
    }
    KnownReactions(known)
}
