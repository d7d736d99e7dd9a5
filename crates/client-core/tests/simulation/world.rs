//! The log with the real rules, a database that lags behind it, and the API on top of both.

use std::collections::BTreeMap;

use fastrand::Rng;
use mtchat_domain::{
    Command, Creation, Decision, Dialog, FoundMessage, KnownMessage, KnownReaction, KnownReactions,
    OwnCommand, Place, audience, decide, frames, own_state,
};
use mtchat_protocol::{
    Actor, AppId, DialogId, DisplayName, Emoji, Epoch, ErrorCode, Fact, FactId, JoinedAs, MessageId,
    MessageType, ObjectId, ObjectType, Participant, Positions, Profile, RichText, ServerFrame, Timestamp,
    UserId,
};
use uuid::Uuid;

use crate::tables::Tables;

#[derive(Default)]
pub struct World {
    pub log: Vec<Fact>,
    heads: BTreeMap<DialogId, Dialog>,
    /// Everything that happened.
    pub truth: Tables,
    /// What the database knows of.
    pub stored: Tables,
    pub stored_to: usize,
    epoch: u32,
    /// Places of the log before this are not resumed.
    pub floor: usize,
    ids: u128,
}

pub const NAMES: [&str; 3] = ["alice", "bob", "carol"];

pub fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

fn participant(name: &UserId) -> Participant {
    Participant {
        user: name.clone(),
        joined_as: JoinedAs::Participant,
        joined_at: Timestamp::from_micros(0),
        role: mtchat_protocol::Role::default(),
        profile: Profile {
            display_name: DisplayName::new(name.as_str()).unwrap(),
            company: None,
            email: None,
            phone: None,
        },
    }
}

impl World {
    pub fn epoch(&self) -> Epoch {
        Epoch(format!("1-{}", self.epoch))
    }

    /// The log begins a new life: no place of the one before is resumed.
    pub fn new_epoch(&mut self) {
        self.epoch += 1;
    }

    pub fn dialogs(&self) -> Vec<DialogId> {
        self.truth.dialogs.keys().copied().collect()
    }

