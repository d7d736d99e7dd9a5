import { computed } from "vue";
import type { Chat } from "../../chat/index.js";
import { useConnection } from "../../composables/index.js";
import type { ReadRef } from "../../composables/types.js";
import type { MTChatApi } from "../api.js";
import { tokenOf } from "../token.js";
import { dialogsGroup } from "./dialogs.js";
import { membershipGroup } from "./membership.js";
import { messagesGroup } from "./messages.js";
import { type ChatParts, Troubles } from "./parts.js";
import type { UseChatReturn } from "./types.js";

/** What `useChat` returns, on top of what is there already. Knows of the API by its type only: `<MTChat>` loads that with the first call. */
export function chatOfParts(parts: ChatParts, api: MTChatApi, troubles: Troubles = new Troubles()): UseChatReturn {
    const { chat, context } = parts;
    const { isConnected, connect, disconnect } = useConnection(chat);
    const dialogs = dialogsGroup(parts, troubles);
    const messages = messagesGroup(parts, troubles);
    return {
        ...dialogs,
        ...messages,
        ...membershipGroup(parts, troubles),
        participants: context.participants.participants,
        isConnected,
        isLoading: computed(() => dialogs.isLoadingDialogs.value || messages.isLoadingMessages.value),
        error: computed(() => troubles.last.value ?? context.dialog.error.value),
        onlineUsers: onlineUsers(chat),
        api,
        connect: () => troubles.run(connect),
        disconnect,
        subscribe: () => undefined,
        unsubscribe: () => undefined,
    };
}

/** The API for the user of a chat, asking as the chat itself does. */
export function apiOf(Api: typeof MTChatApi, chat: Chat, token: () => string | undefined): MTChatApi {
    const scopes = () => chat.config.value.scopeConfig;
    return new Api(chat.config.value.baseUrl, chat.me, scopes, tokenOf(() => chat.config.value, token));
}

function onlineUsers({ state }: Chat): ReadRef<ReadonlySet<string>> {
    return computed(() => {
        const online = new Set<string>();
        for (const people of state.value.participants.values()) {
            for (const { user_id, is_online } of people) if (is_online) online.add(user_id);
        }
        // What was seen since then counts more.
        for (const [user, is] of state.value.presence) is ? online.add(user) : online.delete(user);
        return online;
    });
}
