import type { Row } from "../generated/core.js";
import type { Batch, View } from "../view/view.js";
import type { Kept } from "./kept.js";

/** How long changes are gathered before they are kept, in milliseconds. */
const GATHER = 1_000;
/** How much of the list and of a timeline is kept: about what a screen shows. */
const MOST_DIALOGS = 50;
const MOST_ROWS = 50;

/** Keeps the last pages of what a core has said, so that there is something to show at once the next time. */
export class Pages {
    private readonly changed = new Set<string>();
    private listChanged = false;
    private gathering: ReturnType<typeof setTimeout> | null = null;

    constructor(
        private readonly kept: Kept,
        private readonly view: View,
    ) {}

    /** The core has said this. */
    note(batch: Batch): void {
        for (const diff of batch.diffs) {
            if ("timeline" in diff) this.changed.add(diff.timeline.dialog);
            else if ("dialog" in diff || "dialog_gone" in diff || "unread" in diff) this.listChanged = true;
        }
        // Before everything is here, what was kept before says more.
        if (!batch.settled || (this.changed.size === 0 && !this.listChanged)) return;
        this.gathering ??= setTimeout(() => this.write(), GATHER);
    }

    /** These are not looked at any more. */
    closes(dialogs: readonly string[]): void {
        for (const dialog of dialogs) if (this.changed.delete(dialog)) this.writePage(dialog);
    }

    /** Keep what was gathered, and nothing more. */
    stop(): void {
        if (this.gathering !== null) this.write();
    }

    private write(): void {
        if (this.gathering !== null) clearTimeout(this.gathering);
        this.gathering = null;
        if (this.listChanged) {
            const { dialogs, unread } = this.view.state;
            void this.kept.keepList({ dialogs: dialogs.slice(0, MOST_DIALOGS), unread });
        }
        this.listChanged = false;
        for (const dialog of this.changed) this.writePage(dialog);
        this.changed.clear();
    }

    private writePage(dialog: string): void {
        const page = lastPage(this.view.rows(dialog));
        if (page !== null) void this.kept.keepPage(dialog, page);
    }
}

/** The newest messages without a gap between them; `null`: the newest are not there. */
export function lastPage(rows: readonly Row[]): Row[] | null {
    const there = rows.filter((row) => !("sending" in row));
    const gap = there.findLastIndex((row) => "gap" in row);
    const last = there.slice(gap + 1).slice(-MOST_ROWS);
    return last.length === 0 ? null : last.map(withoutLinks);
}

/** Links to files have ended the next time, and whoever shows them would ask for each of them anew just before the page comes. */
function withoutLinks(row: Row): Row {
    if (!("message" in row) || row.message.attachments === undefined) return row;
    const attachments = row.message.attachments.map((file) => ({ ...file, url: undefined, thumbnail_url: undefined }));
    return { message: { ...row.message, attachments } };
}
