import { ApiError, type MessageView } from "@mtchat/client";
import { onScopeDispose } from "vue";
import type { Chat } from "../chat/index.js";

/** Messages that are not loaded but were asked for, as those that others quote. Each is asked for once while one is connected. */
export class MessageCache {
    private readonly asked = new Map<string, Promise<MessageView | null>>();

    constructor(private readonly chat: Chat) {
        const end = chat.onDiffs((diffs) => {
            // What happened to them meanwhile is not known.
            if (diffs.some((diff) => "connection" in diff)) this.asked.clear();
        });
        onScopeDispose(end);
    }

    /** A message; `null`: it was deleted. */
    get(dialog: string, message: string): Promise<MessageView | null> {
        const known = this.asked.get(message);
        if (known !== undefined) return known;
        const asked = this.ask(dialog, message);
        this.asked.set(message, asked);
        // Another time it may go well.
        asked.catch(() => this.asked.delete(message));
        return asked;
    }

    private async ask(dialog: string, message: string): Promise<MessageView | null> {
        try {
            return await this.chat.client.message(dialog, message);
        } catch (thrown) {
            if (thrown instanceof ApiError && thrown.status === 404) return null;
            throw thrown;
        }
    }
}
