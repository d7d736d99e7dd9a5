//! Facts as the edges make them: every one of them was decided.

use std::collections::{BTreeMap, HashMap};

use mtchat_domain::{
    Command, Creation, Decision, Dialog, FoundMessage, KnownMessage, KnownReaction, KnownReactions,
    OwnCommand, Rejection, decide, own_state,
};
use mtchat_protocol::{
    AccessRule, Actor, AppId, Attachment, AttachmentId, Company, ContentType, DialogId, DisplayName, Email,
    Emoji, Fact, FactData, FactId, FileKey, FileName, JoinedAs, MessageId, ObjectId, ObjectType, Participant,
    Phone, Profile, RichText, ScopeId, ScopeValue, Scopes, Thumbnail, Timestamp, Title, UserId,
};
use mtchat_storage::Entry;
use uuid::Uuid;

/// A log, and what the naive reading of it says.
#[derive(Default)]
pub struct History {
    pub entries: Vec<Entry>,
    pub dialogs: HashMap<(AppId, DialogId), Told>,
    ids: u128,
}

/// One dialog, as whoever listened to every fact would tell of it.
pub struct Told {
    pub state: Dialog,
    pub rules: Vec<AccessRule>,
    /// User messages in order: id, author, deleted.
    pub messages: Vec<(MessageId, UserId, bool)>,
    /// How many messages came before and including the newest one that each member has read.
    pub read: HashMap<UserId, usize>,
    /// What is on messages: which, what, whose, since which `seq`.
    pub reactions: Vec<(MessageId, Emoji, UserId, u64)>,
}

impl Told {
    /// Messages after the pointer that are neither own nor deleted.
    pub fn unread(&self, user: &UserId) -> u64 {
        let after = self.messages.iter().skip(self.read[user]);
        after
            .filter(|(_, author, deleted)| author != user && !deleted)
            .count() as u64
    }
}

impl Told {
    /// What is on a message, as this user sees it, by emoji.
    pub fn known(&self, id: MessageId, user: &UserId) -> KnownReactions {
        let mut known: BTreeMap<&str, KnownReaction> = BTreeMap::new();
        for (_, emoji, whose, seq) in self.reactions.iter().filter(|(message, ..)| *message == id) {
            let one = known.entry(emoji.as_str()).or_insert(KnownReaction {
                emoji: emoji.clone(),
                others: 0,
                first_of_others: None,
                own: None,
            });
            if whose == user {
                one.own = Some(*seq);
            } else {
                one.others += 1;
                one.first_of_others = one.first_of_others.or(Some(*seq));
            }
        }
        KnownReactions(known.into_values().collect())
    }
}

impl History {
    /// Put an emoji on a message or take it away; `false` when it is so already.
    pub fn react(&mut self, name: &str, dialog: DialogId, id: MessageId, emoji: &str, add: bool) -> bool {
        let told = &self.dialogs[&(AppId::default_app(), dialog)];
        let author = told
            .messages
            .iter()
            .find(|(message, ..)| *message == id)
            .unwrap()
            .1
            .clone();
        let command = Command::React {
            message: known(author.as_str(), id),
            reactions: told.known(id, &user(name)),
            emoji: Emoji::new(emoji).unwrap(),
            add,
        };
        self.by(name, dialog, command)
    }

