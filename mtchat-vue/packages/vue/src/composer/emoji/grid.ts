/** Where the arrow keys go in a grid of `count` things in rows of `columns`; `null`: out of it, upwards, or nowhere. */
export function gridMove(key: string, index: number, count: number, columns: number, rtl = false): number | null {
    switch (key) {
        case "ArrowRight":
            return step(index, rtl ? -1 : 1, count);
        case "ArrowLeft":
            return step(index, rtl ? 1 : -1, count);
        case "ArrowDown":
            // From the last row but one, over a gap in the last: to the last one.
            return index + columns < count ? index + columns : Math.floor(index / columns) < Math.floor((count - 1) / columns) ? count - 1 : index;
        case "ArrowUp":
            return index >= columns ? index - columns : null;
        case "Home":
            return 0;
        case "End":
            return count - 1;
        default:
            return null;
    }
}

function step(index: number, by: number, count: number): number {
    return Math.min(Math.max(index + by, 0), count - 1);
}
