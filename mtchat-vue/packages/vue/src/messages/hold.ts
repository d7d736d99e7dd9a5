import type { TimelineItem } from "../composables/types.js";
import { placeIn, type Rows } from "../virtual/rows.js";
import { isSteady } from "./items.js";

/**
 * The row that stays where it is on the screen while others come and go. The topmost may be a divider or a gap, and those go to another place when a page
 * comes: the reader would go with them. So the first message is taken, of those that look as before: the oldest that was loaded may lose its
 * sender's name to one before it, and all below would follow. -1: there is none.
 */
export function heldRow(rows: Rows<TimelineItem>, after: readonly TimelineItem[]): number {
    const before = rows.items;
    const [top, bottom] = rows.range;
    if (bottom < top) return -1;
    const placeOf = (index: number) => placeIn(after, index, after.length - before.length, ({ key }) => key === before[index]?.key);
    const fits = (index: number) => isSteady(before[index]) && placeOf(index) >= 0;
    // Above a gap in the upper half nobody reads: what fills it comes between.
    const isGap = (index: number) => before[index]?.kind === "gap" && rows.heights.startOf(index) < rows.offset + rows.height / 2;
    const seen = Array.from({ length: bottom - top + 1 }, (_, step) => top + step);
    const visible = seen.slice(seen.findLastIndex(isGap) + 1).filter(fits);
    const same = visible.filter((index) => after[placeOf(index)] === before[index]);
    // Whole on the screen is better: what is cut off may be of another height in a moment.
    const isWhole = (index: number) => rows.heights.startOf(index) >= rows.offset;
    return same.find(isWhole) ?? same[0] ?? visible.find(isWhole) ?? visible[0] ?? beyond(before.length, top, fits);
}

/** So far the eye remembers what was there. */
const NEIGHBOURS = 40;

function beyond(count: number, from: number, fits: (index: number) => boolean): number {
    for (let index = from; index < Math.min(count, from + NEIGHBOURS); index += 1) if (fits(index)) return index;
    for (let index = from - 1; index >= Math.max(0, from - NEIGHBOURS); index -= 1) if (fits(index)) return index;
    return -1;
}
