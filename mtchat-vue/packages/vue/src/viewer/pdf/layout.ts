import type { Size } from "../zoom.js";

/** Pixels between pages. */
export const PAGE_GAP = 16;
/** Wider than this a page is no easier to read. */
const WIDEST = 960;
/** Canvases beyond this many pixels are refused by phones. */
const MOST_PIXELS = 16_000_000;
const SHARPEST = 4;

/** How large pages are shown at scale 1, one below the other, all as wide as fits. */
export function pageSizes(natural: readonly Size[], stage: Size): readonly Size[] {
    const width = Math.max(0, Math.min(stage.width, WIDEST));
    return natural.map((page) => (page.width > 0 ? { width, height: Math.round((page.height / page.width) * width) } : { width, height: 0 }));
}

/** How large all of them are together. */
export function columnSize(pages: readonly Size[]): Size {
    const height = pages.reduce((sum, page) => sum + page.height, 0) + PAGE_GAP * Math.max(0, pages.length - 1);
    return { width: Math.max(0, ...pages.map((page) => page.width)), height };
}

/** Pixels of a canvas for each pixel of the page: sharp at this scale, and not more than can be had. */
export function sharpness(page: Size, scale: number, pixelRatio: number): number {
    const wanted = Math.min(SHARPEST, Math.max(1, scale)) * pixelRatio;
    const area = page.width * page.height;
    return area === 0 ? wanted : Math.min(wanted, Math.sqrt(MOST_PIXELS / area));
}

/** The pages of which something is in sight, or nearly. `top`: how far the column is scrolled. */
export function pagesInSight(pages: readonly Size[], top: number, height: number): { first: number; last: number } {
    let at = 0;
    let first = 0;
    let last = -1;
    for (const [index, page] of pages.entries()) {
        const end = at + page.height;
        if (end < top - height) first = index + 1;
        if (at <= top + 2 * height) last = index;
        at = end + PAGE_GAP;
    }
    return { first: Math.min(first, Math.max(0, pages.length - 1)), last };
}

/** Which page, from 1, is so far down; between two it is the upper one. */
export function pageAt(pages: readonly Size[], offset: number): number {
    let end = 0;
    const index = pages.findIndex((page) => (end += page.height + PAGE_GAP) > offset);
    return index < 0 ? pages.length : index + 1;
}
