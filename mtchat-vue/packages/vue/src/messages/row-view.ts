import type { AttachmentInput, AttachmentView, MessageView, ReactionSummary } from "@mtchat/client";
import type { MessageItem } from "./items.js";

/** How far an own message is. */
export type MessageState = "sending" | "accepted" | "there" | { readonly failed: string };

/** A file that is shown: one that is there has an id. */
export type ShownFile = AttachmentView | AttachmentInput;

/** What a row of a message shows, whether it is there or on its way: the row stays the same when it arrives. */
export interface RowView {
    readonly id: string;
    readonly content: string;
    readonly sentAt: string | number;
    readonly editedAt: string | null;
    readonly senderId: string | null;
    readonly isOwn: boolean;
    readonly replyTo: string | null;
    readonly files: readonly ShownFile[];
    readonly reactions: readonly ReactionSummary[];
    readonly state: MessageState;
    /** `null` while it is on its way. */
    readonly message: MessageView | null;
}

export function viewOf(item: MessageItem, me: string): RowView {
    if (item.kind === "message") {
        const { message } = item;
        return {
            id: message.id,
            content: message.content,
            sentAt: message.sent_at,
            editedAt: message.last_edited_at,
            senderId: message.sender_id,
            isOwn: item.isOwn,
            replyTo: message.reply_to_id,
            files: message.attachments ?? [],
            reactions: message.reactions ?? [],
            state: "there",
            message,
        };
    }
    const { entry } = item;
    return {
        id: entry.id,
        content: entry.content,
        sentAt: entry.sent_at,
        editedAt: null,
        senderId: me,
        isOwn: true,
        replyTo: entry.reply_to,
        files: entry.attachments ?? [],
        reactions: [],
        state: entry.state,
        message: null,
    };
}
