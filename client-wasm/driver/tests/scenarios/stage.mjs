// What scenarios are played on: a browser, pages of users, and whoever owns the server.
import { createInterface } from "node:readline";
import { launch, launchPlain } from "../chromium.mjs";
import { find, serve } from "../files.mjs";

/** How long anything may take that is expected to happen, in milliseconds. */
const PATIENCE = 30_000;
const FOLDERS = { "/client/": new URL("../../dist/", import.meta.url), "/": new URL("./", import.meta.url) };

export class Stage {
    #lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    #asking = Promise.resolve();
    #ends = [];

    /** Set it up. `script` is what the owner of the server said: edges, dialog and tokens. */
    static async open(script) {
        const stage = new Stage();
        stage.script = script;
        // Another origin than the server's, as in most deployments.
        stage.files = await serve(FOLDERS);
        stage.browser = await launch();
        return stage;
    }

    async close() {
        await Promise.all([this.browser.close(), ...this.#ends.map((end) => end())]);
        await this.files.close();
    }

    /** Ask the owner of the server for something. */
    ask(what) {
        this.#asking = this.#asking.then(async () => {
            console.log(`ASK ${JSON.stringify(what)}`);
            const { value, done } = await this.#lines.next();
            if (done) throw new Error("the owner of the server has gone");
            return JSON.parse(value);
        });
        return this.#asking;
    }

    /** A browser of a user, with nothing in it yet. `getToken` is what pages in it get their tokens by. */
    async user(name, getToken = async () => this.script.users[name]) {
        const context = await this.browser.newContext();
        await context.exposeFunction("getToken", getToken);
        return context;
    }

    /** The same in a browser of their own, in which a tab that is not in front is hidden. */
    async userWhoLooks(name) {
        const { context, end } = await launchPlain();
        this.#ends.push(end);
        await context.exposeFunction("getToken", async () => this.script.users[name]);
        return context;
    }

    /** Freeze a tab, as browsers do with one that is hidden; what comes back lets it go on. */
    async freeze(page) {
        await this.until("a hidden tab", () => page.evaluate(() => document.visibilityState === "hidden"));
        const devtools = await page.context().newCDPSession(page);
        const become = (state) => devtools.send("Page.setWebLifecycleState", { state });
        await become("frozen");
        return async () => {
            await become("active");
            if ((await page.evaluate(() => window.chat.freezes)) !== 1) throw new Error("the page was not frozen");
        };
    }

    /** A tab in it, with the dialog open and everything loaded. */
    async tab(context) {
        const page = await context.newPage();
        page.on("pageerror", (error) => console.error("the page:", error));
        page.on("console", (message) => message.type() === "error" && console.error("the page:", message.text()));
        const query = new URLSearchParams({ url: this.script.edges[0], dialog: this.script.dialog });
        await page.goto(`${this.files.origin}/?${query}`);
        await this.until("a page that is loaded", async () => (await this.view(page))?.fresh);
        return page;
    }

    /** Both users, each with a browser and a tab. */
    async two() {
        const tabs = ["alice", "bob"].map(async (name) => this.tab(await this.user(name)));
        return Promise.all(tabs);
    }

    /** Two tabs of alice, the one in front and the one that leads, and one of bob, with some messages. */
    async neighbours(context) {
        const leader = await this.tab(context);
        const alice = await this.tab(context);
        await alice.bringToFront();
        const bob = await this.tab(await this.user("bob"));
        const before = texts("before", 3);
        for (const text of before) await alice.evaluate((text) => window.chat.send(text), text);
        await this.show({ leader, alice, bob }, before);
        return { leader, alice, bob, before };
    }

    /** What a page shows; `null` before its script has run. */
    view(page) {
        return page.evaluate(() => window.chat?.view() ?? null);
    }

    /** Let pages of this browser be loaded whether it is online or not, as an installed app would be. */
    async install(context) {
        // Of a page that comes from nowhere Chromium does not know that it is of this machine, and so may ask servers on it.
        await context.grantPermissions(["local-network-access"]);
        await context.route(`${this.files.origin}/**`, async (route) => {
            const found = await find(FOLDERS, new URL(route.request().url()).pathname);
            await route.fulfill(found === null ? { status: 404 } : { body: found.body, contentType: found.type });
        });
    }

    async until(what, is, patience = PATIENCE) {
        const end = Date.now() + patience;
        let last;
        for (;;) {
            last = await is();
            if (last) return last;
            if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    /** All pages show exactly these messages, each once and in this order, and nothing is left to be sent. What they show comes back. */
    async show(pages, texts) {
        const expected = JSON.stringify(texts);
        const views = {};
        const is = async () => {
            for (const [name, page] of Object.entries(pages)) views[name] = await this.view(page);
            return Object.values(views).every(
                ({ texts, outbox, sending, connection }) =>
                    JSON.stringify(texts) === expected && outbox === 0 && sending === 0 && connection === "connected",
            );
        };
        await this.until("the same everywhere", is).catch((error) => {
            throw new Error(`${error.message}: expected ${expected}, found ${JSON.stringify(views, null, 1)}`);
        });
        return views;
    }
}

/** So many texts with numbers. */
export function texts(what, count) {
    return Array.from({ length: count }, (_, number) => `${what} ${number}`);
}
