import type { AttachmentLinks, MessageView, NotificationLevel, ReactionSummary } from "../generated/core.js";
import { path } from "./http.js";
import { Reads } from "./reads.js";
import type { MessageVersion, Profile, Search, SearchPage } from "./types.js";

/**
 * What is asked of the server once, and has an answer or an {@link ApiError}. What it changes comes to {@link Client.state} as
 * everything else does.
 */
export abstract class Api extends Reads {
    /** Replace the content of a message of one's own. */
    edit(dialog: string, message: string, content: string): Promise<MessageView> {
        return this.http.ask("PUT", path`/dialogs/${dialog}/messages/${message}`, { content });
    }

    /** Delete a message: one's own, or another one's as a moderator. */
    remove(dialog: string, message: string): Promise<void> {
        return this.http.ask("DELETE", path`/dialogs/${dialog}/messages/${message}`);
    }

    /** Put an emoji on a message. What is on it then comes back. */
    react(dialog: string, message: string, emoji: string): Promise<ReactionSummary[]> {
        return this.http.ask("PUT", path`/dialogs/${dialog}/messages/${message}/reactions/${emoji}`);
    }

    /** Take one's emoji away. */
    unreact(dialog: string, message: string, emoji: string): Promise<ReactionSummary[]> {
        return this.http.ask("DELETE", path`/dialogs/${dialog}/messages/${message}/reactions/${emoji}`);
    }

    /** What a message said before its edits, oldest first. */
    history(dialog: string, message: string): Promise<MessageVersion[]> {
        return this.http.ask("GET", path`/dialogs/${dialog}/messages/${message}/history`);
    }

    /** Fresh links to a file of a message: those that came with the message end after a while. */
    attachmentLinks(attachment: string): Promise<AttachmentLinks> {
        return this.http.ask("GET", path`/attachments/${attachment}/url`);
    }

    /** Join a dialog that is available. */
    join(dialog: string, profile: Profile): Promise<void> {
        return this.http.tell("POST", path`/dialogs/${dialog}/join`, profile);
    }

    /** Leave a dialog. */
    leave(dialog: string): Promise<void> {
        return this.http.tell("POST", path`/dialogs/${dialog}/leave`);
    }

    /** Put a dialog aside until somebody writes in it. */
    archive(dialog: string): Promise<void> {
        return this.http.tell("POST", path`/dialogs/${dialog}/archive`);
    }

    /** Bring it back. */
    unarchive(dialog: string): Promise<void> {
        return this.http.tell("POST", path`/dialogs/${dialog}/unarchive`);
    }

    /** Put a dialog before those that are not pinned. */
    pin(dialog: string): Promise<void> {
        return this.http.tell("POST", path`/dialogs/${dialog}/pin`);
    }

    /** Put it back into its place. */
    unpin(dialog: string): Promise<void> {
        return this.http.tell("POST", path`/dialogs/${dialog}/unpin`);
    }

    /** Whether one wants to be notified of a dialog, or of which of its messages. */
    notifications(dialog: string, wanted: boolean | NotificationLevel): Promise<void> {
        const enabled = wanted !== false && wanted !== "none";
        const level = typeof wanted === "string" ? { notification_level: wanted } : {};
        return this.http.tell("POST", path`/dialogs/${dialog}/notifications`, { enabled, ...level });
    }

    /** This message and all after it count as unread again. */
    markUnread(dialog: string, message: string): Promise<void> {
        return this.http.tell("POST", path`/dialogs/${dialog}/unread`, { message_id: message });
    }

    /** Look for messages in the dialogs that one is in. */
    search({ text, dialog, limit, cursor }: Search): Promise<SearchPage> {
        const query = new URLSearchParams({ q: text });
        if (dialog !== undefined) query.set("dialog_id", dialog);
        if (limit !== undefined) query.set("limit", String(limit));
        if (cursor !== undefined) query.set("cursor", cursor);
        return this.http.ask("GET", `/search?${query}`);
    }
}
