import { computed, type ComputedRef, type Ref, shallowRef, watch } from "vue";
import type { TimelineItem, UseMessagesReturn } from "../composables/types.js";
import type { VirtualRows } from "./useVirtualRows.js";

/** How many messages of others came below what has been seen. */
export function useNewBelow(
    scroller: Ref<HTMLElement | null>,
    virtual: VirtualRows,
    messages: Pick<UseMessagesReturn, "items" | "hasNewer">,
    distance: Ref<number>,
    isSettled: Ref<boolean>,
    /** Unread in all, for what is not loaded. */
    unread: () => number,
): ComputedRef<number> {
    const seen = shallowRef<string | null>(null);

    const look = () => {
        const height = scroller.value?.clientHeight ?? 0;
        if (!isSettled.value || height === 0) return;
        const bottom = virtual.at(height - 1)?.key ?? null;
        if (bottom !== null) seen.value = furthest(messages.items.value, seen.value, bottom);
    };
    watch([virtual.version, distance, isSettled], look, { flush: "post" });

    return computed(() => (messages.hasNewer.value ? unread() : countBelow(messages.items.value, seen.value)));
}

/** Messages of others after the row with this key; none while nothing has been seen. */
export function countBelow(items: readonly TimelineItem[], seen: string | null): number {
    if (seen === null) return 0;
    const index = items.findIndex((item) => item.key === seen);
    return index < 0 ? 0 : items.slice(index + 1).filter((item) => item.kind === "message" && !item.isOwn).length;
}

/** Whichever of two rows comes later. One that is gone counts as the earlier. */
export function furthest(items: readonly TimelineItem[], one: string | null, other: string): string {
    for (let index = items.length - 1; index >= 0; index -= 1) {
        const key = items[index]!.key;
        if (key === other || key === one) return key;
    }
    return other;
}
