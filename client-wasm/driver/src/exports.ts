export type {
    DialogQuery,
    DialogsPage,
    MessagesPage,
    MessagesQuery,
    MessageVersion,
    ObjectQuery,
    ParticipantView,
    Profile,
    Search,
    SearchHit,
    SearchPage,
} from "./api/types.js";
export { Client, type OpenDialog, type SendOptions } from "./client.js";
export type { WasmSource } from "./core/source.js";
export { ApiError, type ApiErrorCode, ClientError, type ClientErrorCode } from "./errors.js";
export { isAllowedFileType, isValidFileSize } from "./files/limits.js";
export type { UploadFile, UploadOptions } from "./files/upload.js";
export { ATTACHMENT_LIMITS } from "./generated/core.js";
export type {
    AttachmentInput,
    AttachmentLinks,
    AttachmentView,
    Change,
    ConnectionState,
    DialogItemView,
    Diff,
    Draft,
    Ending,
    ErrorCode,
    JoinedAs,
    LastMessageView,
    MessageType,
    MessageView,
    NotificationLevel,
    OutboxEntry,
    ParticipantRow,
    ParticipantSummary,
    ReactionSummary,
    Role,
    Row,
    Sending,
} from "./generated/core.js";
export { newId } from "./ids.js";
export type { ClientOptions, WebSocketClass, WebSocketLike } from "./options.js";
export type { KeyValue } from "./storage/key-value.js";
export type { ClientState, Connection, TimelineState } from "./view/state.js";
