import type { DialogItemView, MessageView, NotificationLevel, ParticipantRow } from "../generated/core.js";

/** The profile that others in a dialog see. */
export interface Profile {
    display_name: string;
    company?: string;
    email?: string;
    phone?: string;
}

/** What a message said before an edit. */
export interface MessageVersion {
    readonly content: string;
    /** When that was replaced. */
    readonly edited_at: string;
}

/** What to look for. */
export interface Search {
    /** Words that a message must have; the last one may be the beginning of one. */
    text: string;
    /** Only in this dialog. */
    dialog?: string;
    /** How many at once: 1 to 50. */
    limit?: number;
    /** The `next_cursor` of the page before. */
    cursor?: string;
}

/** A page of what was found, newest first. */
export interface SearchPage {
    readonly results: readonly SearchHit[];
    /** Where the next page begins; absent on the last one. A page may be short, even empty, without being the last. */
    readonly next_cursor?: string;
}

/** A message that was found. */
export interface SearchHit {
    readonly message: {
        readonly id: string;
        readonly dialog_id: string;
        readonly sender_id: string;
        readonly sent_at: string;
        readonly seq: number;
    };
    /** The text around the first hit: safe HTML with the hits in `<mark>`. */
    readonly snippet: string;
    readonly dialog: {
        readonly id: string;
        readonly title: string | null;
        readonly object_type: string;
        readonly object_id: string;
    };
    /** How much of the text is hits, from 0 to 1. */
    readonly rank: number;
}

/** Which dialogs to read. */
export interface DialogQuery {
    /** Those that one is in, which is the default, or those that one may join. */
    type?: "participating" | "available";
    /** Only those that one has archived, or only the others; of those that one is in. */
    archived?: boolean;
    /** Only those with something unread. */
    unread?: true;
    /** The title or a participant's company holds this text, in any case. */
    search?: string;
    /** Only those of this kind of business object. */
    objectType?: string;
    /** Only those in which somebody else is of exactly this company. */
    company?: string;
    /** How many at once: 1 to 100. */
    limit?: number;
    /** The `next_cursor` of the page before. */
    cursor?: string;
}

/** A page of dialogs: pinned first, then by their last activity. */
export interface DialogsPage {
    readonly dialogs: readonly DialogItemView[];
    /** Where the next page begins; absent on the last one. */
    readonly next_cursor?: string;
}

/** Which dialogs of a business object to read: by default all. */
export interface ObjectQuery {
    /** Only those that one is in, or only those that one may join. */
    type?: "participating" | "available";
    /** Of those that one is in only the archived ones, or only the others. */
    archived?: boolean;
    /** The title or a participant's company holds this text, in any case. */
    search?: string;
}

/** Somebody in a dialog, with what they have set for themselves there. */
export interface ParticipantView extends ParticipantRow {
    readonly dialog_id: string;
    readonly notifications_enabled: boolean;
    readonly notification_level: NotificationLevel;
    readonly unread_count: number;
    readonly is_archived: boolean;
    readonly is_pinned: boolean;
}

/** The same as the server says it. @internal */
export type Answered<P extends ParticipantRow> = Omit<P, "role" | "last_seen"> & Partial<Pick<P, "role" | "last_seen">>;

/** Which messages to read: the newest, or those at one of these places. */
export interface MessagesQuery {
    /** How many at once: 1 to 200. */
    limit?: number;
    /** Those before this message … */
    before?: string;
    /** … or after this one … */
    after?: string;
    /** … or this one and as many before it as after it. */
    around?: string;
}

/** A page of messages, oldest first. */
export interface MessagesPage {
    readonly messages: readonly MessageView[];
    /** The first message in this page that one has not read; absent where there is none, and with `around`. */
    readonly first_unread_message_id?: string;
    readonly has_more_before: boolean;
    readonly has_more_after: boolean;
}
