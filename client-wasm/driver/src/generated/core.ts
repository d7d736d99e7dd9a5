// Made from the Rust types by `UPDATE_TYPES=1 cargo nextest run types`: not to be changed by hand.

/**
 * What the driver tells the client.
 */
export type Input = { "wants": Intent } | { "opened": SocketId } | { "frame": {
        /**
         * Which socket.
         */
        socket: SocketId,
        /**
         * The text.
         */
        text: string, } } | { "closed": {
        /**
         * Which socket.
         */
        socket: SocketId,
        /**
         * The close code, when the server gave one.
         */
        code: number | null, } } | { "answered": {
        /**
         * Which request.
         */
        request: RequestId,
        /**
         * What came.
         */
        answer: Answer, } } | { "token": string | null } | { "online": boolean } | "woke" | { "restored": Kept };

/**
 * What a driver keeps across reloads.
 */
export type Kept = {
    /**
     * What was to be sent, by `Output::Keep`.
     */
    outbox: Array<OutboxEntry>,
    /**
     * What was not finished, by `Output::KeepDraft`.
     */
    drafts: Array<Draft>, };

/**
 * What a user wants.
 */
export type Intent = "connect" | "disconnect" | { "open": DialogId } | { "close": DialogId } | { "send": {
        /**
         * Its id, made by whoever may want this twice without knowing whether it was heard: it is one message all the same. By
         * default the client makes one.
         */
        id: MessageId | null,
        /**
         * Where.
         */
        dialog: DialogId,
        /**
         * HTML; empty where the files say it all.
         */
        content: string,
        /**
         * The message that it answers.
         */
        reply_to: MessageId | null,
        /**
         * Files that were uploaded for this dialog, in the order in which they are shown.
         */
        attachments: Array<AttachmentInput>, } } | { "retry": MessageId } | { "discard": MessageId } | { "older": DialogId } | { "newer": DialogId } | { "jump": {
        /**
         * Where.
         */
        dialog: DialogId,
        /**
         * Where to.
         */
        message: MessageId, } } | { "latest": DialogId } | { "read": {
        /**
         * Where.
         */
        dialog: DialogId,
        /**
         * The newest message that was seen.
         */
        message: MessageId, } } | "more_dialogs" | { "typing": DialogId } | { "draft": Draft } | { "available": boolean };

/**
 * What came of a request.
 */
export type Answer = { "response": Response } | "nothing";

/**
 * An answer of the server.
 */
export type Response = {
    /**
     * The status.
     */
    status: number,
    /**
     * The body.
     */
    body: string,
    /**
     * `Mtchat-Position`.
     */
    position: string | null,
    /**
     * `Mtchat-Next-Cursor`.
     */
    next_cursor: string | null,
    /**
     * `Retry-After`, in seconds.
     */
    retry_after: number | null, };

/**
 * What the driver is to do, or to show.
 */
export type Output = { "open": SocketId } | { "say": {
        /**
         * Over which socket.
         */
        socket: SocketId,
        /**
         * The text.
         */
        text: string, } } | { "hang": SocketId } | { "ask": Request } | { "cancel": RequestId } | "need_token" | { "keep": OutboxEntry } | { "forget": MessageId } | { "keep_draft": Draft } | { "changed": Diff };

/**
 * A request to the API. The driver adds address and token.
 */
export type Request = {
    /**
     * Its name, for the answer.
     */
    id: RequestId,
    /**
     * `GET`, `POST`.
     */
    method: string,
    /**
     * Below `/api/v1`, with its query.
     */
    path: string,
    /**
     * JSON.
     */
    body: string | null,
    /**
     * The header `Mtchat-Position`: what the answer must know of.
     */
    position: string | null, };

/**
 * A socket, as the client names it.
 */
export type SocketId = number;

/**
 * A request, as the client names it.
 */
export type RequestId = number;

/**
 * How the connection stands.
 */
export type ConnectionState = "idle" | "offline" | "connecting" | "connected" | "waiting" | { "ended": Ending };

/**
 * Why a client does not come back by itself.
 */
export type Ending = "no_access" | "other_user" | "page_not_allowed";

/**
 * What is different in what is shown.
 */