    pub fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | self.ids)
    }

    /// A dialog of the default app with these people, for the object `order`/`1`.
    pub fn create(&mut self, people: &[&str]) -> DialogId {
        self.create_with(&AppId::default_app(), people, Vec::new())
    }

    pub fn create_with(&mut self, app: &AppId, people: &[&str], rules: Vec<AccessRule>) -> DialogId {
        let dialog = DialogId(self.id());
        let creation = Creation {
            object_type: ObjectType::new("order").unwrap(),
            object_id: ObjectId::new("1").unwrap(),
            title: Some(Title::new("Order 1").unwrap()),
            object_url: None,
            meta: Some(serde_json::json!({"z": [1, null], "a": "\u{0}"})),
            created_by: people.first().map(|name| user(name)),
            participants: people
                .iter()
                .map(|name| participant(name, JoinedAs::Participant))
                .collect(),
            access_scopes: rules,
            key: None,
        };
        self.host(app, dialog, Command::Create(Box::new(creation)));
        dialog
    }

    pub fn host(&mut self, app: &AppId, dialog: DialogId, command: Command) -> bool {
        self.attempt(app, dialog, command, Actor::Host).unwrap()
    }

    pub fn by(&mut self, name: &str, dialog: DialogId, command: Command) -> bool {
        self.attempt(
            &AppId::default_app(),
            dialog,
            command,
            Actor::User { id: user(name) },
        )
        .unwrap()
    }

    pub fn send(&mut self, name: &str, dialog: DialogId, text: &str) -> MessageId {
        self.by(name, dialog, send(text));
        self.last_message()
    }

    pub fn delete_message(&mut self, name: &str, dialog: DialogId, id: MessageId) {
        self.by(name, dialog, delete_message(known(name, id)));
    }

    pub fn edit(&mut self, name: &str, dialog: DialogId, id: MessageId, text: &str) {
        let message = known(name, id);
        self.by(
            name,
            dialog,
            Command::EditMessage {
                message,
                content: RichText::sanitised(text),
            },
        );
    }

    /// A user's own state, decided on the dialog as it is.
    pub fn own(&mut self, name: &str, dialog: DialogId, command: OwnCommand) {
        let app = AppId::default_app();
        let id = FactId(self.id());
        let state = &self.dialogs[&(app.clone(), dialog)].state;
        let log_seq = self.entries.last().map_or(0, |entry| entry.log_seq) + 1;
        let fact = Fact {
            id,
            app,
            dialog,
            at: Timestamp::from_micros(1_764_000_000_000_000 + i64::try_from(log_seq).unwrap()),
            actor: Actor::User { id: user(name) },
            head: state.head(),
            data: own_state(state, &user(name), command).unwrap(),
        };
        self.entries.push(Entry {
            log_seq,
            fact: Ok(fact),
        });
    }

    pub fn last_message(&self) -> MessageId {
        MessageId::from(self.entries.last().unwrap().fact.as_ref().unwrap().id)
    }

    /// Decide a command and append its fact; `false` when it changes nothing.
    pub fn attempt(
        &mut self,
        app: &AppId,
        dialog: DialogId,
        command: Command,
        actor: Actor,
    ) -> Result<bool, Rejection> {
        let key = (app.clone(), dialog);
        let state = self.dialogs.get(&key).map(|told| &told.state);
        let decided = match decide(state, command, &actor)? {
            Decision::Append(decided) => *decided,
            Decision::Unchanged => return Ok(false),
        };
        let id = FactId(self.id());
        let log_seq = self.entries.last().map_or(0, |entry| entry.log_seq) + 1;
        let at = Timestamp::from_micros(1_764_000_000_000_000 + i64::try_from(log_seq).unwrap());
        let head = decided.next.head();
        let fact = Fact {
            id,
            app: app.clone(),
            dialog,
            at,
            actor,
            head,
            data: decided.data,
        };
        let told = self.dialogs.entry(key).or_insert_with(|| Told {
            state: decided.next.clone(),
            rules: Vec::new(),
            messages: Vec::new(),
            read: HashMap::new(),
            reactions: Vec::new(),
        });
        told.state = decided.next;
        told.listen(&fact);
        self.entries.push(Entry {
            log_seq,
            fact: Ok(fact),
        });
        Ok(true)
    }
}

