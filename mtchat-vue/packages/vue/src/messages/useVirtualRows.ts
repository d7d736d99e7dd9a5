import { type ComputedRef, type Ref, watch } from "vue";
import type { TimelineItem } from "../composables/types.js";
import type { Align } from "../virtual/rows.js";
import { type PlacedRow, useRows } from "../virtual/useRows.js";
import { heldRow } from "./hold.js";
import { estimateHeight, isSteady } from "./items.js";

/** Within this of the end one is there: what comes is followed. */
export const NEAR_BOTTOM = 100;

export interface VirtualRows {
    /** What is in the page now. */
    readonly rows: ComputedRef<readonly PlacedRow<TimelineItem>[]>;
    /** Of all rows. */
    readonly height: ComputedRef<number>;
    /** Raised whenever something about the rows is different. */
    readonly version: Readonly<Ref<number>>;
    /** Something has moved just now. */
    isScrolling(): boolean;
    /** Tell which element shows a row. */
    see(element: HTMLElement | null, key: string): void;
    /** Where a row is, in pixels from the top of all. */
    placeOf(index: number): { readonly start: number; readonly height: number };
    /** The row at this many pixels from the top of what is to be seen. */
    at(offset: number): TimelineItem | undefined;
    /** To a row; one that is to start at the top comes to stand `gap` pixels below. */
    scrollToIndex(index: number, align: Align, gap?: number): void;
    scrollToEnd(): void;
}

/** Only the rows around what is to be seen are in the page, and what is read stays where it is whatever happens above. */
export function useVirtualRows(scroller: Ref<HTMLElement | null>, items: Ref<readonly TimelineItem[]>, kept?: () => number): VirtualRows {
    const { rows, placed, height, version } = useRows<TimelineItem>(scroller, {
        keyOf: ({ key }) => key,
        estimate: estimateHeight,
        padding: 12,
        nearEnd: NEAR_BOTTOM,
        ...(kept && { kept }),
    });

    const replace = (next: readonly TimelineItem[]) => {
        const follows = isFollowed(rows.items, next) && rows.distance <= NEAR_BOTTOM;
        rows.replace(next, follows ? -1 : heldRow(rows, next));
        if (follows) rows.scrollToEnd();
    };
    watch(items, replace, { immediate: true });

    return {
        rows: placed,
        height,
        version,
        isScrolling: () => rows.isScrolling,
        see: (element, key) => rows.see(element, key),
        placeOf: (index) => ({ start: rows.heights.startOf(index), height: rows.heights.heightOf(index) }),
        at: (offset) => rows.items[rows.heights.at(rows.offset + offset)],
        scrollToIndex: (index, align, gap) => rows.scrollToIndex(index, align, gap),
        scrollToEnd: () => rows.scrollToEnd(),
    };
}

/** Something has come after the last row. At the end of what is loaded, not of all there is, a page that comes is no message that comes. */
function isFollowed(before: readonly TimelineItem[], after: readonly TimelineItem[]): boolean {
    const last = before.at(-1);
    if (last === undefined) return true;
    return !endsInGap(before) && after.at(-1)?.key !== last.key && after.some(({ key }) => key === last.key);
}

function endsInGap(items: readonly TimelineItem[]): boolean {
    const last = items.findLast((item) => item.kind !== "sending");
    return last?.kind === "gap" && items.some(isSteady);
}
