import { computed } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import type { UsePresenceReturn } from "./types.js";

/** Who is online, as far as it is known. */
export function usePresence(chat: Chat = injectChat()): UsePresenceReturn {
    const connected = computed(() => chat.state.value.connection === "connected");
    // Those of open dialogs are told whole; the others as they come and go.
    const fromDialogs = computed(() => {
        const online = new Map<string, boolean>();
        for (const people of chat.state.value.participants.values()) for (const { user_id, is_online } of people) online.set(user_id, is_online);
        return online;
    });
    return {
        isOnline(user) {
            if (user === chat.me) return connected.value;
            return chat.state.value.presence.get(user) ?? fromDialogs.value.get(user) ?? false;
        },
    };
}