impl Told {
    fn listen(&mut self, fact: &Fact) {
        match &fact.data {
            FactData::DialogCreated(created) => {
                self.rules.clone_from(&created.access_scopes);
                self.read
                    .extend(created.participants.iter().map(|one| (one.user.clone(), 0)));
            }
            FactData::ScopesReplaced(replaced) => self.rules.clone_from(&replaced.access_scopes),
            FactData::MessageCreated(sent) => {
                let author = sent.sender.user_id.clone();
                self.messages
                    .push((MessageId::from(fact.id), author.clone(), false));
                self.read.insert(author, self.messages.len());
            }
            FactData::ReactionAdded(one) => {
                let added = (one.message_id, one.emoji.clone(), one.user.clone(), fact.seq());
                self.reactions.push(added);
            }
            FactData::ReactionRemoved(one) => {
                let is = |(message, emoji, user, _): &(MessageId, Emoji, UserId, u64)| {
                    (*message, emoji, user) == (one.message_id, &one.emoji, &one.user)
                };
                let place = self.reactions.iter().position(is).unwrap();
                self.reactions.remove(place);
            }
            FactData::MessageDeleted(gone) => {
                self.reactions.retain(|(message, ..)| *message != gone.message_id);
                self.messages
                    .iter_mut()
                    .find(|(id, ..)| *id == gone.message_id)
                    .unwrap()
                    .2 = true;
            }
            FactData::ParticipantAdded(came) | FactData::ParticipantJoined(came) => {
                self.read.insert(came.participant.user.clone(), 0);
            }
            _ => {}
        }
    }
}

pub fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

pub fn send(text: &str) -> Command {
    Command::Send {
        content: RichText::sanitised(text),
        reply_to: None,
        attachments: Vec::new(),
        taken: None,
    }
}

/// A message with these files and no text.
pub fn send_files(attachments: Vec<Attachment>) -> Command {
    Command::Send {
        content: RichText::sanitised(""),
        reply_to: None,
        attachments,
        taken: None,
    }
}

/// The file that was uploaded under a name.
pub fn file(name: &str) -> Attachment {
    let mut id = [0; 16];
    id[..name.len()].copy_from_slice(name.as_bytes());
    Attachment {
        id: AttachmentId(Uuid::from_bytes(id)),
        filename: FileName::new(&format!("{name}.png")).unwrap(),
        content_type: ContentType::declared("image/png").unwrap(),
        size: 7,
        width: Some(3),
        height: Some(2),
        thumbnail: Thumbnail::Jpeg,
        key: FileKey::made(&format!("default/files/{name}")),
        upload: FileKey::made(&format!("default/uploads/{name}")),
    }
}

pub fn known(author: &str, id: MessageId) -> KnownMessage {
    KnownMessage {
        id,
        found: Some(FoundMessage {
            author: Some(user(author)),
            deleted: false,
        }),
    }
}

pub fn delete_message(message: KnownMessage) -> Command {
    Command::DeleteMessage {
        message,
        moderates: false,
    }
}

pub fn participant(name: &str, joined_as: JoinedAs) -> Participant {
    let profile = Profile {
        display_name: DisplayName::new(&format!("Name of {name}")).unwrap(),
        company: Some(Company::new("Acme").unwrap()),
        email: Some(Email::new(&format!("{name}@example.org")).unwrap()),
        phone: Some(Phone::new("+49 1").unwrap()),
    };
    Participant {
        user: user(name),
        joined_as,
        joined_at: Timestamp::from_micros(1_764_000_000_000_000),
        role: mtchat_protocol::Role::default(),
        profile,
    }
}

pub fn join(name: &str, rules: &[AccessRule]) -> Command {
    let scopes = rules.first().map(|rule| rule.scopes.clone()).unwrap_or_default();
    Command::Join {
        participant: participant(name, JoinedAs::Joined),
        scopes,
        rules: rules.to_vec(),
    }
}

pub fn scopes(levels: [&[&str]; 3]) -> Scopes {
    let [l0, l1, l2] = levels.map(|level| {
        level
            .iter()
            .map(|value| ScopeValue::new(value).unwrap())
            .collect()
    });
    Scopes {
        scope_level0: l0,
        scope_level1: l1,
        scope_level2: l2,
    }
}

pub fn rule(levels: [&[&str]; 3]) -> AccessRule {
    AccessRule {
        id: ScopeId(Uuid::from_u128(levels.concat().len() as u128 + 1)),
        created_at: Timestamp::from_micros(1_764_000_000_000_000),
        scopes: scopes(levels),
    }
}
