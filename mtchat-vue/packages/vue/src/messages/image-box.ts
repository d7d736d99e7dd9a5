/** How large a picture is shown. */
export interface Box {
    readonly width: number;
    readonly height: number;
}

/** The largest side of a picture in a message. */
export const LARGEST_SIDE = 320;

/** Smaller than this nothing can be seen or hit. */
const SMALLEST_SIDE = 44;

/** Where nobody knows how large a picture is: the place is kept all the same, and the picture is fitted into it. */
const UNKNOWN: Box = { width: 240, height: 180 };

/**
 * The place that is kept for a picture before it is loaded, so that nothing moves when it is there: its own size at most, its own
 * shape unless that is extreme.
 */
export function imageBox(width: number | null | undefined, height: number | null | undefined): Box {
    if (!width || !height || width < 0 || height < 0) return UNKNOWN;
    const scale = Math.min(1, LARGEST_SIDE / width, LARGEST_SIDE / height);
    return { width: within(width * scale), height: within(height * scale) };
}

function within(side: number): number {
    return Math.max(SMALLEST_SIDE, Math.min(LARGEST_SIDE, Math.round(side)));
}
