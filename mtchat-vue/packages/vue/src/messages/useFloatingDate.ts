import { onScopeDispose, type Ref, shallowRef, watch } from "vue";
import { timeOf } from "./items.js";
import type { VirtualRows } from "./useVirtualRows.js";

/** How long the date stays after the last turn of the wheel. */
export const STAYS = 1_200;

/** The day of what is on top while one scrolls; `null`: nothing to say. */
export function useFloatingDate(virtual: VirtualRows, distance: Ref<number>, isSettled: Ref<boolean>): Readonly<Ref<string | number | null>> {
    const date = shallowRef<string | number | null>(null);
    let timer: ReturnType<typeof setTimeout> | undefined;

    watch(distance, () => {
        if (!isSettled.value || !virtual.isScrolling()) return;
        const top = virtual.at(8);
        // The divider itself is there to be read.
        date.value = top?.kind === "day" ? null : timeOf(top);
        clearTimeout(timer);
        timer = setTimeout(() => {
            date.value = null;
        }, STAYS);
    });
    onScopeDispose(() => clearTimeout(timer));
    return date;
}
