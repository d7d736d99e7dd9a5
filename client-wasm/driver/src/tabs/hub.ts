import type { MakeCore } from "../core/engine.js";
import { Driver, type DriverTools } from "../driver/driver.js";
import type { ClientError } from "../errors.js";
import type { Intent } from "../generated/core.js";
import { Pages } from "../storage/pages.js";
import { type Batch, View } from "../view/view.js";
import { Desk } from "./desk.js";
import { type FromHub, type FromTab, type Needs, type Numbered, VERSION } from "./wire.js";

/** What a hub does its work with. */
export interface HubTools extends Omit<DriverTools, "told" | "broke"> {
    makeCore: MakeCore;
    /** Other tabs may lead before and after it, and write to the same place. */
    isShared: boolean;
    /** Tell the tabs. */
    post(told: FromHub): void;
    /** Call back when a tab is gone. */
    whenGone(tab: string, signal: AbortSignal, gone: () => void): void;
    /** This hub has ended, because its core has. */
    broke(hub: Hub, error: ClientError): void;
}

/**
 * Leads the tabs: has the one core and driver, hands it what tabs want and tells them what it says. One of the tabs has it.
 */
export class Hub {
    private driver: Driver | null = null;
    private readonly desk = new Desk();
    private served: Desk["all"] = { connect: false, available: false, open: new Set(), viewing: null };
    /** What the core has said so far, for tabs that come. */
    private readonly mirror = new View();
    private readonly pages: Pages;
    /** Tabs that came before the core was there. */
    private early: FromTab[] = [];
    private at = 0;
    private settled = false;
    private readonly ended = new AbortController();
    /** It has ended, but no other one is to take its place. */
    private failed: "core" | "user" | null = null;

    constructor(
        /** Its name: later ones are later in order. */
        readonly id: string,
        private readonly tools: HubTools,
    ) {
        this.pages = new Pages(tools.kept, this.mirror);
    }

    /** Begin: tell the tabs, get a core, and tell it what was kept. Fails where there is no core to be had. */
    async start(): Promise<void> {
        this.tools.post({ type: "leads", hub: this.id });
        const core = await this.tools.makeCore();
        if (this.ended.signal.aborted) return core.free();
        const driver = new Driver(core, {
            ...this.tools,
            told: (batch) => this.tell(batch),
            broke: (error) => this.broke(error),
        });
        if (this.tools.isShared) await this.tools.kept.lead(`leader/${VERSION}`, this.id);
        await driver.restore();
        this.driver = driver;
        if (this.ended.signal.aborted) return driver.stop();
        if (navigatorIsOffline()) this.input({ online: false });
        const early = this.early;
        this.early = [];
        for (const told of early) this.hear(told);
    }

    /** A tab says something. */
    hear(told: FromTab): void {
        if (this.ended.signal.aborted && this.failed === null) return;
        // Said to an earlier hub, it may want what that has done or refused since. Whoever said it hears of this one.
        if (told.type === "hello" && typeof told.to === "string" && told.to !== this.id) return;
        // A hub that still loads lives all the same, and one that has failed is not to be replaced.
        if (told.type === "anybody") this.tools.post({ type: "here", hub: this.id, to: told.tab });
        if (this.failed !== null) return this.sayFailed(told);
        if (this.driver === null) {
            if (told.type === "bye") this.early = this.early.filter(({ tab }) => tab !== told.tab);
            else this.early.push(told);
            return;
        }
        this.driver.nudge();
        if (told.type === "hello") return this.welcome(told.tab, told.needs, told.wants);
        if (!this.desk.has(told.tab)) {
            // It was taken to be gone. Now it will say all that there is to say.
            if (told.type !== "bye") this.tools.post({ type: "leads", hub: this.id, to: told.tab });
            return;
        }
        if (told.type === "needs") this.needs(told.tab, told.needs);
        else if (told.type === "wants") void this.want(told.tab, told.want);
        else if (told.type === "typing") this.input({ wants: { typing: told.dialog } });
        else if (told.type === "woke") this.driver.wake();
        else if (told.type === "bye") this.needs(told.tab, null);
    }

