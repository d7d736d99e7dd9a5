import type { VirtualItem, Virtualizer } from "@tanstack/vue-virtual";
import type { TimelineItem } from "../composables/types.js";
import { isSteady } from "./items.js";

/** Keeps a row where it is on the screen while those above it change. */
export interface Hold {
    /** Run what replaces the rows, with a row as anchor that will still be there and among the same neighbours. */
    during(before: readonly TimelineItem[], after: readonly TimelineItem[], replace: () => void): void;
    /** Whether the scroll position goes along when this row is of another height than was thought. */
    moves(item: VirtualItem): boolean;
    stop(): void;
}

/**
 * The library takes the topmost row as anchor. Here that may be a divider or a gap, and those go to another place when a page comes:
 * the reader would go with them. So the first message is taken, of those that look as before: the oldest that was loaded may lose its
 * sender's name to one before it, and all below would follow. For two frames after that, and after each change of width, all that
 * is above that message counts as out of sight: a name that goes since its sender's earlier message is there now, lines that break
 * elsewhere.
 */
export function createHold(virtualizer: Virtualizer<HTMLElement, HTMLElement>): Hold {
    const nearest = virtualizer.getVirtualItemForOffset;
    let held: number | null = null;
    let width = 0;
    let frames: number | undefined;

    const firstSteady = (items: readonly TimelineItem[], placeOf: (index: number) => number, isSame: (index: number) => boolean, offset: number) => {
        const top = nearest(offset)?.index;
        if (top === undefined) return undefined;
        const fits = (index: number) => isSteady(items[index]) && placeOf(index) >= 0;
        // Whole on the screen is better: what is cut off may be of another height in a moment.
        const isWhole = (index: number) => (virtualizer.measurementsCache[index]?.start ?? 0) >= offset;
        const height = virtualizer.scrollRect?.height ?? 0;
        const bottom = nearest(offset + height)?.index ?? top;
        const rows = Array.from({ length: bottom - top + 1 }, (_, step) => top + step);
        // Above a gap in the upper half nobody reads: what fills it comes between.
        const isGap = (index: number) => items[index]?.kind === "gap" && (virtualizer.measurementsCache[index]?.start ?? 0) < offset + height / 2;
        const visible = rows.slice(rows.findLastIndex(isGap) + 1).filter(fits);
        const same = visible.filter(isSame);
        const index = same.find(isWhole) ?? same[0] ?? visible.find(isWhole) ?? visible[0] ?? beyond(items.length, top, fits);
        return index === undefined ? undefined : virtualizer.measurementsCache[index];
    };

    const release = () => {
        frames = undefined;
        held = null;
        width = virtualizer.scrollElement?.clientWidth ?? 0;
    };
    const keep = (index: number) => {
        held = index < 0 ? null : index;
        if (frames !== undefined) cancelAnimationFrame(frames);
        frames = requestAnimationFrame(() => {
            frames = requestAnimationFrame(release);
        });
    };

    return {
        during(before, after, replace) {
            if (virtualizer.scrollElement === null) return replace();
            const placeOf = placesIn(before, after);
            const isSame = (index: number) => after[placeOf(index)] === before[index];
            let anchor: number | null = null;
            virtualizer.getVirtualItemForOffset = (offset) => {
                const item = firstSteady(before, placeOf, isSame, offset) ?? nearest(offset);
                anchor = item?.index ?? null;
                return item;
            };
            try {
                replace();
            } finally {
                virtualizer.getVirtualItemForOffset = nearest;
            }
            if (anchor !== null) keep(placeOf(anchor));
        },
        moves(item) {
            const offset = virtualizer.scrollOffset ?? 0;
            const now = virtualizer.scrollElement?.clientWidth ?? 0;
            if (width === 0) width = now;
            if (now !== width && held === null) {
                const first = nearest(offset);
                keep(first === undefined ? -1 : first.start < offset ? first.index + 1 : first.index);
            }
            const anchor = held === null ? undefined : virtualizer.measurementsCache[held];
            if (anchor !== undefined) return item.start < anchor.start;
            return virtualizer.itemSizeCache.has(item.key) ? item.end <= offset : item.start < offset;
        },
        stop() {
            if (frames !== undefined) cancelAnimationFrame(frames);
        },
    };
}

/** Where a row is afterwards; -1: nowhere. Mostly where it was, or further down by as many as came. */
function placesIn(before: readonly TimelineItem[], after: readonly TimelineItem[]): (index: number) => number {
    const come = after.length - before.length;
    return (index) => {
        const key = before[index]?.key;
        if (key === undefined) return -1;
        return [index, index + come].find((place) => after[place]?.key === key) ?? after.findIndex((item) => item.key === key);
    };
}

/** So far the eye remembers what was there. */
const NEIGHBOURS = 40;

function beyond(count: number, from: number, fits: (index: number) => boolean): number | undefined {
    for (let index = from; index < Math.min(count, from + NEIGHBOURS); index += 1) if (fits(index)) return index;
    for (let index = from - 1; index >= Math.max(0, from - NEIGHBOURS); index -= 1) if (fits(index)) return index;
    return undefined;
}
