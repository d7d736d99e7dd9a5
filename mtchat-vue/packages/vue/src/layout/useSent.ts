import type { ClientState, OutboxEntry } from "@mtchat/client";
import { onScopeDispose } from "vue";
import type { Chat } from "../chat/index.js";
import type { Message } from "../compat/types.js";
import { onItsWay } from "../compat/useChat/messages.js";

/** Tells of messages of one's own when the server has them, or else, when their dialog is not looked at any more, as they were sent. */
export function useSent(chat: Chat, tell: (message: Message) => void): (dialog: string, id: string) => void {
    const waiting = new Map<string, { dialog: string; entry: OutboxEntry | null }>();

    const look = (state: ClientState) => {
        for (const [id, waits] of waiting) {
            const rows = state.timelines.get(waits.dialog)?.rows;
            const row = rows?.findLast((one) => ("message" in one && one.message.id === id) || ("sending" in one && one.sending.id === id));
            if (row !== undefined && "sending" in row) {
                waits.entry = row.sending;
                continue;
            }
            const isThere = row !== undefined && "message" in row;
            // Not seen yet, so it is to come; seen and gone, it was given up.
            if (!isThere && rows !== undefined && waits.entry === null) continue;
            waiting.delete(id);
            if (isThere) tell(row.message);
            else if (rows === undefined && waits.entry !== null) tell(onItsWay(waits.entry, chat.me));
        }
    };
    onScopeDispose(chat.onDiffs((_, state) => waiting.size > 0 && look(state)));
    return (dialog, id) => {
        waiting.set(id, { dialog, entry: null });
        look(chat.state.value);
    };
}