    /** The network came or went. */
    online(online: boolean): void {
        this.input({ online });
    }

    /** This tab is looked at, or was away. */
    woke(): void {
        this.driver?.wake();
    }

    /** Its core broke, and so would the next one. */
    fail(why: "core" | "user"): void {
        this.stop();
        this.failed = why;
        this.at += 1;
        const batch = { diffs: [], settled: false, failed: why === "core" };
        this.tools.post({ type: "batch", hub: this.id, at: this.at, batch });
    }

    get hasFailed(): boolean {
        return this.failed !== null;
    }

    /** End, so that another one may begin. Nothing is lost by it: what is not done will be repeated to that. */
    stop(): void {
        if (this.ended.signal.aborted) return;
        this.ended.abort();
        this.driver?.stop();
        this.pages.stop();
    }

    private welcome(tab: string, needs: Needs, wants: Numbered[]): void {
        if (!this.desk.has(tab)) this.tools.whenGone(tab, this.ended.signal, () => this.hear({ type: "bye", tab }));
        this.needs(tab, needs);
        const [diffs, at, settled] = [this.mirror.snapshot(), this.at, this.settled];
        this.tools.post({ type: "welcome", hub: this.id, to: tab, at, diffs, settled });
        for (const want of wants) void this.want(tab, want);
    }

    private sayFailed(told: FromTab): void {
        if (told.type !== "hello") return;
        const diffs = this.mirror.snapshot();
        this.tools.post({ type: "welcome", hub: this.id, to: told.tab, at: this.at, diffs, settled: false });
        this.fail(this.failed ?? "core");
    }

    private needs(tab: string, needs: Needs | null): void {
        this.desk.set(tab, needs);
        const [before, now] = [this.served, this.desk.all];
        this.served = now;
        for (const dialog of now.open) if (!before.open.has(dialog)) this.input({ wants: { open: dialog } });
        if (now.viewing !== before.viewing) this.driver?.view(now.viewing);
        if (now.available !== before.available) this.input({ wants: { available: now.available } });
        if (now.connect !== before.connect) this.input({ wants: now.connect ? "connect" : "disconnect" });
        const closed = [...before.open].filter((dialog) => !now.open.has(dialog));
        if (closed.length === 0) return;
        // Kept as it was last, before the core forgets it.
        this.pages.closes(closed);
        for (const dialog of closed) this.input({ wants: { close: dialog } });
        this.tell({ diffs: [], closed, settled: this.settled });
    }

    private async want(tab: string, { number, intent }: Numbered): Promise<void> {
        const done = { type: "done" as const, hub: this.id, to: tab, number };
        try {
            await this.driver?.tell({ wants: intent satisfies Intent });
            if (!this.ended.signal.aborted) this.tools.post(done);
        } catch (thrown) {
            // Not repeated, whatever it was: it would break the next core as well.
            this.tools.post({ ...done, error: thrown instanceof Error ? thrown.message : String(thrown) });
        }
    }

    private input(input: Parameters<Driver["tell"]>[0]): void {
        void this.driver?.tell(input).catch(() => undefined);
    }

    private tell(batch: Batch): void {
        if (this.ended.signal.aborted) return;
        this.settled = batch.settled;
        this.mirror.apply(batch);
        this.pages.note(batch);
        this.at += 1;
        this.tools.post({ type: "batch", hub: this.id, at: this.at, batch });
    }

    private broke(error: ClientError): void {
        if (error.code === "other_user") this.tell({ diffs: [{ connection: { ended: "other_user" } }], settled: false });
        this.stop();
        this.tools.broke(this, error);
    }
}

function navigatorIsOffline(): boolean {
    return typeof navigator !== "undefined" && navigator.onLine === false;
}
