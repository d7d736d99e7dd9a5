import { computed, type ComputedRef, nextTick, type Ref, shallowRef } from "vue";
import type { TimelineItem } from "../composables/types.js";
import { isMessage } from "./items.js";
import type { VirtualRows } from "./useVirtualRows.js";

export interface Roving {
    /** The row that Tab leads to. */
    readonly active: ComputedRef<string | null>;
    /** Its index: it stays in the page while it has the focus. */
    readonly keptIndex: () => number;
    onKeydown(event: KeyboardEvent): void;
    onFocusin(event: FocusEvent): void;
    onFocusout(): void;
}

/** Go through messages by the arrow keys. Tab comes to the newest one, or to where one was. */
export function useRoving(scroller: Ref<HTMLElement | null>, items: Ref<readonly TimelineItem[]>, rows: () => VirtualRows): Roving {
    const visited = shallowRef<string | null>(null);
    const hasFocus = shallowRef(false);
    const isThere = (key: string | null) => key !== null && items.value.some((item) => item.key === key && isMessage(item));
    const active = computed(() => (isThere(visited.value) ? visited.value : (items.value.findLast(isMessage)?.key ?? null)));
    const indexOf = (key: string | null) => items.value.findIndex((item) => item.key === key);

    const go = async (index: number) => {
        const item = items.value[index];
        if (item === undefined) return;
        visited.value = item.key;
        rows().scrollToIndex(index, "auto");
        await nextTick();
        const row = scroller.value?.querySelector<HTMLElement>(`[data-index="${index}"] [data-message-id]`);
        row?.focus({ preventScroll: true });
    };

    return {
        active,
        keptIndex: () => (hasFocus.value ? indexOf(visited.value) : -1),
        onKeydown(event) {
            // Keys in a button of a row are the button's.
            const target = event.target instanceof Element ? event.target : null;
            if (event.altKey || event.ctrlKey || event.metaKey || target?.closest("[data-message-id]") !== target) return;
            const index = next(event.key, indexOf(active.value), items.value);
            if (index === null) return;
            event.preventDefault();
            void go(index);
        },
        onFocusin(event) {
            const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-index]") : null;
            const item = row === null ? undefined : items.value[Number(row.dataset["index"])];
            if (!isMessage(item)) return;
            visited.value = item.key;
            hasFocus.value = true;
        },
        onFocusout() {
            hasFocus.value = false;
        },
    };
}

/** The index of the message that a key leads to; `null`: nowhere. */
export function next(key: string, from: number, items: readonly TimelineItem[]): number | null {
    if (key === "Home") return found(items.findIndex(isMessage));
    if (key === "End") return found(items.findLastIndex(isMessage));
    const step = key === "ArrowUp" ? -1 : key === "ArrowDown" ? 1 : 0;
    if (step === 0) return null;
    for (let index = from + step; index >= 0 && index < items.length; index += step) if (isMessage(items[index])) return index;
    return null;
}

function found(index: number): number | null {
    return index < 0 ? null : index;
}
