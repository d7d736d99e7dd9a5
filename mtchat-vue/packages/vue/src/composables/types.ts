/** What the composables return. All state is readonly; all ids are the wire's. */
import type {
    AttachmentInput,
    Connection,
    DialogItemView,
    MessageVersion,
    MessageView,
    NotificationLevel,
    OutboxEntry,
    ParticipantRow,
    Profile,
    SearchHit,
} from "@mtchat/client";
import type { Ref } from "vue";

/** A ref that only its owner writes. */
export type ReadRef<T> = Readonly<Ref<T>>;

export interface UseConnectionReturn {
    /** As `@mtchat/client` tells it. */
    readonly connection: ReadRef<Connection>;
    readonly isConnected: ReadRef<boolean>;
    /** The connection was lost (or never came) for longer than 1.5 s: worth a banner. */
    readonly isTroubled: ReadRef<boolean>;
    connect(): Promise<void>;
    disconnect(): void;
}

export interface UseUnreadReturn {
    /** Messages unread in all dialogs; 0 before it is known. */
    readonly messages: ReadRef<number>;
    readonly dialogs: ReadRef<number>;
}

/** A business object. */
export interface ObjectRef {
    type: string;
    id: string;
}

/** Which of one's own dialogs a list shows. */
export type DialogFilter = "all" | "unread" | "mentions";

export interface UseDialogsReturn {
    /** One's own that are not archived: pinned first, then by activity. While something is searched: those that fit. */
    readonly participating: ReadRef<readonly DialogItemView[]>;
    /** Those that one may join. */
    readonly available: ReadRef<readonly DialogItemView[]>;
    /** One's own archived ones; empty before `loadArchived`. */
    readonly archived: ReadRef<readonly DialogItemView[]>;
    /** Nothing is known yet of the list: show a spinner, never «empty». */
    readonly isLoading: ReadRef<boolean>;
    readonly isLoadingArchived: ReadRef<boolean>;
    readonly isSearching: ReadRef<boolean>;
    /** There are more than are loaded: `loadMore`. */
    readonly hasMore: ReadRef<boolean>;
    readonly hasMoreArchived: ReadRef<boolean>;
    readonly error: ReadRef<Error | null>;
    loadMore(): Promise<void>;
    loadArchived(): Promise<void>;
    /** Anew from the server. */
    reload(): Promise<void>;
}

/** What one may write in a dialog, or why not. */
export type WriteAccess = "may" | "join_first" | "frozen" | "read_only" | "unknown";

export interface UseDialogReturn {
    /** `null`: not known (yet), or there is none. */
    readonly dialog: ReadRef<DialogItemView | null>;
    readonly isLoading: ReadRef<boolean>;
    readonly isMember: ReadRef<boolean>;
    readonly access: ReadRef<WriteAccess>;
    /** May delete other people's messages. */
    readonly isModerator: ReadRef<boolean>;
    /** What went wrong with loading it. */
    readonly error: ReadRef<Error | null>;
    join(profile: Profile): Promise<void>;
    leave(): Promise<void>;
    archive(): Promise<void>;
    unarchive(): Promise<void>;
    pin(): Promise<void>;
    unpin(): Promise<void>;
    setNotifications(wanted: boolean | NotificationLevel): Promise<void>;
    markUnread(message: string): Promise<void>;
}

/** One row of the message list. `key` stays the same from «sending» to «there», so a row never blinks. */
export type TimelineItem =
    | { readonly kind: "day"; readonly key: string; readonly at: string }
    | { readonly kind: "unread"; readonly key: string }
    | { readonly kind: "gap"; readonly key: string; readonly after: string | null; readonly before: string | null }
    | { readonly kind: "system"; readonly key: string; readonly message: MessageView }
    | {
          readonly kind: "message";
          readonly key: string;
          readonly message: MessageView;
          readonly isOwn: boolean;
          /** First of several of one sender within 5 minutes: shows name and avatar. */
          readonly isFirst: boolean;
          readonly isLast: boolean;
      }
    | { readonly kind: "sending"; readonly key: string; readonly entry: OutboxEntry; readonly isFirst: boolean; readonly isLast: boolean };

