// What scenarios are played on: a browser, people with pages, the host's backend, and whoever owns the server.
//
//   const anna = stage.person({ id: "anna", name: "Anna Schmidt", company: "Northwind Freight", edge: 0 });
//   const dialog = await stage.host.create({ object: ["order", "1042"], title: "Order 1042", people: [anna, jonas], scopes: ["third"] });
//   const chat = await anna.opens({ width: 1280, props: { theme: "dark" } });   // a page in a browser of hers: see `chat.mjs`
//   await stage.ask({ do: "kill_edge", edge: 0 });
//   stage.figure("prepend.drift", 0.2, "px");
import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { launch } from "../../../client-wasm/driver/tests/chromium.mjs";
import { Host } from "./host.mjs";
import { Person } from "./people.mjs";
import { serve } from "./server.mjs";

/** How long anything may take that is expected to happen, in milliseconds: generous, for machines that do much else. */
export const PATIENCE = Number(process.env.MTCHAT_PATIENCE ?? 20_000);
const BUILT = new URL("../../playground/dist/", import.meta.url);

export class Stage {
    /** In names of what has to be another thing in each run. */
    run = randomUUID().slice(0, 8);
    #lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    #asking = Promise.resolve();
    #people = new Map();
    #pages = new Set();
    #broken = [];

    /** Set it up. `script` is what the owner of the server said: `edges`, `admin`, `reader`. */
    static async open(script) {
        const stage = new Stage();
        stage.script = script;
        stage.edges = script.edges;
        stage.host = new Host(script.edges[0], script.admin);
        const folder = process.env.MTCHAT_SITE ? pathToFileURL(`${process.env.MTCHAT_SITE}/`) : BUILT;
        // Another origin than the chat's server, as in most deployments.
        stage.site = await serve(folder, (user) => stage.tokenOf(user));
        const built = await fetch(`${stage.site.origin}/host.html`);
        if (!built.ok) throw new Error("there is no host.html: npm run build -w playground");
        stage.browser = await launch();
        return stage;
    }

    async close() {
        await this.browser.close();
        await this.site.close();
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

    /** Somebody: `{ id, name, company, companies?, email?, phone?, edge? }`. `companies` are the values of their scope level 0. */
    person(who) {
        const person = new Person(this, { companies: [who.id], edge: 0, ...who });
        this.#people.set(person.id, person);
        return person;
    }

    /** A fresh token of a user. */
    async tokenOf(user) {
        const companies = this.#people.get(user)?.companies ?? [user];
        return (await this.ask({ do: "token", user, companies })).token;
    }

    /** A new page in this browser of somebody's. Nothing that it throws is let pass: see `nothingBroke`. */
    async page(context, owner) {
        const page = await context.newPage();
        page.setDefaultTimeout(PATIENCE);
        page.said = [];
        page.owner = owner;
        page.on("pageerror", (error) => this.#hear(page, `${error.stack ?? error}`, true));
        page.on("console", (said) => this.#hear(page, `${said.type()}: ${said.text()}`, isBroken(said)));
        this.#pages.add(page);
        page.on("close", () => this.#pages.delete(page));
        return page;
    }

    #hear(page, text, isBroken) {
        page.said.push(text);
        if (isBroken) this.#broken.push(`${page.owner}: ${text}`);
    }

    /** No page has thrown anything, and Vue has warned of nothing. */
    nothingBroke() {
        if (this.#broken.length > 0) throw new Error(`pages have broken:\n${this.#broken.join("\n")}`);
    }

    /** For scenarios in which a page is meant to break: what it was until now. */
    forgive() {
        return this.#broken.splice(0);
    }

    /** Wait until `is` gives something that is true. That comes back. */
    async until(what, is, patience = PATIENCE) {
        const end = Date.now() + patience;
        for (;;) {
            const found = await is();
            if (found) return found;
            if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    /** Say a figure that has been measured. */
    figure(name, value, unit) {
        console.log(`FIGURE ${name} ${typeof value === "number" ? Math.round(value * 100) / 100 : value} ${unit}`);
    }

    /** Pictures of all pages, and what they said. */
    async shoot(name) {
        const folder = process.env.MTCHAT_SHOTS;
        if (!folder) return;
        await mkdir(folder, { recursive: true });
        for (const [index, page] of [...this.#pages].entries()) {
            const file = join(folder, `${name}-${index}-${page.owner}`);
            await page.screenshot({ path: `${file}.png`, timeout: 5_000 }).catch(() => undefined);
            await writeFile(`${file}.txt`, page.said.join("\n"));
        }
    }
}

/** Requests that fail are of networks and are what some scenarios are about; whatever else is an error is one. */
function isBroken(said) {
    if (said.type() === "error") return !/^Failed to load resource|WebSocket connection to|ERR_CONNECTION|CORS policy/.test(said.text());
    return said.type() === "warning" && said.text().startsWith("[Vue warn]");
}

/** Say no, with what was expected and what there was instead. */
export function expect(is, expected, found) {
    if (!is) throw new Error(`expected ${expected}${found === undefined ? "" : `, found ${typeof found === "string" ? found : JSON.stringify(found)}`}`);
}
