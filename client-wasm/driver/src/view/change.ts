import type { Change, Row } from "../generated/core.js";

/** The rows after a change. */
export function applied(change: Change, rows: readonly Row[]): Row[] {
    return [...rows.slice(0, change.from), ...change.rows, ...rows.slice(change.from + change.removed)];
}

/** The smallest change that makes these rows of those. */
export function difference(dialog: string, before: readonly Row[], after: readonly Row[]): Change {
    const [old, fresh] = [before.map(text), after.map(text)];
    const shortest = Math.min(old.length, fresh.length);
    let from = 0;
    while (from < shortest && old[from] === fresh[from]) from += 1;
    let end = 0;
    while (end < shortest - from && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
    return { dialog, from, removed: old.length - from - end, rows: after.slice(from, after.length - end) };
}

function text(row: Row): string {
    return JSON.stringify(row);
}
