import { elementScroll, observeElementOffset, observeElementRect, Virtualizer, type VirtualizerOptions } from "@tanstack/vue-virtual";
import { computed, type ComputedRef, onMounted, onScopeDispose, type Ref, shallowRef, watch } from "vue";
import type { TimelineItem } from "../composables/types.js";
import { estimateHeight, isSteady } from "./items.js";
import { createHold } from "./hold.js";

type Options = VirtualizerOptions<HTMLElement, HTMLElement>;

/** Within this of the end one is there: what comes is followed. */
export const NEAR_BOTTOM = 100;

/** A row that is in the page. */
export interface PlacedRow {
    readonly key: string;
    readonly index: number;
    readonly item: TimelineItem;
    /** Pixels from the top. */
    readonly start: number;
}

export interface VirtualRows {
    readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
    /** What is in the page now. */
    readonly rows: ComputedRef<readonly PlacedRow[]>;
    /** Of all rows. */
    readonly height: ComputedRef<number>;
    /** Raised whenever something about the rows is different. */
    readonly version: Readonly<Ref<number>>;
    /** Tell how high a row is; to be called with each row's element. */
    measure(element: HTMLElement | null): void;
    /** Where rows that are scrolled to come to stand: so far from the top. */
    pad(top: number): void;
    /** The row at this many pixels from the top of what is to be seen. */
    at(offset: number): TimelineItem | undefined;
}

/**
 * Only the rows around what is to be seen are in the page, and what is read stays where it is whatever happens above. Unlike the
 * library's own adapter this places the scroll after Vue has patched the page: before, the place may not be there yet.
 */
export function useVirtualRows(
    scroller: Ref<HTMLElement | null>,
    items: Ref<readonly TimelineItem[]>,
    /** An index that stays in the page though it is out of sight: it has the focus. */
    kept: () => number = () => -1,
): VirtualRows {
    const version = shallowRef(0);
    let shown: readonly TimelineItem[] = [];
    let padding = 0;
    const changed = () => {
        version.value += 1;
    };

    const optionsFor = (next: readonly TimelineItem[], follow: boolean): Options => ({
        count: next.length,
        getScrollElement: () => scroller.value,
        getItemKey: (index) => next[index]?.key ?? index,
        estimateSize: (index) => estimateHeight(next[index]),
        observeElementRect,
        observeElementOffset,
        scrollToFn: elementScroll,
        overscan: 6,
        paddingStart: 12,
        paddingEnd: 12,
        anchorTo: "end",
        followOnAppend: follow,
        scrollEndThreshold: NEAR_BOTTOM,
        scrollPaddingStart: padding,
        rangeExtractor: (range) => extract(range, kept()),
        onChange: changed,
    });

    const virtualizer = new Virtualizer<HTMLElement, HTMLElement>(optionsFor([], true));
    const hold = createHold(virtualizer);
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item) => hold.moves(item);

    const replace = (next: readonly TimelineItem[]) => {
        // At the end of what is loaded, not of all there is, a page that comes is no message that comes.
        const follow = shown.length === 0 || !endsInGap(shown);
        hold.during(shown, next, () => virtualizer.setOptions(optionsFor(next, follow)));
        shown = next;
        changed();
    };

    watch(items, replace, { immediate: true });
    watch([version, scroller], () => virtualizer._willUpdate(), { flush: "post" });
    let stop: (() => void) | undefined;
    onMounted(() => {
        stop = virtualizer._didMount();
        virtualizer._willUpdate();
    });
    onScopeDispose(() => {
        stop?.();
        hold.stop();
    });

    return {
        virtualizer,
        version,
        rows: computed(() => {
            void version.value;
            return virtualizer.getVirtualItems().flatMap(({ index, start }) => {
                const item = shown[index];
                return item === undefined ? [] : [{ key: item.key, index, item, start }];
            });
        }),
        height: computed(() => {
            void version.value;
            return virtualizer.getTotalSize();
        }),
        pad(top) {
            // Now, and when rows come while it scrolls.
            padding = top;
            virtualizer.options.scrollPaddingStart = top;
        },
        measure: (element) => virtualizer.measureElement(element),
        at: (offset) => shown[virtualizer.getVirtualItemForOffset((virtualizer.scrollOffset ?? 0) + offset)?.index ?? -1],
    };
}

function endsInGap(items: readonly TimelineItem[]): boolean {
    const last = items.findLast((item) => item.kind !== "sending");
    return last?.kind === "gap" && items.some(isSteady);
}

function extract(range: { startIndex: number; endIndex: number; overscan: number; count: number }, kept: number): number[] {
    const from = Math.max(0, range.startIndex - range.overscan);
    const to = Math.min(range.count - 1, range.endIndex + range.overscan);
    const indexes = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    if (kept < 0 || kept >= range.count || (kept >= from && kept <= to)) return indexes;
    return kept < from ? [kept, ...indexes] : [...indexes, kept];
}
