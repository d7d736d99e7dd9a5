/** Where the arrow keys go in a row or column of things of which one can be reached by Tab. */
export interface RovingOptions {
    orientation: "horizontal" | "vertical";
    /** Written from right to left: left is forward. */
    rtl?: boolean;
}

/** The index that a key leads to, round the ends; `null` for keys that lead nowhere. From -1: the first or the last. */
export function rove(key: string, index: number, count: number, { orientation, rtl = false }: RovingOptions): number | null {
    if (count === 0) return null;
    const [back, forward] = orientation === "vertical" ? ["ArrowUp", "ArrowDown"] : rtl ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    if (key === "Home") return 0;
    if (key === "End") return count - 1;
    if (key === forward) return (index + 1) % count;
    if (key === back) return index <= 0 ? count - 1 : index - 1;
    return null;
}

/** The index of what begins with the typed letters, looked for from `from` on and round the end; -1 if none does. */
export function typedAhead(labels: readonly string[], typed: string, from: number): number {
    const wanted = typed.toLocaleLowerCase();
    // The same letter again goes to the next thing with it instead of looking for «aa».
    const repeated = [...wanted].every((letter) => letter === wanted[0]);
    const prefix = repeated ? wanted.slice(0, 1) : wanted;
    const start = repeated ? from + 1 : Math.max(from, 0);
    for (let step = 0; step < labels.length; step += 1) {
        const index = (start + step) % labels.length;
        if (labels[index]!.trim().toLocaleLowerCase().startsWith(prefix)) return index;
    }
    return -1;
}

export function isRtl(element: Element): boolean {
    return getComputedStyle(element).direction === "rtl";
}
