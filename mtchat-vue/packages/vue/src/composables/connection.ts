import { computed, onScopeDispose, readonly, ref, watch } from "vue";
import { injectChat, type Chat } from "../chat/index.js";
import type { UseConnectionReturn } from "./types.js";

/** How long to wait before a lost connection is worth a word, in milliseconds: most come back sooner. */
const PATIENCE = 1_500;

/** How the connection stands. */
export function useConnection(chat: Chat = injectChat()): UseConnectionReturn {
    const connection = computed(() => chat.state.value.connection);
    const isConnected = computed(() => connection.value === "connected");
    // Who has not asked for a connection does not miss one.
    const isMissed = computed(() => !isConnected.value && connection.value !== "idle");
    const isTroubled = ref(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    watch(
        isMissed,
        (missed) => {
            clearTimeout(timer);
            if (missed) timer = setTimeout(() => (isTroubled.value = true), PATIENCE);
            else isTroubled.value = false;
        },
        { immediate: true, flush: "sync" },
    );
    onScopeDispose(() => clearTimeout(timer));
    return {
        connection,
        isConnected,
        isTroubled: readonly(isTroubled),
        connect: () => chat.client.connect(),
        disconnect: () => chat.client.disconnect(),
    };
}
