//! The words of MTChat's wire: ids, limits, facts, frames, views and error codes.
//!
//! Everything here is data. A value of one of these types has passed its limits (constructors and
//! deserialisation are the only ways in), so code that holds one need not check it again. The crate
//! performs no IO and builds for `wasm32-unknown-unknown`.

mod actor;
mod attachment;
mod audit;
mod client_frame;
mod dialog_cursor;
mod emoji;
mod envelope;
mod erasure;
mod error;
mod fact;
#[cfg(feature = "openapi")]
mod fact_schemas;
mod file;
mod frame;
mod frame_data;
mod frame_read;
mod head;
mod id;
mod invalid;
mod json;
pub mod limits;
mod member;
mod notice;
mod notification;
#[cfg(feature = "openapi")]
mod openapi;
mod own_state;
mod page;
mod position;
mod request;
mod request_change;
mod revocation;
mod scope;
mod search;
mod text;
mod timestamp;
mod view;
mod view_read;
mod webhook;
mod webhook_view;

pub use actor::Actor;
pub use attachment::{
    Attachment, AttachmentInput, AttachmentLinks, AttachmentView, CompleteUpload, CompletedUpload,
    PresignUpload, Thumbnail, UploadPartsView, UploadView,
};
pub use audit::{AuditAction, AuditActor, AuditEntryView};
pub use client_frame::ClientFrame;
pub use dialog_cursor::DialogCursor;
pub use emoji::ReactionSummary;
pub use envelope::{DecodeError, Fact, SCHEMA_VERSION};
pub use erasure::ErasureView;
pub use error::{ErrorBody, ErrorCode, ErrorDetail};
pub use fact::{
    DialogAutoArchived, DialogCreated, DialogDeleted, DialogUpdated, FactData, FactKind, MessageCreated,
    MessageDeleted, MessageEdited, NoticePosted, ParticipantGone, ParticipantIn, ParticipantRoleChanged,
    Reaction, ScopesReplaced, UnknownData,
};
#[cfg(feature = "openapi")]
pub use fact_schemas::{FactSchemas, fact_schemas};
pub use file::{ContentType, FileKey, FileName, FileRefused};
pub use frame::ServerFrame;
pub use frame_data::{ConnectedFrame, DialogUpdatedFrame, MessageNewFrame};
pub use head::Head;
pub use id::{
    AppId, AttachmentId, DialogId, FactId, MessageId, ObjectId, ObjectKey, ObjectType, ScopeValue, UserId,
};
pub use invalid::{Invalid, Reason};
pub use json::{NotJson, OpaqueJson, from_json};
pub use member::{JoinedAs, Member, Participant, Profile, Role};
pub use notice::{Card, CardField, Link, Notice, NoticeText};
pub use notification::{NotificationLevel, NotificationPending, NotifiedMessage};
pub use own_state::{
    Archived, DialogUnarchived, FactClass, MarkedUnread, NotificationsSet, OwnState, ReadTo,
};
pub use page::PageQuery;
pub use position::{Epoch, Position, Positions, ShardId};
pub use request::{
    AccessScopeInput, AddParticipant, CreateDialog, CreateParticipant, EditMessage, MarkRead, MarkUnread,
    ReplaceAccessScopes, SearchDialog, SendMessage, SetNotifications,
};
pub use request_change::{ChangeRole, FindOrCreateDialog, LabelChanges, PatchDialog, PostNotice};
pub use revocation::{Revocation, Revoked};
pub use scope::{AccessRule, ScopeId, Scopes};
pub use search::{FoundDialogView, FoundMessageView, SearchCursor, SearchHitView, SearchPage};
pub use text::{Company, DisplayName, Email, Emoji, MessageText, ObjectUrl, Phone, RichText, Title};
pub use timestamp::Timestamp;
pub use view::{
    AccessScopeView, Data, DialogDetailView, DialogItemView, DialogView, LastMessageView, MessageType,
    MessageVersion, MessageView, MessagesPage, ParticipantSummary, ParticipantView, SenderView,
    TotalUnreadView,
};
pub use webhook::{
    CreateWebhook, PatchWebhook, ReplayFrom, ReplayWebhook, RetryDeadLetters, RotateWebhookSecret,
    WebhookSecret, WebhookSwitch,
};
pub use webhook_view::{
    DeadLetterView, DeliveryView, ReplayView, RetriedView, WebhookPosition, WebhookState, WebhookTestView,
    WebhookView, WebhookWithSecretView,
};
