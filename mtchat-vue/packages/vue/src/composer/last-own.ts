import type { MessageView } from "@mtchat/client";
import type { TimelineItem } from "../composables/types.js";

/** The newest of one's own messages that is there and has a text to change. */
export function lastOwnMessage(items: readonly TimelineItem[]): MessageView | null {
    const item = items.findLast((one) => one.kind === "message" && one.isOwn && one.message.content !== "");
    return item?.kind === "message" ? item.message : null;
}
