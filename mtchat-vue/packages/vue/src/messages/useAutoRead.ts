import { onMounted, onScopeDispose, type Ref, shallowRef, watch } from "vue";
import type { UseMessagesReturn } from "../composables/types.js";

/** So long something has to be in sight to be read. */
export const READ_AFTER = 1_000;

/**
 * Mark as read what is in sight: after a second at the bottom of a page that is looked at. A page need not have the focus for that,
 * and a chat that fits on the screen is at its bottom always.
 */
export function useAutoRead(
    messages: Pick<UseMessagesReturn, "newestId" | "hasNewer" | "markRead">,
    isAtBottom: Ref<boolean>,
    isSettled: Ref<boolean>,
    /** There is something unread; without it nothing has to be said to the server. */
    hasUnread: () => boolean,
): void {
    const isVisible = shallowRef(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let marked: string | null = null;

    const read = () => {
        timer = undefined;
        const newest = messages.newestId.value;
        // Who marks messages as unread while the chat is open wants them to stay so.
        if (newest === null || newest === marked) return;
        marked = newest;
        // Said again with the next message; the client keeps it when it is offline.
        messages.markRead(newest).catch(() => {
            marked = null;
        });
    };
    const stop = () => {
        clearTimeout(timer);
        timer = undefined;
    };

    watch(
        [messages.newestId, messages.hasNewer, isAtBottom, isSettled, isVisible, hasUnread],
        ([newest, hasNewer, atBottom, settled, visible, unread]) => {
            if (newest === null || hasNewer || !atBottom || !settled || !visible || !unread) return stop();
            // What comes meanwhile does not put it off: in a lively chat nothing would ever be read.
            timer ??= setTimeout(read, READ_AFTER);
        },
        { immediate: true },
    );

    const look = () => {
        isVisible.value = document.visibilityState === "visible";
    };
    onMounted(() => {
        look();
        document.addEventListener("visibilitychange", look);
    });
    onScopeDispose(() => {
        stop();
        if (typeof document !== "undefined") document.removeEventListener("visibilitychange", look);
    });
}