export type Diff = { "connection": ConnectionState } | { "dialog": DialogItemView } | { "dialog_gone": DialogId } | { "available": DialogItemView } | { "available_gone": DialogId } | { "participants": {
        /**
         * Where.
         */
        dialog: DialogId,
        /**
         * Who.
         */
        participants: Array<ParticipantRow>, } } | { "participant": {
        /**
         * Where.
         */
        dialog: DialogId,
        /**
         * How they are now.
         */
        participant: ParticipantRow, } } | { "unread": {
        /**
         * Messages.
         */
        messages: number,
        /**
         * Dialogs.
         */
        dialogs: number, } } | { "timeline": Change } | { "typing": {
        /**
         * Where.
         */
        dialog: DialogId,
        /**
         * Who.
         */
        users: Array<UserId>, } } | { "presence": {
        /**
         * Who.
         */
        user: UserId,
        /**
         * Whether.
         */
        online: boolean, } } | { "draft": Draft } | { "more_dialogs": boolean } | { "fresh": boolean };

/**
 * What is different in a timeline: rows that are replaced by others.
 */
export type Change = {
    /**
     * The dialog.
     */
    dialog: DialogId,
    /**
     * From this row on …
     */
    from: number,
    /**
     * … so many rows go …
     */
    removed: number,
    /**
     * … and these come.
     */
    rows: Array<Row>, };

/**
 * A row of a timeline.
 */
export type Row = { "gap": {
        /**
         * They come after this one, if it is known.
         */
        after: MessageId | null,
        /**
         * They come before this one, if it is known.
         */
        before: MessageId | null, } } | { "message": MessageView } | { "sending": OutboxEntry };

/**
 * Somebody in a dialog, as far as others may know.
 */
export type ParticipantRow = {
    /**
     * Who.
     */
    user_id: UserId,
    /**
     * The name that others see.
     */
    display_name: DisplayName | null,
    /**
     * The company that others see.
     */
    company: Company | null,
    /**
     * Not for candidates.
     */
    email: Email | null,
    /**
     * Not for candidates.
     */
    phone: Phone | null,
    /**
     * How they came in.
     */
    joined_as: JoinedAs,
    /**
     * Since when they are there.
     */
    joined_at: Timestamp,
    /**
     * What they may do.
     */
    role: Role,
    /**
     * How far they have read. Who marks messages as unread does not take that back.
     */
    last_read_message_id: MessageId | null,
    /**
     * Whether they are connected.
     */
    is_online: boolean,
    /**
     * When they were connected last, where that is known and they are not.
     */
    last_seen: Timestamp | null, };

/**
 * A message on its way.
 */
export type OutboxEntry = {
    /**
     * Made before the first try: however often it is tried, it is one message.
     */
    id: MessageId,
    /**
     * Where to.
     */
    dialog: DialogId,
    /**
     * HTML; empty where the files say it all.
     */
    content: string,
    /**
     * The message that it answers.
     */
    reply_to: MessageId | null,
    /**
     * Its files, as they were uploaded; left out when there are none.
     */
    attachments?: Array<AttachmentInput>,
    /**
     * When the user sent it; no two have the same, so that their order is known after a reload.
     */
    sent_at: Moment,
    /**
     * How far it is.
     */
    state: Sending, };

/**
 * How far a message is on its way.
 */
export type Sending = "sending" | "accepted" | { "failed": ErrorCode };

/**
 * What is written and not sent yet.
 */
export type Draft = {
    /**
     * Where.
     */
    dialog: DialogId,
    /**
     * HTML, as it would be sent; empty: nothing.
     */
    content: string, };

/**
 * A point in time as the driver tells it: milliseconds since 1970, never running backwards.
 */
export type Moment = number;

/**
 * A dialog as one user sees it.
 */
export type DialogItemView = {
    /**
     * How many take part.
     */
    participants_count: number,
    /**
     * Whether the caller takes part.
     */
    i_am_participant: boolean,
    /**
     * Whether the caller may join.
     */
    can_join: boolean,
    /**
     * Messages the caller has not read; participants only.
     */
    unread_count?: number | null,
    /**
     * Archived by the caller; participants only.
     */
    is_archived?: boolean | null,
    /**
     * Pinned by the caller; participants only.
     */
    is_pinned?: boolean | null,
    /**
     * Notifications on; participants only.
     */
    notifications_enabled?: boolean | null,
    /**
     * Of which messages they tell; participants only.
     */
    notification_level?: NotificationLevel | null,
    /**
     * Time of the last message; participants only.
     */
    last_message_at?: Timestamp | null,
    /**
     * The last message; participants only.
     */
    last_message?: LastMessageView | null,
    /**
     * Everybody in it.
     */
    participants: Array<ParticipantSummary>,
    /**
     * The dialog.
     */
    id: DialogId,
    /**
     * Which business object.
     */
    object_id: ObjectId,
    /**
     * Which kind of business object.
     */
    object_type: ObjectType,
    /**
     * The title.
     */
    title: Title | null,
    /**
     * Link back to the host's page.
     */
    object_url: ObjectUrl | null,
    /**
     * For whom it was created.
     */
    created_by: UserId | null,
    /**
     * Since when it exists.
     */
    created_at: Timestamp,
    /**
     * Opaque JSON of the host, absent when never set.
     */
    meta?: unknown,
    /**
     * Nothing may be written any more; left out while it may.
     */
    frozen?: boolean, };

