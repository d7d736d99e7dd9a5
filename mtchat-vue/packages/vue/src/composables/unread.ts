import { computed } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import type { UseUnreadReturn } from "./types.js";

/** How much is unread in all dialogs. */
export function useUnread(chat: Chat = injectChat()): UseUnreadReturn {
    return {
        messages: computed(() => chat.state.value.unread?.messages ?? 0),
        dialogs: computed(() => chat.state.value.unread?.dialogs ?? 0),
    };
}
