// People: who they are for others, what they do without a page, and the pages they open.
import { Chat } from "./chat.mjs";

export class Person {
    #token = null;
    #context = null;

    constructor(stage, { id, name, company, companies, email, phone, edge }) {
        Object.assign(this, { stage, id, name, company, companies, email, phone, edge });
    }

    /** As hosts name them. */
    profile() {
        return { user_id: this.id, display_name: this.name, company: this.company, email: this.email, phone: this.phone };
    }

    /** A request of the Chat API, at their edge. What comes back is `data`, or all of it where there is none. */
    async call(method, path, body) {
        this.#token ??= this.stage.tokenOf(this.id);
        const answer = await fetch(`${this.stage.edges[this.edge]}/api/v1${path}`, {
            method,
            headers: { Authorization: `Bearer ${await this.#token}`, "Content-Type": "application/json" },
            body: body === undefined ? undefined : JSON.stringify(body),
            signal: AbortSignal.timeout(20_000),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
        const said = text ? JSON.parse(text) : {};
        return said.data ?? said;
    }

    /** Say something without a page. The message comes back. */
    says(dialog, content, more = {}) {
        return this.call("POST", `/dialogs/${dialog}/messages`, { content, ...more });
    }

    /** The browser that they have; `fresh`: another device, with nothing in it yet. */
    async browser({ fresh = false, ...options } = {}) {
        if (this.#context !== null && !fresh) return this.#context;
        const context = await this.stage.browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
        // Pages on this machine may ask servers on it: `local-network-access` matters once pages are fulfilled by a route.
        await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => undefined);
        this.#context ??= context;
        return context;
    }

    /** What the host page is told, with these settings (`wrapper`, `props`, `config`, `locale`, `slots` …: see the playground's `settings.ts`). */
    settings(more = {}) {
        return {
            baseUrl: this.stage.edges[this.edge],
            userId: this.id,
            tokenUrl: `/token/${encodeURIComponent(this.id)}`,
            displayName: this.name,
            company: this.company,
            email: this.email,
            phone: this.phone,
            scopes: { scopeLevel0: this.companies },
            locale: "en",
            ...more,
        };
    }

    /**
     * A page with the chat: `{ width, height, device: "another" }` and settings. It is there as soon as something is connected;
     * `waits: false` does not wait for that.
     */
    async opens({ width = 1280, height = 800, device, waits = true, context, ...settings } = {}) {
        const browser = context ?? (await this.browser({ fresh: device !== undefined }));
        const page = await this.stage.page(browser, this.id);
        await page.setViewportSize({ width, height });
        const chat = new Chat(this, page, this.settings(settings));
        await chat.load(waits);
        return chat;
    }
}
