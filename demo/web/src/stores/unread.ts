import { createClient, type Client } from "@mtchat/client";
import { shallowRef } from "vue";
import { tokenOf } from "../chat-config.js";
import { keyOf } from "./data.js";

/** Unread messages in all, and by object: what the sidebar and the table show beside the chat itself. */
export const unread = shallowRef<{ total: number; byObject: ReadonlyMap<string, number> }>({ total: 0, byObject: new Map() });

/** Follow one user's numbers until the function that comes back is called. The chat's own connection is shared, not doubled. */
export function followUnread(user: string): () => void {
    const client: Client = createClient({ url: location.origin, getToken: () => tokenOf(user) });
    // The chat says what is wrong; numbers that are missing are no news.
    client.on("error", () => undefined);
    const off = client.subscribe((_, state) => {
        const byObject = new Map<string, number>();
        for (const dialog of state.dialogs as readonly { object_type: string; object_id: string; unread_count?: number }[]) {
            const key = keyOf({ type: dialog.object_type as "order", id: dialog.object_id });
            byObject.set(key, (byObject.get(key) ?? 0) + (dialog.unread_count ?? 0));
        }
        unread.value = { total: state.unread?.messages ?? 0, byObject };
    });
    void Promise.resolve(client.connect()).catch(() => undefined);
    return () => {
        (off as unknown as (() => void) | undefined)?.();
        client.close();
        unread.value = { total: 0, byObject: new Map() };
    };
}
