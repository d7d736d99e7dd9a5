import { onMounted, onScopeDispose, type Ref, watch } from "vue";
import type { TimelineItem, UseMessagesReturn } from "../composables/types.js";
import type { VirtualRows } from "./useVirtualRows.js";

/** So many screens before the end of what is loaded, the next page is asked for. */
const SCREENS_BEFORE = 1.5;

/** After a jump nothing is asked for so long: the rows are not measured yet, and what is near is not known. */
export const AFTER_JUMP = 300;

export interface Paging {
    /** Look whether something is to be loaded. */
    check(): void;
    /** A jump was made. */
    pause(): void;
}

/** Where the reader is, seen from a gap. */
export type Side = "above" | "below";

type Gap = Extract<TimelineItem, { kind: "gap" }>;

/** Load what comes next before the reader gets there, upwards, downwards, and what is missing in between. */
export function usePaging(
    scroller: Ref<HTMLElement | null>,
    virtual: VirtualRows,
    messages: Pick<UseMessagesReturn, "items" | "hasOlder" | "hasNewer" | "isLoadingOlder" | "isLoadingNewer" | "loadOlder" | "loadNewer">,
    isSettled: Ref<boolean>,
    fill: (gap: Gap, from: Side) => Promise<unknown>,
): Paging {
    let pausedUntil = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const asked = new Set<string>();

    const check = () => {
        const element = scroller.value;
        if (element === null || !isSettled.value || element.clientHeight === 0 || messages.items.value.length === 0) return;
        const wait = pausedUntil - now();
        if (wait > 0) {
            timer ??= setTimeout(() => {
                timer = undefined;
                check();
            }, wait);
            return;
        }
        const near = element.clientHeight * SCREENS_BEFORE;
        const below = element.scrollHeight - element.scrollTop - element.clientHeight;
        if (element.scrollTop < near && messages.hasOlder.value && !messages.isLoadingOlder.value) quietly(messages.loadOlder());
        if (below < near && messages.hasNewer.value && !messages.isLoadingNewer.value) quietly(messages.loadNewer());
        const middle = element.scrollTop + element.clientHeight / 2;
        for (const { item, index, start } of virtual.rows.value) {
            // What is read next comes first: from the far end it might take a thousand pages to get here.
            if (item.kind === "gap" && isBetween(item, index, messages.items.value)) fillOnce(item, start > middle ? "above" : "below");
        }
    };
    const fillOnce = (gap: Gap, from: Side) => {
        if (asked.has(gap.key)) return;
        asked.add(gap.key);
        // It may be asked for again where it did not work, but not at once.
        quietly(fill(gap, from).finally(() => setTimeout(() => asked.delete(gap.key), 2_000)));
    };

    watch([virtual.version, isSettled, messages.isLoadingOlder, messages.isLoadingNewer], check, { flush: "post" });
    let stop = () => {};
    onMounted(() => {
        const element = scroller.value;
        element?.addEventListener("scroll", check, { passive: true });
        stop = () => element?.removeEventListener("scroll", check);
    });
    onScopeDispose(() => {
        stop();
        clearTimeout(timer);
    });

    return {
        check,
        pause: () => {
            pausedUntil = now() + AFTER_JUMP;
        },
    };
}

/** Not at an end of the list: there paging loads it. */
function isBetween(gap: Gap, index: number, items: readonly TimelineItem[]): boolean {
    return gap.after !== null && gap.before !== null && index > 0 && index < items.length - 1;
}

/** The row stays and says that it loads; the client tells of errors. */
function quietly(promise: Promise<unknown>): void {
    promise.catch(() => {});
}

function now(): number {
    return performance.now();
}
