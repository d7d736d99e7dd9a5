import { computed, nextTick, onMounted, onScopeDispose, type Ref, shallowRef, watch } from "vue";
import type { TimelineItem, UseMessagesReturn } from "../composables/types.js";
import { NEAR_BOTTOM, type VirtualRows } from "./useVirtualRows.js";

/** From here on there is a way back to the bottom. */
export const FAR_FROM_BOTTOM = 200;

/** So long the place where the unread messages begin may be asked for; then the chat opens at the bottom. */
export const WAIT_FOR_UNREAD = 2_000;

export interface ScrollAnchor {
    /** Pixels from the bottom. */
    readonly distance: Readonly<Ref<number>>;
    /** Close enough to the bottom that what comes is seen. */
    readonly isAtBottom: Readonly<Ref<boolean>>;
    /** So far away that a way back is offered. */
    readonly isFar: Readonly<Ref<boolean>>;
    /** The place where the chat opens has been found: from now on what is seen counts as seen. */
    readonly isSettled: Readonly<Ref<boolean>>;
    /** The reader has chosen a place. */
    settle(): void;
    /** To the newest message, loading it if it is not there. */
    scrollToBottom(): Promise<void>;
}

/** What the reader does to say: I want to be here. */
const BY_HAND = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

/**
 * Where the list stands: it opens at the first unread message or at the bottom, stays at the bottom while one is there, and stays
 * with what is read otherwise.
 */
export function useScrollAnchor(
    scroller: Ref<HTMLElement | null>,
    virtual: VirtualRows,
    messages: Pick<UseMessagesReturn, "items" | "isFresh" | "hasNewer" | "firstUnreadId" | "jumpTo" | "toLatest">,
    /** Something is unread, though it may not be known yet where that begins. */
    hasUnread: () => boolean = () => false,
): ScrollAnchor {
    const distance = shallowRef(0);
    const isSettled = shallowRef(false);
    const isAtBottom = computed(() => distance.value <= NEAR_BOTTOM);

    /** As it was when `distance` was taken: where one was has to be known when there is more or less room of a sudden. */
    let height = 0;
    const look = () => {
        const element = scroller.value;
        if (element === null || (height > 0 && element.clientHeight !== height)) return;
        height = element.clientHeight;
        distance.value = Math.max(0, element.scrollHeight - element.scrollTop - height);
    };
    const resized = () => {
        if (height > 0 && scroller.value?.clientHeight !== height && isAtBottom.value) toEnd();
        height = 0;
        look();
    };
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const toEnd = () => virtual.scrollToEnd();

    const settle = () => {
        clearTimeout(waiting);
        isSettled.value = true;
        void nextTick(look);
    };
    const open = async () => {
        if (isSettled.value || messages.items.value.length === 0) return;
        const unread = messages.firstUnreadId.value;
        if (unread !== null && (await showUnread(unread))) return settle();
        if (isSettled.value) return;
        toEnd();
        // What was kept from before the page was loaded may not be the end, and says nothing of what is unread.
        if (!messages.isFresh.value) return;
        if (unread === null && hasUnread()) waiting ??= setTimeout(settle, WAIT_FOR_UNREAD);
        else settle();
    };
    const showUnread = async (id: string): Promise<boolean> => {
        if (!messages.items.value.some(isUnread) && (isSettled.value || !(await messages.jumpTo(id)))) return false;
        await nextTick();
        const index = messages.items.value.findIndex(isUnread);
        const element = scroller.value;
        if (index < 0 || isSettled.value || element === null) return isSettled.value;
        // With some of what was read before in sight.
        virtual.scrollToIndex(index, "start", Math.round(element.clientHeight * 0.25));
        return true;
    };

    watch([messages.items, messages.isFresh, messages.firstUnreadId], () => void nextTick(open));
    watch(virtual.version, look, { flush: "post" });
    watch(messages.items, (now, before) => {
        const last = now.at(-1);
        const isMine = last?.kind === "sending" && !before.some((item) => item.key === last.key) && last.entry.state === "sending";
        if (isMine && isSettled.value) void nextTick(() => scrollToBottom());
    });
    const scrollToBottom = async () => {
        if (messages.hasNewer.value) {
            await messages.toLatest();
            await nextTick();
        }
        settle();
        toEnd();
    };

    let stop = () => {};
    onMounted(() => {
        const element = scroller.value;
        if (element === null) return;
        stop = follow(element, { look, resized, byHand: () => void (messages.isFresh.value && settle()) });
        void nextTick(open);
    });
    onScopeDispose(() => {
        stop();
        clearTimeout(waiting);
    });

    return { distance, isAtBottom, isFar: computed(() => distance.value > FAR_FROM_BOTTOM), isSettled, settle, scrollToBottom };
}

function isUnread(item: TimelineItem): boolean {
    return item.kind === "unread";
}

interface Follower {
    look(): void;
    resized(): void;
    byHand(): void;
}

/** Hear of scrolling, of hands, and of the room that there is: whoever is at the bottom stays there when the composer grows. */
function follow(element: HTMLElement, { look, resized, byHand }: Follower): () => void {
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(resized);
    observer?.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    for (const name of BY_HAND) element.addEventListener(name, byHand, { passive: true });
    return () => {
        observer?.disconnect();
        element.removeEventListener("scroll", look);
        for (const name of BY_HAND) element.removeEventListener(name, byHand);
    };
}
