/** How many of `count` buttons of `size` pixels fit; those that do not go into a menu, whose button needs a place too. */
export function fitting(width: number, count: number, size: number): number {
    if (size <= 0 || width <= 0 || count * size <= width) return count;
    return Math.max(1, Math.floor((width - size) / size));
}
