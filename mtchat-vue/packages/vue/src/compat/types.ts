/** The shapes of the wire and of the component, under the names that hosts use. */
import type {
    AttachmentInput,
    AttachmentLinks,
    AttachmentView,
    DialogItemView,
    MessageView,
    NotificationLevel,
} from "@mtchat/client";
import type { Locale, MTChatConfig, ScopeConfig, UserProfile } from "../chat/config.js";
import type { PendingAttachment } from "../composables/types.js";

export type { AttachmentInput, AttachmentLinks, Locale, MTChatConfig, NotificationLevel, PendingAttachment, ScopeConfig, UserProfile };

/** A dialog as a list shows it: the dialog itself, and what it is to the user. */
export type DialogListItem = DialogItemView;

/** A dialog by itself. */
export type Dialog = Pick<
    DialogItemView,
    "id" | "object_id" | "object_type" | "title" | "object_url" | "created_by" | "created_at" | "meta"
>;

export type Message = MessageView;
export type Attachment = AttachmentView;

/** Which list of dialogs: one's own, or those that one may join. */
export type DialogListType = "participating" | "available";

/** `full`: list and chat. `inline`: the one chat of an object. */
export type ChatMode = "full" | "inline";

/** Somebody in a dialog. E-mail and phone are `null` for those who have not joined. */
export interface DialogParticipant {
    dialog_id: string;
    user_id: string;
    joined_at: string;
    joined_as: "creator" | "participant" | "joined";
    notifications_enabled: boolean;
    last_read_message_id: string | null;
    unread_count: number;
    display_name: string | null;
    company: string | null;
    email: string | null;
    phone: string | null;
    is_archived: boolean;
    is_pinned: boolean;
    is_online: boolean;
}

/** Who may join a dialog: a rule fits when every level has a value in common with the user's. */
export interface DialogAccessScope {
    id: string;
    dialog_id: string;
    scope_level0: string[];
    scope_level1: string[];
    scope_level2: string[];
    created_at: string;
    tenant_uid?: string;
}

/** A click on an object's link, where the host wants to follow it itself. */
export interface ObjectNavigateEvent {
    dialog: DialogListItem;
    originalEvent: MouseEvent;
}

/** Who one is in a dialog that one joins. */
export interface JoinProfile {
    display_name: string;
    company: string;
    email?: string;
    phone?: string;
}

/** Where to put a file's bytes. */
export interface PresignUploadResponse {
    upload_url: string;
    s3_key: string;
    expires_in: number;
    /** With which `Content-Type` to put them. */
    content_type?: string;
}

/** How an answer looks. */
export interface ApiResponse<T> {
    data: T;
}

/** Which messages: the newest, or those around a message. */
export interface PaginationOptions {
    /** 1–200; 50 by default. */
    limit?: number;
    before?: string;
    after?: string;
    around?: string;
}

/** A page of messages, oldest first. */
export interface MessagesPage {
    messages: Message[];
    first_unread_message_id?: string | null;
    has_more_before: boolean;
    has_more_after: boolean;
}

/** Which dialogs of an object. */
export interface ObjectDialogsQuery {
    objectType: string;
    objectId: string;
    search?: string;
    archived?: boolean;
    type?: DialogListType;
}

/** What goes with a message. */
export interface SendMessageOptions {
    replyTo?: string;
    attachments?: readonly AttachmentInput[];
    /** A UUID of version 7. The same id twice is one message. */
    id?: string;
}

/** What the server tells over the socket. Others may come: ignore those that you do not know. */
export type WsEventType =
    | "connected"
    | "message.new"
    | "message.edited"
    | "message.deleted"
    | "message.read"
    | "participant.joined"
    | "participant.left"
    | "dialog.archived"
    | "dialog.unarchived"
    | "presence.update"
    | "typing"
    | "pong"
    | "error"
    | (string & {});

/** Fields of an event; which ones, its type says. */
export interface WsEventPayload {
    id?: string;
    dialog_id?: string;
    user_id?: string;
    employee_id?: string;
    sender_id?: string | null;
    content?: string;
    sent_at?: string;
    last_edited_at?: string | null;
    reply_to_id?: string | null;
    message_type?: "user" | "system";
    attachments?: Attachment[];
    sender?: { user_id?: string; display_name?: string | null; company?: string | null };
    last_read_message_id?: string;
    unread_count?: number;
    is_online?: boolean;
    last_seen?: string | null;
    seq?: number;
    pos?: string;
    epoch?: string;
    message?: string;
    code?: string;
    [field: string]: unknown;
}

/** An event. Its fields stand in it, and once more in `payload`, however they came. */
export interface WsEvent extends WsEventPayload {
    type: WsEventType;
    payload: WsEventPayload;
}

export type WsEventHandler = (event: WsEvent) => void;

export type WsClientMessageType = "ping" | "subscribe" | "unsubscribe" | "auth" | "resume" | "typing" | "watch";

/** What a client says over the socket. */
export interface WsClientMessage {
    type: WsClientMessageType;
    dialog_id?: string;
    token?: string;
    [field: string]: unknown;
}

/** The props of `<MTChat>`. */
export interface MTChatProps {
    config: MTChatConfig;
    /** Default `full`. */
    mode?: ChatMode;
    objectId?: string;
    objectType?: string;
    /** Opens this dialog. */
    dialogId?: string;
    /** The chat's header, and that of the info panel. Default `true`. */
    showHeader?: boolean;
    /** The list of dialogs. Default `true`. */
    showSidebar?: boolean;
    /** «My» and «Available». Default `true`. */
    showTabs?: boolean;
    /** Default `true`. */
    showSearch?: boolean;
    /** The menu of a row of the list. Default `true`. */
    showContextMenu?: boolean;
    searchPlaceholder?: string;
    /** Any name: the root has the class `mtchat--<name>`. `light` and `dark` are there. Default `light`. */
    theme?: string;
    /** Used instead of `config.token`. */
    token?: string;
    /** Links to objects become buttons that emit `object-navigate`; not in inline mode. Default `false`. */
    interceptObjectNavigation?: boolean;
}
