import type { Change, OutboxEntry, Row } from "../generated/core.js";
import { applied, difference } from "./change.js";
import type { TimelineState } from "./state.js";

/**
 * The rows of one dialog: what the core has said, and until it has said something, what was shown before.
 *
 * A core that is new speaks of messages on their way at once, and of those that are there only when it has loaded them. Until then
 * the old ones stay.
 */
export class Timeline {
    /** What the present core has said. */
    private told: readonly Row[] = [];
    /** What was shown before it, while that is shown still. */
    private old: readonly Row[] | null = null;
    private settled = false;
    private shown: TimelineState = { rows: [], fresh: false };

    constructor(private readonly dialog: string) {}

    /** What there is to show. */
    get state(): TimelineState {
        return this.shown;
    }

    /** What the present core has said, to somebody who knows nothing yet. */
    get snapshot(): Change {
        return { dialog: this.dialog, from: 0, removed: 0, rows: [...this.told] };
    }

    /** Show this until there is word of it; nothing where something is shown already. */
    restore(rows: readonly Row[]): Change | null {
        if (this.settled || this.old !== null) return null;
        this.old = rows;
        return this.show([...rows, ...this.sending(rows)]);
    }

    /** There is another core, which has said nothing yet. */
    begin(): void {
        if (this.shown.rows.length > 0) this.old = this.shown.rows.filter((row) => !("sending" in row));
        this.told = [];
        this.settled = false;
        this.shown = { rows: this.shown.rows, fresh: false };
    }

    /** The core has said something. What is different in what is shown comes back. */
    apply(change: Change): Change {
        this.told = applied(change, this.told);
        if (this.told.some((row) => !("sending" in row))) this.settled = true;
        if (this.old === null) {
            this.shown = { rows: this.told, fresh: this.settled };
            return change;
        }
        if (!this.settled) return this.show([...this.old, ...this.sending(this.old)]);
        this.old = null;
        return this.show(this.told);
    }

    /** The core has said all that there is to say. */
    settle(): Change | null {
        if (this.settled) return null;
        this.settled = true;
        this.old = null;
        return this.show(this.told);
    }

    private show(rows: readonly Row[]): Change {
        const change = difference(this.dialog, this.shown.rows, rows);
        this.shown = { rows, fresh: this.settled };
        return change;
    }

    private sending(beside: readonly Row[]): Row[] {
        const there = new Set(beside.map((row) => ("message" in row ? row.message.id : "")));
        const isNew = (row: Row): row is { sending: OutboxEntry } => "sending" in row && !there.has(row.sending.id);
        return this.told.filter(isNew);
    }
}
