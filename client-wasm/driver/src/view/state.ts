import type {
    ConnectionState,
    DialogItemView,
    ParticipantRow,
    Row,
} from "../generated/core.js";

/** How the connection stands; `{ ended: "core_failed" }`: there is no core that could have one, see the event `error`. */
export type Connection = ConnectionState | { ended: "core_failed" };

/** The rows of a dialog that is looked at. */
export interface TimelineState {
    /** Messages, oldest first, with gaps where some are not loaded, then those on their way. */
    readonly rows: readonly Row[];
    /** They are what the server says. Otherwise they are from before, and the server's word is on its way. */
    readonly fresh: boolean;
}

/**
 * What there is to show: plain data that is never changed. Whatever is different is another object, and everything else is the
 * same object as before.
 */
export interface ClientState {
    readonly connection: Connection;
    /** The dialogs that the user is in: pinned first, then by their last message. */
    readonly dialogs: readonly DialogItemView[];
    /** There are more of them than are loaded: see {@link Client.moreDialogs}. */
    readonly moreDialogs: boolean;
    /** The dialogs that the user may join, while somebody wants to see them. */
    readonly available: readonly DialogItemView[];
    /** How much is unread in all; `null` before that is known. */
    readonly unread: { readonly messages: number; readonly dialogs: number } | null;
    /** The list and the numbers are what the server says. Otherwise they are from before, or nothing is known yet. */
    readonly fresh: boolean;
    /** The dialogs that this tab has open. */
    readonly timelines: ReadonlyMap<string, TimelineState>;
    /** Who is in a dialog that is open, how far they have read, what they may do and whether they are online. */
    readonly participants: ReadonlyMap<string, readonly ParticipantRow[]>;
    /** Who is typing, by dialog. */
    readonly typing: ReadonlyMap<string, readonly string[]>;
    /** Who was seen coming online (`true`) or going offline, by user. */
    readonly presence: ReadonlyMap<string, boolean>;
    /** What is written and not sent yet, by dialog. */
    readonly drafts: ReadonlyMap<string, string>;
}