export interface UseMessagesReturn {
    /** Oldest first, dividers included, messages on their way last. */
    readonly items: ReadRef<readonly TimelineItem[]>;
    /** Nothing to show yet. */
    readonly isLoading: ReadRef<boolean>;
    /** What is shown is what the server says, not what was kept from before. */
    readonly isFresh: ReadRef<boolean>;
    readonly hasOlder: ReadRef<boolean>;
    readonly hasNewer: ReadRef<boolean>;
    readonly isLoadingOlder: ReadRef<boolean>;
    readonly isLoadingNewer: ReadRef<boolean>;
    /** The first message that was unread when the dialog was opened; stays until one sends or leaves. */
    readonly firstUnreadId: ReadRef<string | null>;
    /** The newest message that is there (not on its way), of whoever. */
    readonly newestId: ReadRef<string | null>;
    find(id: string): MessageView | undefined;
    /** A message that may not be loaded: from the list, a cache or the server. `null`: deleted. */
    fetch(id: string): Promise<MessageView | null>;
    loadOlder(): Promise<void>;
    loadNewer(): Promise<void>;
    /** Load into a gap, wherever it is, beginning at one of its ends; by default at the upper one. */
    loadGap(gap: { readonly after: string | null; readonly before: string | null }, from?: "above" | "below"): Promise<void>;
    /** Load what is around it; `false`: it is gone. */
    jumpTo(id: string): Promise<boolean>;
    toLatest(): Promise<void>;
    markRead(id: string): Promise<void>;
    edit(id: string, content: string): Promise<void>;
    remove(id: string): Promise<void>;
    toggleReaction(id: string, emoji: string): Promise<void>;
    history(id: string): Promise<readonly MessageVersion[]>;
    retry(id: string): Promise<void>;
    discard(id: string): Promise<void>;
}

/** What the composer is about. */
export type ComposerMode =
    | { readonly kind: "new" }
    | { readonly kind: "reply"; readonly message: MessageView }
    | { readonly kind: "edit"; readonly message: MessageView };

export interface UseComposerReturn {
    /** HTML of what is written; kept per dialog across reloads (edits are not). */
    readonly draft: ReadRef<string>;
    readonly mode: ReadRef<ComposerMode>;
    readonly isSending: ReadRef<boolean>;
    readonly error: ReadRef<Error | null>;
    setDraft(html: string): void;
    replyTo(message: MessageView): void;
    edit(message: MessageView): void;
    /** End reply or edit; the draft that was there before an edit comes back. */
    cancel(): void;
    /** Send or save what is written with these files. Resolves when it can not be lost any more; the message's id, `null` after an edit. */
    submit(attachments?: readonly AttachmentInput[]): Promise<string | null>;
    /** A key was pressed. */
    typed(): void;
}

export interface UseParticipantsReturn {
    /** Oneself first, then the creator, then by join date. */
    readonly participants: ReadRef<readonly ParticipantRow[]>;
    readonly isLoading: ReadRef<boolean>;
    of(user: string): ParticipantRow | undefined;
    /** «Company — Name»'s parts; for those who have left, as far as known. */
    nameOf(user: string | null): { name: string; company: string | null };
    /** Others who have read up to this message, at least. */
    readersOf(message: MessageView): readonly ParticipantRow[];
    /** Names of others who type now. */
    readonly typing: ReadRef<readonly string[]>;
}

export interface UsePresenceReturn {
    isOnline(user: string): boolean;
}

/** A file that is to go with the next message. */
export interface PendingAttachment {
    readonly id: string;
    readonly file: File;
    readonly filename: string;
    readonly contentType: string;
    readonly size: number;
    /** 0–100. */
    readonly progress: number;
    readonly status: "pending" | "uploading" | "uploaded" | "error";
    readonly s3Key?: string;
    readonly previewUrl?: string;
    /** Of what `error` is about. */
    readonly error?: string;
    readonly uploaded?: AttachmentInput;
}

export interface UseAttachmentsReturn {
    readonly files: ReadRef<readonly PendingAttachment[]>;
    readonly isUploading: ReadRef<boolean>;
    /** There are files, and all are uploaded. */
    readonly isReady: ReadRef<boolean>;
    /** Checked, and uploaded at once. What is refused is told as an error row. */
    add(files: Iterable<File>): void;
    remove(id: string): void;
    retry(id: string): void;
    clear(): void;
    /** What was uploaded, in order. */
    uploaded(): readonly AttachmentInput[];
}

export interface UseSearchReturn {
    readonly query: Ref<string>;
    readonly hits: ReadRef<readonly SearchHit[]>;
    readonly isSearching: ReadRef<boolean>;
    readonly hasMore: ReadRef<boolean>;
    readonly error: ReadRef<Error | null>;
    more(): Promise<void>;
    clear(): void;
}

/** Everything about the dialog that is open, shared by header, list, composer and panels. */
export interface DialogContext {
    readonly id: ReadRef<string>;
    readonly dialog: UseDialogReturn;
    readonly messages: UseMessagesReturn;
    readonly composer: UseComposerReturn;
    readonly participants: UseParticipantsReturn;
    readonly attachments: UseAttachmentsReturn;
}
