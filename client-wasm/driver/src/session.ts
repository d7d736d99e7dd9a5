import { coresOf } from "./core/instance.js";
import { Deferred } from "./deferred.js";
import { isSeen, listen } from "./driver/signals.js";
import { ClientError } from "./errors.js";
import type { Diff, Intent } from "./generated/core.js";
import { scopeOf, subjectOf } from "./identity.js";
import { baseOf, type ClientOptions } from "./options.js";
import { IndexedDb } from "./storage/indexed-db.js";
import { Kept } from "./storage/kept.js";
import { type KeyValue, Memory } from "./storage/key-value.js";
import { alone } from "./tabs/alone.js";
import { Membership } from "./tabs/membership.js";
import { browserPlatform } from "./tabs/platform.js";
import type { Needs } from "./tabs/wire.js";
import type { Tokens } from "./tokens.js";
import type { View } from "./view/view.js";

/** What a session does its work with. */
export interface SessionTools {
    view: View;
    tokens: Tokens;
    load: typeof fetch;
    changed(diffs: readonly Diff[]): void;
    trouble(error: ClientError): void;
}

/** All that is there once it is known whose client this is. */
interface Running {
    kept: Kept;
    membership: Membership;
}

/** How long to wait for a token that was not there, in milliseconds: longer each time, up to so long. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/** A client at work: it begins with the first thing that is wanted. */
export class Session {
    private running: Promise<Running> | null = null;
    private needs: Needs = { connect: false, available: false, open: [] };
    private ready = new Deferred();
    private readonly ended = new AbortController();
    private scope = "";

    constructor(
        private readonly options: ClientOptions,
        private readonly tools: SessionTools,
    ) {}

    connect(): Promise<void> {
        const { promise } = this.ready;
        this.need({ connect: true });
        void this.begin().then(({ membership }) => membership.tryAgain(), () => undefined);
        return promise;
    }

    /** Need something else from now on. */
    need(needs: Partial<Needs>): void {
        this.needs = { ...this.needs, ...needs };
        // What was opened last is what is shown, where somebody may look at it.
        this.needs.viewing = isSeen() ? (this.needs.open.at(-1) ?? null) : null;
        void this.begin().then(({ membership }) => membership.guest.need(this.needs), () => undefined);
    }

    async want(intent: Intent): Promise<void> {
        const { membership } = await this.begin();
        await membership.guest.want(intent);
    }

    typing(dialog: string): void {
        void this.running?.then(({ membership }) => membership.guest.typing(dialog), () => undefined);
    }

    /** Look at a dialog. What was kept of it is shown until there is word of it. */
    show(dialog: string): void {
        const { view, changed } = this.tools;
        changed(view.show(dialog));
        this.need({ open: [...this.needs.open, dialog] });
        void this.begin().then(async ({ kept }) => {
            const page = await kept.page(dialog);
            if (page !== null) changed(view.restoreTimeline(dialog, page));
        }, () => undefined);
    }

    hide(dialog: string): void {
        this.tools.view.hide(dialog);
        this.tools.changed([]);
        this.need({ open: this.needs.open.filter((other) => other !== dialog) });
    }

    async close(forget: boolean): Promise<void> {
        this.ended.abort();
        const running = await this.running?.catch(() => null);
        if (running) {
            running.membership.leave();
            running.membership.guest.giveUp(closed());
            running.kept.close();
        }
        if (forget && this.scope !== "" && this.options.storage === undefined && typeof indexedDB !== "undefined") {
            await IndexedDb.remove(this.scope);
        }
    }

    private begin(): Promise<Running> {
        if (this.ended.signal.aborted) return Promise.reject(closed());
        this.running ??= this.start().catch((thrown: unknown) => {
            this.running = null;
            this.fail(thrown as ClientError);
            throw thrown;
        });
        return this.running;
    }

    private async start(): Promise<Running> {
        const { options, tools } = this;
        const { view, tokens, load } = tools;
        const base = baseOf(options.url);
        this.scope = scopeOf(base, options.user ?? (await this.user()));
        let trouble = tools.trouble;
        const kept = await Kept.open(() => this.storage(), (error) => trouble(error));
        const list = await kept.list();
        if (list !== null) tools.changed(view.restoreList(list.dialogs, list.unread));
        if (this.ended.signal.aborted) throw closed();
        const membership = new Membership({
            ...tools,
            base,
            tokens,
            kept,
            fetch: load,
            WebSocket: options.WebSocket ?? WebSocket,
            scope: this.scope,
            platform: (options.tabs === false ? null : browserPlatform()) ?? alone(),
            makeCore: coresOf(options.wasm, load),
            welcomed: () => this.ready.resolve(),
            noCore: (error) => this.fail(error),
        });
        // What the tab with the hub can not keep concerns all of them.
        trouble = (error) => membership.tell(error);
        const end = listen({
            online: (online) => membership.online(online),
            woke: () => membership.guest.woke(),
            seen: () => this.need({}),
            sleeps: () => {
                membership.leave();
                kept.sleep(true);
            },
            returns: () => {
                kept.sleep(false);
                void membership.join();
            },
        });
        this.ended.signal.addEventListener("abort", end);
        membership.guest.need(this.needs);
        await membership.join();
        return { kept, membership };
    }

    /** Whose client this is, after the first token that comes. */
    private async user(): Promise<string> {
        for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
            if (this.ended.signal.aborted) throw closed();
            const token = await this.tools.tokens.get().catch((error: ClientError) => void this.tools.trouble(error));
            if (token) {
                const subject = subjectOf(token);
                if (subject !== null) return subject;
                throw new ClientError("user_unknown", "the token does not say whose it is: give the option `user`");
            }
            this.tools.changed(this.tools.view.apply({ diffs: [{ connection: "waiting" }], settled: false }));
            await this.pause(wait);
        }
    }

    private pause(wait: number): Promise<void> {
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, wait);
            this.ended.signal.addEventListener("abort", () => {
                clearTimeout(timer);
                resolve();
            });
        });
    }

    private async storage(): Promise<KeyValue> {
        const { storage } = this.options;
        if (storage === "memory") return new Memory();
        if (storage !== undefined) return storage;
        return typeof indexedDB === "undefined" ? new Memory() : IndexedDb.open(this.scope);
    }

    private fail(error: ClientError): void {
        if (this.ended.signal.aborted) return;
        this.tools.trouble(error);
        this.ready.reject(error);
        this.ready = new Deferred();
    }
}

function closed(): ClientError {
    return new ClientError("closed", "the client is closed");
}
