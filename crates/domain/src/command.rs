use mtchat_protocol::{
    AccessRule, Attachment, AttachmentId, Emoji, MessageId, Notice, ObjectId, ObjectKey, ObjectType,
    ObjectUrl, Participant, RichText, Role, Scopes, Title, UserId,
};

use crate::KnownReactions;

/// Something that somebody wants to happen; it may be refused.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The host adds a participant; a repeat changes nothing.
    AddParticipant(Participant),
    /// The archiver puts a dialog out of everybody's sight in which nothing was said for long.
    ArchiveIdle {
        /// At which `seq` that was found. If anything has happened since, nothing is done: it was not seen.
        seq: u64,
    },
    /// The host gives a participant another role.
    ChangeRole {
        /// Whose.
        user: UserId,
        /// The role from now on.
        role: Role,
    },
    /// The host creates a dialog.
    Create(Box<Creation>),
    /// The host deletes a dialog.
    Delete {
        /// The dialog's rules at the state decided on.
        rules: Vec<AccessRule>,
    },
    /// An author, or a moderator, deletes a message.
    DeleteMessage {
        /// The message as the database knows it at the state decided on.
        message: KnownMessage,
        /// The host lets the caller moderate everywhere.
        moderates: bool,
    },
    /// An author replaces the content of a message.
    EditMessage {
        /// The message as the database knows it at the state decided on.
        message: KnownMessage,
        /// Sanitised HTML.
        content: RichText,
    },
    /// The host has a person erased: they take part no longer, and the fact that says so does not name them. A repeat changes nothing.
    EraseParticipant(UserId),
    /// A participant puts an emoji on a message or takes it away; a repeat changes nothing.
    React {
        /// The message as the database knows it at the state decided on.
        message: KnownMessage,
        /// What is on the message at that state, as the participant sees it.
        reactions: KnownReactions,
        /// The emoji.
        emoji: Emoji,
        /// Put there, or take away.
        add: bool,
    },
    /// A candidate joins.
    Join {
        /// Who, with the chosen profile.
        participant: Participant,
        /// The scopes they act with.
        scopes: Scopes,
        /// The dialog's rules at the state decided on.
        rules: Vec<AccessRule>,
    },
    /// A participant leaves; a repeat changes nothing.
    Leave,
    /// The host says something.
    PostNotice(Notice),
    /// The host removes a participant; a repeat changes nothing.
    RemoveParticipant(UserId),
    /// The host replaces all access-scope rules.
    ReplaceScopes {
        /// The rules from now on.
        rules: Vec<AccessRule>,
        /// The dialog's rules at the state decided on.
        former: Vec<AccessRule>,
    },
    /// Say nothing new: a fact that can stand in an older one's place as the dialog's last.
    Restate,
    /// A participant sends a message.
    Send {
        /// Sanitised HTML.
        content: RichText,
        /// The message it answers.
        reply_to: Option<MessageId>,
        /// Its files.
        attachments: Vec<Attachment>,
        /// One of them that another message has, as the database knows at the state decided on.
        taken: Option<AttachmentId>,
    },
    /// The host changes title, link or meta, freezes or opens; what is `None` stays.
    Update {
        /// The new title.
        title: Option<Option<Title>>,
        /// The new link.
        object_url: Option<Option<ObjectUrl>>,
        /// The new opaque JSON.
        meta: Option<Option<serde_json::Value>>,
        /// Whether nothing may be written any more.
        frozen: Option<bool>,
    },
}

/// What a new dialog is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Creation {
    /// Which kind of business object.
    pub object_type: ObjectType,
    /// Which business object.
    pub object_id: ObjectId,
    /// The title.
    pub title: Option<Title>,
    /// Link back to the host's page.
    pub object_url: Option<ObjectUrl>,
    /// Opaque JSON of the host.
    pub meta: Option<serde_json::Value>,
    /// For whom.
    pub created_by: Option<UserId>,
    /// The first participants, each once.
    pub participants: Vec<Participant>,
    /// Who may join.
    pub access_scopes: Vec<AccessRule>,
    /// Under which key of its object it is found again.
    pub key: Option<ObjectKey>,
}

/// What the database knows of a message, read at the projection of the state that is decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownMessage {
    /// The message.
    pub id: MessageId,
    /// Who wrote it and whether it is deleted; `None` when there is no such message.
    pub found: Option<FoundMessage>,
}

/// A message that exists or existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMessage {
    /// `None` for system messages.
    pub author: Option<UserId>,
    /// Its content is gone.
    pub deleted: bool,
}