    /// Let the database know of so many facts more.
    pub fn project(&mut self, count: usize) {
        let to = self.stored_to.saturating_add(count).min(self.log.len());
        for fact in &self.log[self.stored_to..to] {
            self.stored.apply(fact);
        }
        self.stored_to = to;
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | self.ids)
    }

    pub fn create(&mut self, people: &[UserId]) -> DialogId {
        let dialog = DialogId(self.id());
        let creation = Creation {
            object_type: ObjectType::new("order").unwrap(),
            object_id: ObjectId::new("1").unwrap(),
            title: None,
            object_url: None,
            meta: None,
            created_by: None,
            participants: people.iter().map(participant).collect(),
            access_scopes: Vec::new(),
            key: None,
        };
        self.host(dialog, Command::Create(Box::new(creation)));
        dialog
    }

    pub fn host(&mut self, dialog: DialogId, command: Command) {
        let id = FactId(self.id());
        let _ = self.command(dialog, command, Actor::Host, id);
    }

    pub fn add(&mut self, dialog: DialogId, user: &UserId) {
        self.host(dialog, Command::AddParticipant(participant(user)));
    }

    /// Decide, and append what follows; the place of the fact, or `None` when nothing changes.
    pub fn command(
        &mut self,
        dialog: DialogId,
        command: Command,
        actor: Actor,
        id: FactId,
    ) -> Result<Option<usize>, ErrorCode> {
        let decided = match decide(self.heads.get(&dialog), command, &actor) {
            Ok(Decision::Append(decided)) => *decided,
            Ok(Decision::Unchanged) => return Ok(None),
            Err(rejection) => return Err(rejection.code()),
        };
        let head = decided.next.head();
        self.heads.insert(dialog, decided.next);
        Ok(Some(self.append(dialog, head, decided.data, actor, id)))
    }

    fn append(
        &mut self,
        dialog: DialogId,
        head: mtchat_protocol::Head,
        data: mtchat_protocol::FactData,
        actor: Actor,
        id: FactId,
    ) -> usize {
        let fact = Fact {
            id,
            app: AppId::default_app(),
            dialog,
            at: Timestamp::from_micros(1_764_000_000_000_000 + i64::try_from(self.log.len()).unwrap()),
            actor,
            head,
            data,
        };
        self.truth.apply(&fact);
        self.log.push(fact);
        self.log.len()
    }

    /// A message, edited or deleted by its author, or with an emoji put on or taken off.
    pub fn meddle(&mut self, rng: &mut Rng) {
        let dialogs = self.dialogs();
        let Some(dialog) = rng.choice(&dialogs).copied() else {
            return;
        };
        let messages = self.truth.dialogs[&dialog].all();
        let user_messages: Vec<_> = messages
            .iter()
            .filter(|stored| !stored.deleted && stored.view.message_type == MessageType::User)
            .collect();
        let Some(stored) = rng.choice(&user_messages) else {
            return;
        };
        let (id, author) = (stored.view.id, stored.view.sender_id.clone().unwrap());
        let message = KnownMessage {
            id,
            found: Some(FoundMessage {
                author: Some(author.clone()),
                deleted: false,
            }),
        };
        let someone = user(NAMES[rng.usize(..NAMES.len())]);
        let (command, who) = match rng.u8(..4) {
            0 => {
                let content = RichText::sanitised(&format!("edited {}", self.log.len()));
                (Command::EditMessage { message, content }, author)
            }
            1 => {
                let moderates = false;
                (Command::DeleteMessage { message, moderates }, author)
            }
            _ => {
                let emoji = Emoji::new(["👍", "🎉"][rng.usize(..2)]).unwrap();
                let reactions = known(stored.reactions(), &someone);
                let add = !reactions.has_own(&emoji);
                let command = Command::React {
                    message,
                    reactions,
                    emoji,
                    add,
                };
                (command, someone)
            }
        };
        let id = FactId(self.id());
        let _ = self.command(dialog, command, Actor::User { id: who }, id);
    }

    /// Something of a user's own, from another device that is not one of the clients.
    pub fn own(&mut self, rng: &mut Rng) {
        let dialogs = self.dialogs();
        let Some(dialog) = rng.choice(&dialogs).copied() else {
            return;
        };
        let who = user(NAMES[rng.usize(..NAMES.len())]);
        let place = |world: &Self| {
            let table = world.stored.dialogs.get(&dialog)?;
            let shown = table.shown(&who);
            let view = shown.get(fastrand::usize(..1).min(shown.len().checked_sub(1)?))?;
            Some((view.id, view.seq))
        };
        let command = match rng.u8(..6) {
            0 => OwnCommand::Archive,
            1 => OwnCommand::Unarchive,
            2 => OwnCommand::Pin,
            3 => OwnCommand::Unpin,
            4 => OwnCommand::Notifications(rng.bool()),
            _ => {
                let Some((message_id, seq)) = place(self) else {
                    return;
                };
                let place = self.place(dialog, &who, message_id, seq - 1);
                OwnCommand::MarkUnread(place)
            }
        };
        self.owns(dialog, &who, command);
    }

    /// What the database says of a place: it may be behind.
    pub fn place(&self, dialog: DialogId, who: &UserId, message_id: MessageId, seq: u64) -> Place {
        let unread = self.stored.dialogs.get(&dialog);
        Place {
            message_id,
            seq,
            count: 0,
            unread_count: unread.map_or(0, |table| table.unread_after(who, seq)),
        }
    }

    pub fn owns(&mut self, dialog: DialogId, who: &UserId, command: OwnCommand) -> Option<usize> {
        let state = self.heads.get(&dialog)?;
        let data = own_state(state, who, command).ok()?;
        let head = state.head();
        let id = FactId(self.id());
        Some(self.append(dialog, head, data, Actor::User { id: who.clone() }, id))
    }

    /// The frames of a place of the log that somebody gets.
    pub fn frames_for(&self, place: usize, who: &UserId) -> Vec<ServerFrame> {
        let fact = &self.log[place];
        let audience = audience(fact);
        let concerned = audience.also.contains(who);
        let members = audience.members.unwrap_or_else(|| [].into());
        if !concerned && !members.iter().any(|member| member.user == *who) {
            return Vec::new();
        }
        let all = frames(fact.clone()).into_iter();
        let mut theirs: Vec<ServerFrame> = all
            .filter(|frame| frame.to.reaches(concerned))
            .map(|frame| frame.frame)
            .collect();
        if let Some(last) = theirs.last_mut() {
            last.set_pos(Positions(vec![place as u64 + 1]));
        }
        theirs
    }
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