/**
 * The newest message of a dialog, for lists.
 */
export type LastMessageView = {
    /**
     * The message.
     */
    id: MessageId,
    /**
     * Its content.
     */
    content: RichText,
    /**
     * Absent on system messages.
     */
    sender_id?: UserId | null,
    /**
     * Absent on system messages.
     */
    sender_name?: DisplayName | null,
    /**
     * When it was sent.
     */
    sent_at: Timestamp,
    /**
     * User or system.
     */
    message_type: MessageType, };

/**
 * A participant in lists of dialogs.
 */
export type ParticipantSummary = {
    /**
     * Who.
     */
    user_id: UserId,
    /**
     * The name others see.
     */
    display_name?: DisplayName | null,
    /**
     * The company others see.
     */
    company?: Company | null, };

/**
 * A message.
 */
export type MessageView = {
    /**
     * The message.
     */
    id: MessageId,
    /**
     * The dialog.
     */
    dialog_id: DialogId,
    /**
     * Null on system messages.
     */
    sender_id: UserId | null,
    /**
     * Sanitised HTML, or the JSON of a system message.
     */
    content: RichText,
    /**
     * When it was sent.
     */
    sent_at: Timestamp,
    /**
     * When it was last edited.
     */
    last_edited_at: Timestamp | null,
    /**
     * The message that this one answers.
     */
    reply_to_id: MessageId | null,
    /**
     * User or system.
     */
    message_type: MessageType,
    /**
     * Its number in the dialog.
     */
    seq: number,
    /**
     * What members have put on it, by the first of each emoji.
     */
    reactions?: Array<ReactionSummary>,
    /**
     * Its files; left out when there are none.
     */
    attachments?: Array<AttachmentView>, };

/**
 * A file of a message.
 */
export type AttachmentView = {
    /**
     * The attachment.
     */
    id: AttachmentId,
    /**
     * What it is called.
     */
    filename: FileName,
    /**
     * What it is.
     */
    content_type: ContentType,
    /**
     * How many bytes.
     */
    size: number,
    /**
     * Pixels from left to right; only of pictures.
     */
    width?: number | null,
    /**
     * Pixels from top to bottom; only of pictures.
     */
    height?: number | null,
    /**
     * Where the bytes are for a while, also for a page without headers. `GET /attachments/{id}/url` gives a fresh one. Absent where
     * there is no reader to make it for, and while files are switched off.
     */
    url?: string | null,
    /**
     * The same for a small picture of it; only of pictures.
     */
    thumbnail_url?: string | null, };

/**
 * A file that was uploaded, as the sender of a message names it.
 */
export type AttachmentInput = {
    /**
     * The key that the upload was given.
     */
    s3_key: string,
    /**
     * What it is called.
     */
    filename: string,
    /**
     * What it is, as it was declared for the upload.
     */
    content_type: string,
    /**
     * How many bytes, as they were declared for the upload.
     */
    size: number, };

/**
 * Where to upload a file to.
 */
export type UploadView = {
    /**
     * `PUT` the bytes here, exactly as many as declared, with the `Content-Type` in `content_type`.
     */
    upload_url: string,
    /**
     * Names the upload when the message is sent.
     */
    s3_key: string,
    /**
     * How long the link lives, in seconds.
     */
    expires_in: number,
    /**
     * The `Content-Type` that the link is signed for: what was declared, `application/octet-stream` for nothing.
     */
    content_type: string, };

/**
 * Links to a file.
 */
