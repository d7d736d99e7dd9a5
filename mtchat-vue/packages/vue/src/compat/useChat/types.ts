import type { NotificationLevel, ParticipantRow } from "@mtchat/client";
import type { MaybeRefOrGetter } from "vue";
import type { MTChatConfig } from "../../chat/config.js";
import type { ReadRef } from "../../composables/types.js";
import type { MTChatApi } from "../api.js";
import type {
    AttachmentInput,
    ChatMode,
    DialogListItem,
    JoinProfile,
    Message,
    PaginationOptions,
} from "../types.js";

export interface UseChatOptions {
    config: MaybeRefOrGetter<MTChatConfig>;
    /** Default `true`; otherwise `connect()` does it. */
    autoConnect?: boolean;
    mode?: MaybeRefOrGetter<ChatMode | undefined>;
    dialogId?: MaybeRefOrGetter<string | undefined>;
    objectId?: MaybeRefOrGetter<string | undefined>;
    objectType?: MaybeRefOrGetter<string | undefined>;
    /** Used instead of `config.token`. */
    token?: MaybeRefOrGetter<string | undefined>;
}

/** What there is to show. */
export interface UseChatState {
    /** Of the open dialog, oldest first; those on their way are last. */
    readonly messages: ReadRef<readonly Message[]>;
    readonly participatingDialogs: ReadRef<readonly DialogListItem[]>;
    readonly availableDialogs: ReadRef<readonly DialogListItem[]>;
    readonly archivedDialogs: ReadRef<readonly DialogListItem[]>;
    readonly participants: ReadRef<readonly ParticipantRow[]>;
    readonly currentDialog: ReadRef<DialogListItem | null>;
    readonly isConnected: ReadRef<boolean>;
    readonly isLoading: ReadRef<boolean>;
    readonly isLoadingDialogs: ReadRef<boolean>;
    readonly isLoadingMessages: ReadRef<boolean>;
    /** The last thing that went wrong. */
    readonly error: ReadRef<Error | null>;
    readonly firstUnreadMessageId: ReadRef<string | null>;
    readonly replyToMessage: ReadRef<Message | null>;
    readonly editingMessage: ReadRef<Message | null>;
    readonly searchQuery: ReadRef<string>;
    readonly onlineUsers: ReadRef<ReadonlySet<string>>;
    /** Messages that are quoted and were looked up; `null`: deleted. */
    readonly replyMessagesCache: ReadRef<ReadonlyMap<string, Message | null>>;
    readonly hasMoreMessages: ReadRef<boolean>;
    readonly hasMoreAfter: ReadRef<boolean>;
    readonly isLoadingOlder: ReadRef<boolean>;
    readonly isLoadingNewer: ReadRef<boolean>;
    readonly isJumpingToMessage: ReadRef<boolean>;
    /** One has jumped a moment ago: scrolling should load nothing. */
    readonly jumpCooldown: ReadRef<boolean>;
    readonly api: MTChatApi;
}

export interface UseChatConnection {
    connect(): Promise<void>;
    disconnect(): void;
    /** Kept for hosts that call it: events of all one's dialogs come anyway. */
    subscribe(id: string): void;
    /** See `subscribe`. */
    unsubscribe(id: string): void;
}

export interface UseChatDialogs {
    /** Anew from the server, those that one may join too. */
    loadDialogs(): Promise<void>;
    loadParticipatingDialogs(): Promise<void>;
    loadArchivedDialogs(): Promise<void>;
    loadAvailableDialogs(): Promise<void>;
    /** From now on the lists have those of this object only. */
    loadDialogsByObject(type: string, id: string): Promise<void>;
    loadArchivedDialogsByObject(type: string, id: string): Promise<void>;
    /** Open the newest one of an object; `null`: there is none. */
    loadDialogByObject(type: string, id: string): Promise<DialogListItem | null>;
    /** Open it; resolves when there is something to show. `null`: close the one that is open. */
    selectDialog(id: string | null): Promise<void>;
    setSearchQuery(query: string): void;
}

export interface UseChatMembership {
    /** By default as the configuration's `userProfile`. */
    joinDialog(id: string, profile?: JoinProfile): Promise<void>;
    leaveDialog(id: string): Promise<void>;
    archiveDialog(id: string): Promise<void>;
    unarchiveDialog(id: string): Promise<void>;
    pinDialog(id: string): Promise<void>;
    unpinDialog(id: string): Promise<void>;
    /** On becomes off, and off on; or what is said. */
    toggleNotifications(id: string, wanted?: boolean | NotificationLevel): Promise<void>;
    /** By default everything that there is. */
    markAsRead(messageId?: string): Promise<void>;
}

export interface UseChatMessages {
    /** Resolves, with the message as it will be shown, when it can not be lost any more; `undefined`: nothing is open. */
    sendMessage(content: string, attachments?: readonly AttachmentInput[]): Promise<Message | undefined>;
    editMessage(id: string, content: string): Promise<void>;
    deleteMessage(id: string): Promise<void>;
    /** The newest, or those around a message. */
    loadMessages(options?: PaginationOptions): Promise<void>;
    loadOlderMessages(): Promise<void>;
    loadNewerMessages(): Promise<void>;
    resetToLatest(): Promise<void>;
    /** `false`: it is gone. */
    jumpToMessage(id: string): Promise<boolean>;
    enableScrollCooldown(): void;
    /** As far as it is known here; `null`: deleted. */
    getReplyMessage(id: string): Message | null | undefined;
    fetchReplyMessage(id: string): Promise<Message | null>;
    setReplyTo(message: Message): void;
    clearReplyTo(): void;
    setEditMessage(message: Message): void;
    clearEditMessage(): void;
    isUserOnline(id: string): boolean;
}

/** What `useChat` returns. */
export interface UseChatReturn extends UseChatState, UseChatConnection, UseChatDialogs, UseChatMembership, UseChatMessages {}
