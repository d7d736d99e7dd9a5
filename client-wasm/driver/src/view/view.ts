import type { Diff, DialogItemView, Row } from "../generated/core.js";
import { inOrder } from "./order.js";
import { Parts } from "./parts.js";
import type { ClientState } from "./state.js";
import { Timelines } from "./timelines.js";

/** What a core has said in one go. */
export interface Batch {
    readonly diffs: readonly Diff[];
    /** Dialogs that nobody looks at any more: the core knows nothing of them. */
    readonly closed?: readonly string[];
    /** Everything that was asked for is here. */
    readonly settled: boolean;
    /** There is no core any more, and there will be no other one by itself. */
    readonly failed?: boolean;
}

/** What is shown: all that a core has said, and what was shown before as long as it has not. */
export class View {
    private readonly parts = new Parts();
    private readonly timelines = new Timelines();
    private fresh = false;
    private made: ClientState | null = null;
    private last: ClientState | null = null;
    private readonly orderOwn = ordered();
    private readonly orderAvailable = ordered();

    /** What there is to show. */
    get state(): ClientState {
        if (this.made === null) {
            const { last } = this;
            const next = this.make();
            const isSame = last !== null && keysOf(next).every((key) => next[key] === last[key]);
            this.made = this.last = isSame ? last : next;
        }
        return this.made;
    }

    /** Show a dialog; what is known of it is there at once. */
    show(dialog: string): Diff[] {
        this.made = null;
        return [{ timeline: this.timelines.show(dialog) }];
    }

    /** Show it no longer. What the core says of it is still heard, for other tabs may have it open. */
    hide(dialog: string): void {
        this.made = null;
        this.timelines.hide(dialog);
    }

    /** Show rows of an earlier time until there is word of the dialog. */
    restoreTimeline(dialog: string, rows: readonly Row[]): Diff[] {
        this.made = null;
        const timeline = this.timelines.restore(dialog, rows);
        return timeline === null ? [] : [{ timeline }];
    }

    /** Show a list of an earlier time until there is word of it. */
    restoreList(dialogs: readonly DialogItemView[], unread: ClientState["unread"]): Diff[] {
        if (this.fresh) return [];
        this.made = null;
        for (const dialog of dialogs) this.parts.dialogs.restore(dialog.id, dialog);
        this.parts.unread ??= unread;
        return dialogs.map((dialog) => ({ dialog }));
    }

    /** There is another core, which has said nothing yet: what is shown stays until it does. */
    begin(): Diff[] {
        this.made = null;
        this.fresh = false;
        this.timelines.begin();
        return this.parts.begin();
    }

    /** The core has said something. What is different in what is shown comes back. */
    apply(batch: Batch): Diff[] {
        this.made = null;
        const told = batch.diffs.flatMap((diff) => this.take(diff));
        for (const dialog of batch.closed ?? []) {
            this.timelines.close(dialog);
            this.parts.close(dialog);
        }
        if (batch.failed) this.parts.connection = { ended: "core_failed" };
        return batch.settled ? [...told, ...this.settle()] : told;
    }

    /** Whether something is on its way that needs somebody to go on trying. */
    get isWaiting(): boolean {
        const { connection } = this.parts;
        return connection === "connecting" || connection === "waiting" || this.timelines.isSending;
    }

    /** The rows of a dialog, whoever has it open. */
    rows(dialog: string): readonly Row[] {
        return this.timelines.rows(dialog);
    }

    /** All that the core has said, to somebody who knows nothing yet. */
    snapshot(): Diff[] {
        const timelines = this.timelines.snapshot().map((timeline) => ({ timeline }));
        return [...this.parts.snapshot(), ...timelines];
    }

    private make(): ClientState {
        const { parts } = this;
        return {
            connection: parts.connection,
            dialogs: this.orderOwn(parts.dialogs.all),
            moreDialogs: parts.moreDialogs,
            available: this.orderAvailable(parts.available.all),
            unread: parts.unread,
            fresh: this.fresh,
            timelines: this.timelines.state,
            participants: parts.participants.all,
            typing: parts.typing.all,
            presence: parts.presence.all,
            drafts: parts.drafts.all,
        };
    }

    private take(diff: Diff): Diff[] {
        if (!("timeline" in diff)) {
            this.parts.take(diff);
            return [diff];
        }
        const timeline = this.timelines.take(diff.timeline);
        return timeline === null ? [] : [{ timeline }];
    }

    private settle(): Diff[] {
        const timelines = this.timelines.settle().map((timeline) => ({ timeline }));
        if (this.fresh) return timelines;
        this.fresh = true;
        return [...this.parts.settle(), ...timelines];
    }
}

/** The dialogs of a map in their order, made once for each map. */
function ordered(): (all: ReadonlyMap<string, DialogItemView>) => readonly DialogItemView[] {
    let last: ReadonlyMap<string, DialogItemView> | null = null;
    let list: readonly DialogItemView[] = [];
    return (all) => {
        if (all !== last) [last, list] = [all, inOrder(all.values())];
        return list;
    };
}

function keysOf(state: ClientState): (keyof ClientState)[] {
    return Object.keys(state) as (keyof ClientState)[];
}
