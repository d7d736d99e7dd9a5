import type { AttachmentView } from "@mtchat/client";
import type { TimelineItem } from "../../composables/index.js";

/** A file of a message that is loaded. */
export interface SharedFile {
    readonly file: AttachmentView;
    readonly sentAt: string;
    readonly sender: string | null;
}

/** Files of the messages that are loaded, newest first. */
export function sharedFiles(items: readonly TimelineItem[]): SharedFile[] {
    const files: SharedFile[] = [];
    for (let at = items.length - 1; at >= 0; at -= 1) {
        const item = items[at]!;
        if (item.kind !== "message") continue;
        for (const file of item.message.attachments ?? []) files.push({ file, sentAt: item.message.sent_at, sender: item.message.sender_id });
    }
    return files;
}
