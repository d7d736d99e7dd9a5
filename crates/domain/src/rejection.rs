use mtchat_protocol::{AttachmentId, ErrorCode, MessageId, UserId};

/// Why a command was refused. Nothing was appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The user already takes part.
    #[error("the user already takes part in this dialog")]
    AlreadyParticipant,
    /// The uploaded file belongs to another message already.
    #[error("attachment {0} belongs to another message already")]
    AttachmentTaken(AttachmentId),
    /// The dialog was deleted.
    #[error("the dialog does not exist")]
    DialogDeleted,
    /// The dialog does not exist yet, and the command does not create it.
    #[error("the dialog does not exist")]
    DialogUnknown,
    /// A dialog with this id exists.
    #[error("the dialog exists already")]
    DialogExists,
    /// The dialog has as many participants as it may have.
    #[error("the dialog has as many participants as it may have")]
    DialogFull,
    /// The dialog is frozen.
    #[error("the dialog is frozen")]
    Frozen,
    /// The message was deleted.
    #[error("message {0} does not exist")]
    MessageDeleted(MessageId),
    /// No such message in this dialog.
    #[error("message {0} does not exist")]
    MessageUnknown(MessageId),
    /// Only the author may change a message.
    #[error("only the author may change message {message}")]
    NotAuthor {
        /// Who tried.
        user: UserId,
        /// What they tried to change.
        message: MessageId,
    },
    /// The command is the host's to give.
    #[error("only the host may do this")]
    NotHost,
    /// Only moderators may do this.
    #[error("only moderators may do this")]
    NotModerator,
    /// The caller is not a member; whether they may know that is for the caller's view to say.
    #[error("only participants may do this")]
    NotParticipant,
    /// The caller is a member who may only read.
    #[error("this participant may only read")]
    ReadOnly,
    /// The candidate's scopes match no rule of the dialog.
    #[error("the dialog can not be joined with these scopes")]
    ScopeMismatch,
    /// The message has as many different emoji as it may have.
    #[error(
        "there are {} different emoji on this message already",
        mtchat_protocol::limits::EMOJI_PER_MESSAGE
    )]
    TooManyEmoji,
    /// Whose role is to be changed does not take part.
    #[error("the user does not take part in this dialog")]
    ParticipantUnknown,
    /// System messages are nobody's to change.
    #[error("a system message can not be changed")]
    SystemMessage,
}

impl Rejection {
    /// The code on the wire.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::AlreadyParticipant | Self::SystemMessage => ErrorCode::BadRequest,
            Self::DialogDeleted | Self::DialogUnknown => ErrorCode::DialogNotFound,
            Self::AttachmentTaken(_) | Self::DialogExists => ErrorCode::Conflict,
            Self::ParticipantUnknown => ErrorCode::ParticipantNotFound,
            Self::DialogFull | Self::Frozen | Self::NotHost | Self::NotModerator | Self::ReadOnly => {
                ErrorCode::Forbidden
            }
            Self::MessageDeleted(_) | Self::MessageUnknown(_) => ErrorCode::MessageNotFound,
            Self::NotAuthor { .. } => ErrorCode::NotMessageAuthor,
            Self::NotParticipant => ErrorCode::NotParticipant,
            Self::ScopeMismatch => ErrorCode::ScopeMismatch,
            Self::TooManyEmoji => ErrorCode::InvalidInput,
        }
    }
}
