import type { Change, Row } from "../generated/core.js";
import type { TimelineState } from "./state.js";
import { Timeline } from "./timeline.js";

/**
 * The timelines that the core has open. Other tabs may have more of them open than this one: then they are followed too, so that
 * one that is opened here is there at once.
 */
export class Timelines {
    private readonly all = new Map<string, Timeline>();
    private readonly open = new Set<string>();
    private made: ReadonlyMap<string, TimelineState> | null = null;

    /** Those that are open here. */
    get state(): ReadonlyMap<string, TimelineState> {
        this.made ??= new Map([...this.open].map((dialog) => [dialog, this.of(dialog).state]));
        return this.made;
    }

    /** Whether a message that is shown is on its way. */
    get isSending(): boolean {
        const isOnItsWay = (row: Row | undefined) => row !== undefined && "sending" in row && row.sending.state === "sending";
        return [...this.state.values()].some(({ rows }) => isOnItsWay(rows.at(-1)));
    }

    /** Show one. */
    show(dialog: string): Change {
        this.made = null;
        this.open.add(dialog);
        return { dialog, from: 0, removed: 0, rows: [...this.of(dialog).state.rows] };
    }

    /** Show it no longer. */
    hide(dialog: string): void {
        this.made = null;
        this.open.delete(dialog);
    }

    /** Show rows of an earlier time until there is word of the dialog. */
    restore(dialog: string, rows: readonly Row[]): Change | null {
        if (!this.open.has(dialog)) return null;
        this.made = null;
        return this.of(dialog).restore(rows);
    }

    /** There is another core, which has nothing open. */
    begin(): void {
        this.made = null;
        for (const dialog of this.all.keys()) this.close(dialog);
    }

    /** The core says something. What is different in what is shown comes back. */
    take(change: Change): Change | null {
        this.made = null;
        const shown = this.of(change.dialog).apply(change);
        return this.open.has(change.dialog) ? shown : null;
    }

    /** The core has said all that there is to say. */
    settle(): Change[] {
        const changes = [...this.all.values()].map((timeline) => timeline.settle());
        const shown = changes.filter((change) => change !== null).filter(({ dialog }) => this.open.has(dialog));
        if (shown.length > 0) this.made = null;
        return shown;
    }

    /** The core has it open no longer. */
    close(dialog: string): void {
        this.made = null;
        if (this.open.has(dialog)) this.of(dialog).begin();
        else this.all.delete(dialog);
    }

    /** The rows of one, whether it is open here or elsewhere. */
    rows(dialog: string): readonly Row[] {
        return this.all.get(dialog)?.state.rows ?? [];
    }

    /** All that the core has said, to somebody who knows nothing yet. */
    snapshot(): Change[] {
        return [...this.all.values()].map((timeline) => timeline.snapshot);
    }

    private of(dialog: string): Timeline {
        let timeline = this.all.get(dialog);
        if (timeline === undefined) {
            timeline = new Timeline(dialog);
            this.all.set(dialog, timeline);
        }
        return timeline;
    }
}
