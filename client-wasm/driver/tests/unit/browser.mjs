// A browser with tabs of one user, as far as tabs can tell: locks, a channel and a place to keep things are shared. The core is one
// that knows no server: what is sent is kept and shown, and that is all.
import { Kept } from "../../.build/storage/kept.js";
import { Memory } from "../../.build/storage/key-value.js";
import { OwnLocks } from "../../.build/tabs/alone.js";
import { Membership } from "../../.build/tabs/membership.js";
import { View } from "../../.build/view/view.js";

export class Browser {
    locks = new OwnLocks();
    storage = new Memory();
    channels = new Set();
    /** How many cores there were. */
    cores = 0;
    /** What every core was told that users want. */
    wanted = [];
    cannotLoad = false;

    async tab() {
        const tab = new Tab(this);
        await tab.start();
        return tab;
    }
}

class Tab {
    view = new View();
    diffs = [];
    errors = [];
    #browser;
    #kill;

    constructor(browser) {
        this.#browser = browser;
    }

    async start() {
        const browser = this.#browser;
        const killed = new Promise((kill) => (this.#kill = kill));
        const request = (name, ...rest) => {
            const held = rest.pop();
            return browser.locks.request(name, ...rest, () => Promise.race([held(), killed]));
        };
        this.kept = await Kept.open(async () => browser.storage, (error) => this.errors.push(error.code));
        this.membership = new Membership({
            scope: "alice",
            base: "http://nowhere",
            view: this.view,
            kept: this.kept,
            tokens: { get: async () => null },
            fetch: () => assertNever(),
            WebSocket: null,
            platform: { locks: { request }, channel: () => (this.channel = new Channel(browser)), isAlone: false, isSeen: () => true },
            makeCore: async () => {
                if (browser.cannotLoad) throw new Error("no core");
                browser.cores += 1;
                return new Core(browser);
            },
            changed: (diffs) => this.diffs.push(...diffs),
            trouble: (error) => this.errors.push(error.code),
            welcomed: () => (this.welcome = (this.welcome ?? 0) + 1),
            noCore: (error) => this.errors.push(error.code),
        });
        await this.membership.join();
    }

    open(dialog) {
        this.opened = [...(this.opened ?? []), dialog];
        this.view.show(dialog);
        this.membership.guest.need({ open: this.opened });
    }

    send(id, content = id) {
        return this.membership.guest.want({ send: { id, dialog: "d", content, reply_to: null } });
    }

    get rows() {
        return this.view.state.timelines.get("d").rows.map(({ sending, message }) => (sending ?? message).id);
    }

    /** As a crash would: no word, but its locks are free. */
    kill() {
        this.channel.close();
        this.#kill();
        this.membership.down = this.membership.up = () => undefined;
        this.membership.leave();
    }

    /** It hears and says nothing, and holds its locks. */
    freeze() {
        this.channel.frozen = true;
    }
}

class Channel {
    heard = null;
    frozen = false;

    constructor(browser) {
        this.browser = browser;
        browser.channels.add(this);
    }

    post(told) {
        if (this.frozen) return;
        const others = [...this.browser.channels].filter((other) => other !== this);
        const text = JSON.stringify(told);
        setImmediate(() => others.forEach((other) => other.frozen || other.heard?.(JSON.parse(text))));
    }

    close() {
        this.heard = null;
        this.browser.channels.delete(this);
    }
}

class Core {
    #browser;
    #out = [];
    #outbox = [];
    #open = new Set();

    constructor(browser) {
        this.#browser = browser;
    }

    restore(_, kept) {
        this.#outbox = JSON.parse(kept).outbox;
    }

    want(now, json) {
        const intent = JSON.parse(json);
        this.#browser.wanted.push(intent);
        if (intent === "connect") this.#tell({ connection: "connected" });
        else if (intent === "disconnect") this.#tell({ connection: "idle" });
        else if (intent.open) this.#opens(intent.open);
        else if (intent.close) this.#open.delete(intent.close);
        else if (intent.send) this.#sends(now, intent.send);
    }

    online() {}
    woke() {}
    handle_timeout() {}
    free() {}
    __destroy_into_raw() {}

    poll_outputs() {
        const out = JSON.stringify(this.#out);
        this.#out = [];
        return out;
    }

    poll_timeout() {
        return undefined;
    }

    #opens(dialog) {
        this.#open.add(dialog);
        const rows = this.#outbox.map((sending) => ({ sending }));
        if (rows.length > 0) this.#tell({ timeline: { dialog, from: 0, removed: 0, rows } });
    }

    #sends(now, { id, dialog, content, reply_to }) {
        if (content === "unreadable") throw "not an intent";
        if (content === "poison") throw new Error("unreachable");
        if (this.#outbox.some((entry) => entry.id === id)) return;
        const sending = { id, dialog, content, reply_to, sent_at: now + this.#outbox.length, state: "sending" };
        const from = this.#outbox.push(sending) - 1;
        this.#out.push({ keep: sending });
        if (this.#open.has(dialog)) this.#tell({ timeline: { dialog, from, removed: 0, rows: [{ sending }] } });
    }

    #tell(diff) {
        this.#out.push({ changed: diff });
    }
}

function assertNever() {
    throw new Error("nothing is asked");
}

/** Wait until something is so. */
export async function until(is, patience = 2_000) {
    for (const end = Date.now() + patience; !is(); ) {
        if (Date.now() > end) throw new Error(`waited in vain for ${is}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
}
