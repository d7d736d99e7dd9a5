import { ClientError } from "../errors.js";
import type { Diff, Intent } from "../generated/core.js";
import type { View } from "../view/view.js";
import { Wants } from "./wants.js";
import type { FromHub, FromTab, Needs } from "./wire.js";

/** What a guest does its work with. */
export interface GuestTools {
    view: View;
    /** Tell the hub, wherever it is. */
    post(told: FromTab): void;
    /** What is shown is different. */
    changed(diffs: readonly Diff[]): void;
    /** A hub has answered. */
    welcomed(): void;
    /** Something went wrong that is not for this tab alone. */
    trouble(error: ClientError): void;
}

/** One tab as the hub sees it: it says what it needs and wants, and shows what the hub tells. */
export class Guest {
    /** Its name, another one for each time that it is there. */
    id = "";
    /** The hub to which this tab has said hello, and the number of its last batch; `null`: it has not answered yet. */
    private host: { hub: string; at: number | null } | null = null;
    private needs: Needs = { connect: false, available: false, open: [] };
    private readonly wants = new Wants();
    /** The last thing wanted that was said with hello. */
    private said = 0;

    constructor(private readonly tools: GuestTools) {}

    /** Come, and say all that there is to say to whoever leads. */
    arrive(id: string): void {
        this.id = id;
        this.host = null;
        this.hello();
    }

    /** Go. What is shown stays, and what is not done is wanted again the next time. */
    leave(): void {
        this.tools.post({ type: "bye", tab: this.id });
        this.host = null;
    }

    /** The hub that it follows has ended: it follows whichever comes next. */
    isLeft(): void {
        this.host = null;
    }

    /** Go for good. */
    giveUp(why: Error): void {
        this.wants.giveUp(why);
    }

    /** Need something else from now on. */
    need(needs: Partial<Needs>): void {
        this.needs = { ...this.needs, ...needs };
        this.tools.post({ type: "needs", tab: this.id, needs: this.needs });
    }

    /** Want something once. Comes back when it is done, whichever tab does it. */
    want(intent: Intent): Promise<void> {
        const [want, done] = this.wants.add(intent);
        if (this.isWelcome) this.tools.post({ type: "wants", tab: this.id, want });
        return done;
    }

    /** What is worth nothing a moment later. */
    typing(dialog: string): void {
        if (this.isWelcome) this.tools.post({ type: "typing", tab: this.id, dialog });
    }

    /** The tab is looked at, or was away. */
    woke(): void {
        this.tools.post({ type: "woke", tab: this.id });
    }

    ask(): void {
        this.tools.post({ type: "anybody", tab: this.id });
    }

    /** The hub that it follows. */
    get hub(): string | null {
        return this.host?.hub ?? null;
    }

    /** Whether it waits for something that a hub does. */
    get isWaiting(): boolean {
        return !this.isWelcome || !this.wants.none || this.tools.view.isWaiting;
    }

    /** The hub says something. */
    hear(told: FromHub): void {
        // What an earlier hub says is of no interest any more: one that was frozen may not know yet that it is not the present one.
        if (this.host !== null && told.hub < this.host.hub && told.type !== "done") return;
        if (told.type === "leads") this.isLed(told);
        else if (told.type === "trouble") this.tools.trouble(new ClientError(told.code, told.message));
        else if (told.type === "batch") this.takeBatch(told);
        else if (told.to !== this.id) return;
        else if (told.type === "here") this.follow(told.hub);
        else if (told.type === "welcome") this.takeWelcome(told);
        else this.wants.done(told.number, told.error);
    }

    private get isWelcome(): boolean {
        return this.host !== null && this.host.at !== null;
    }

    private hello(): void {
        this.said = this.wants.last;
        this.tools.post({ type: "hello", tab: this.id, to: this.hub, needs: this.needs, wants: this.wants.all });
    }

    private isLed({ hub, to }: FromHub & { type: "leads" }): void {
        if (to === undefined) this.follow(hub);
        else if (to === this.id) this.follow(hub, true);
    }

    private follow(hub: string, anew = false): void {
        if (this.host?.hub === hub && !anew) return;
        this.host = { hub, at: null };
        this.hello();
    }

    private takeWelcome({ hub, at, diffs, settled }: FromHub & { type: "welcome" }): void {
        // One that follows another hub by now, or asked twice.
        if (this.host !== null && (this.host.hub !== hub || this.host.at !== null)) return;
        this.host = { hub, at };
        // What was wanted since hello.
        for (const want of this.wants.all) {
            if (want.number > this.said) this.tools.post({ type: "wants", tab: this.id, want });
        }
        const { view } = this.tools;
        this.tools.changed([...view.begin(), ...view.apply({ diffs, settled })]);
        this.tools.welcomed();
    }

    private takeBatch({ hub, at, batch }: FromHub & { type: "batch" }): void {
        const { host } = this;
        if (host === null || host.hub !== hub) return;
        // What came before the welcome is in it.
        if (host.at === null || at <= host.at) return;
        // Nothing gets lost on the way; but a tab that missed something must not show what it does not know.
        if (at !== host.at + 1) return this.follow(hub, true);
        host.at = at;
        this.tools.changed(this.tools.view.apply(batch));
    }
}