export type AttachmentLinks = {
    /**
     * To the file.
     */
    url: string,
    /**
     * To a small picture of it; null when there is none.
     */
    thumbnail_url: string | null,
    /**
     * How long they live, in seconds. They end with the reader's access to the dialog.
     */
    expires_in: number, };

/**
 * Whether a person or the dialog itself speaks.
 */
export type MessageType = "system" | "user";

/**
 * Of which messages of a dialog a user wants to be told.
 */
export type NotificationLevel = "all" | "mentions" | "none";

/**
 * An emoji on a message, as one user sees it.
 */
export type ReactionSummary = {
    /**
     * The emoji.
     */
    emoji: Emoji,
    /**
     * How many have put it there, those who have left since included.
     */
    count: number,
    /**
     * Whether the user is one of them.
     */
    me: boolean, };

/**
 * How somebody came into a dialog.
 */
export type JoinedAs = "creator" | "joined" | "participant";

/**
 * What a member may do.
 */
export type Role = "member" | "moderator" | "owner" | "read_only";

/**
 * The closed list of error codes of the wire.
 */
export type ErrorCode = "ATTACHMENT_NOT_FOUND" | "BAD_REQUEST" | "CONFLICT" | "DIALOG_NOT_FOUND" | "FILE_TOO_LARGE" | "FORBIDDEN" | "INTERNAL_ERROR" | "INVALID_INPUT" | "MESSAGE_NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_FOUND" | "NOT_MESSAGE_AUTHOR" | "NOT_PARTICIPANT" | "PARTICIPANT_NOT_FOUND" | "PAYLOAD_TOO_LARGE" | "RATE_LIMIT_EXCEEDED" | "SCOPE_MISMATCH" | "SERVICE_UNAVAILABLE" | "TOO_MANY_ATTACHMENTS" | "UNSUPPORTED_FILE_TYPE" | "UNAUTHORIZED";

/**
 * A dialog, the chat itself.
 */
export type DialogId = string;

/**
 * A message. Clients make it (UUIDv7) before the first try; it is the key end to end.
 */
export type MessageId = string;

/**
 * A file of a message.
 */
export type AttachmentId = string;

/**
 * A user of the host, in the host's own words: any 1–255 characters.
 */
export type UserId = string;

/**
 * The business object that a dialog belongs to, any 1–255 characters.
 */
export type ObjectId = string;

/**
 * The kind of business object, `order` or `tender`; any 1–255 characters.
 */
export type ObjectType = string;

/**
 * A link back to the host's page; kept verbatim, rendered as a link only when it is absolute http(s).
 */
export type ObjectUrl = string;

/**
 * A dialog's title, at most 500 characters.
 */
export type Title = string;

/**
 * A person's name as others see it: at most 200 characters, not blank.
 */
export type DisplayName = string;

/**
 * A company's name, at most 200 characters.
 */
export type Company = string;

/**
 * An e-mail address as the host gave it, at most 254 characters.
 */
export type Email = string;

/**
 * A phone number as the host gave it, at most 50 characters.
 */
export type Phone = string;

/**
 * Sanitised HTML, as it is stored and shown. Made only by the server's sanitiser or read back from the log.
 */
export type RichText = string;

/**
 * The name of a file as people see it: 1–255 characters, no path, nothing that does not show.
 */
export type FileName = string;

/**
 * A media type of the closed list of those that are accepted: lower case, without parameters (RFC 9110, section 8.3.1).
 */
export type ContentType = string;

/**
 * One emoji, 1–32 bytes, as the client wrote it: emoji that only look alike are different ones.
 */
export type Emoji = string;

/**
 * A moment in UTC with microsecond precision (what Postgres keeps); RFC 3339 on the wire.
 */
export type Timestamp = string;

/**
 * What the server takes as files of messages.
 */
export const ATTACHMENT_LIMITS = {
    /** The largest file, in bytes. A server may allow less. */
    maxBytes: 104857600,
    /** How many files a message may have. */
    maxFiles: 10,
    /** The types that are accepted. */
    types: [
        "application/octet-stream",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/svg+xml",
        "image/tiff",
        "image/webp",
        "application/msword",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/json",
        "text/csv",
        "text/html",
        "text/markdown",
        "text/plain",
        "text/xml",
        "application/gzip",
        "application/vnd.rar",
        "application/x-7z-compressed",
        "application/x-rar-compressed",
        "application/x-tar",
        "application/zip",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "video/mp4",
        "video/ogg",
        "video/quicktime",
        "video/webm",
    ],
} as const;
