import { Clock } from "../clock.js";
import { type Core, Engine, UnreadableInput } from "../core/engine.js";
import { ClientError, asError } from "../errors.js";
import type { Diff, Input, Output } from "../generated/core.js";
import type { WebSocketClass } from "../options.js";
import type { Kept } from "../storage/kept.js";
import type { Tokens } from "../tokens.js";
import type { Batch } from "../view/view.js";
import { Requests } from "./requests.js";
import { Sockets } from "./sockets.js";
import { Timer } from "./timer.js";

/** What a driver does its work with. */
export interface DriverTools {
    base: string;
    tokens: Tokens;
    kept: Kept;
    WebSocket: WebSocketClass;
    fetch: typeof fetch;
    /** The core has said something. */
    told(batch: Batch): void;
    /** Something went wrong, and all goes on. */
    trouble(error: ClientError): void;
    /** Something went wrong, and this driver has stopped. */
    broke(error: ClientError): void;
}

/** How often at most what others do is shown, in milliseconds: as often as screens are drawn. */
const BURST = 16;

/** Does what a core wants done, and tells it what comes of it. */
export class Driver {
    private readonly clock = new Clock();
    private readonly engine: Engine;
    private readonly sockets: Sockets;
    private readonly requests: Requests;
    private readonly timer = new Timer(() => this.ring());
    private token: string | null = null;
    private settled = false;
    private shownAt = 0;
    private readonly curtain = new Timer(() => this.show());
    private stopped = false;

    constructor(
        core: Core,
        private readonly tools: DriverTools,
    ) {
        const tell = (input: Input) => void this.tell(input).catch(() => undefined);
        this.engine = new Engine(core, this.clock);
        this.sockets = new Sockets(`${tools.base.replace(/^http/, "ws")}/api/v1/ws`, tools.WebSocket, tell, tools.trouble);
        this.requests = new Requests(tools.base, tools.fetch, tell);
    }

    /** Tell the core what was kept. Before anything else. */
    async restore(): Promise<void> {
        const kept = await this.tools.kept.forCore();
        if (this.read({ restored: kept })) return;
        // Something in it is of a kind that this core does not know; the rest need not suffer for it.
        const parts = [
            ...kept.outbox.map((entry) => ({ outbox: [entry], drafts: [] })),
            ...kept.drafts.map((draft) => ({ outbox: [], drafts: [draft] })),
        ];
        for (const part of parts) {
            if (!this.read({ restored: part })) {
                this.tools.trouble(new ClientError("storage", "something that was kept can not be understood"));
            }
        }
    }

    /**
     * Tell the core what happened. Comes back when what is to be kept because of it is kept, and fails when the core breaks.
     */
    async tell(input: Input): Promise<void> {
        if (this.stopped) return;
        if (input !== "woke" && "frame" in input) await this.hear(input);
        else await this.step(() => this.engine.handle(input));
    }

    /** The page is looked at, or was away: what is due is done now, for timers may have slept. */
    wake(): void {
        void this.tell("woke").catch(() => undefined);
    }

    /** This dialog is on a screen, or none is. */
    view(dialog: string | null): void {
        if (!this.stopped) this.sockets.view(dialog);
    }

    /** Do what is due, where timers are slow: those of a tab in the background are. */
    nudge(): void {
        if (!this.stopped && this.engine.dueIn() === 0) this.ring();
    }

    /** Stop at once: nothing more is said, asked or told. */
    stop(): void {
        if (this.stopped) return;
        this.stopped = true;
        this.timer.stop();
        this.curtain.stop();
        this.sockets.hangAll();
        this.requests.cancelAll();
        this.engine.free();
    }

    /** What comes in a burst is shown together, and what comes alone at once. */
    private async hear(frame: Input): Promise<void> {
        const rest = this.shownAt + BURST - performance.now();
        if (rest <= 0) return this.step(() => this.engine.handle(frame));
        await this.step(() => this.engine.handleUnseen(frame));
        if (!this.curtain.isSet && !this.stopped) this.curtain.set(rest);
    }

    private show(): void {
        void this.step(() => this.engine.show()).catch(() => undefined);
    }

    private ring(): void {
        if (this.stopped) return;
        // Whatever was open before the machine slept may be dead.
        if (this.clock.slept()) this.wake();
        void this.step(() => this.engine.handleTimeout()).catch(() => undefined);
    }

    private read(input: Input): boolean {
        try {
            void this.carryOut(this.engine.handle(input));
            return true;
        } catch (thrown) {
            if (thrown instanceof UnreadableInput) return false;
            throw thrown;
        }
    }

    private async step(run: () => Output[]): Promise<void> {
        if (this.stopped) return;
        let outputs: Output[];
        try {
            outputs = run();
        } catch (thrown) {
            if (thrown instanceof UnreadableInput) throw thrown;
            this.stop();
            const error = thrown instanceof ClientError ? thrown : new ClientError("core_broken", asError(thrown).message);
            this.tools.broke(error);
            throw error;
        }
        await this.carryOut(outputs);
    }

    private async carryOut(outputs: Output[]): Promise<void> {
        const diffs: Diff[] = [];
        const writes: Promise<void>[] = [];
        for (const output of outputs) {
            if (output === "need_token") void this.getToken();
            else if ("changed" in output) diffs.push(output.changed);
            else if ("open" in output) this.sockets.dial(output.open);
            else if ("say" in output) this.sockets.say(output.say.socket, output.say.text);
            else if ("hang" in output) this.sockets.hang(output.hang);
            else if ("ask" in output) this.requests.ask(output.ask, this.token ?? "");
            else if ("cancel" in output) this.requests.cancel(output.cancel);
            else if ("keep" in output) writes.push(this.tools.kept.keep(output.keep));
            else if ("forget" in output) writes.push(this.tools.kept.forget(output.forget));
            else if ("keep_draft" in output) writes.push(this.tools.kept.keepDraft(output.keep_draft));
        }
        this.timer.set(this.engine.dueIn());
        this.say(diffs);
        await Promise.all(writes);
    }

    private say(diffs: Diff[]): void {
        if (diffs.length === 0) return;
        this.shownAt = performance.now();
        for (const diff of diffs) if ("fresh" in diff) this.settled = diff.fresh;
        this.tools.told({ diffs: diffs.filter((diff) => !("fresh" in diff)), settled: this.settled });
    }

    private async getToken(): Promise<void> {
        let token: string | null = null;
        try {
            token = await this.tools.tokens.get(this.token);
        } catch (thrown) {
            if (this.stopped) return;
            const error = thrown as ClientError;
            if (error.code === "other_user") {
                this.stop();
                this.tools.broke(error);
                return;
            }
            this.tools.trouble(error);
        }
        if (token !== null) this.token = token;
        await this.tell({ token }).catch(() => undefined);
    }
}
