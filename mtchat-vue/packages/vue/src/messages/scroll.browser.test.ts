// @vitest-environment node
import { join } from "node:path";
import vue from "@vitejs/plugin-vue";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { launch } from "../../../../../client-wasm/driver/tests/chromium.mjs";
import type { ScrollPage } from "./scroll.page.js";

const ORIGIN = "http://list.test";
const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

declare const page: ScrollPage;

// Nothing jumps: measured in a browser, for nothing else lays rows out.
describe("the message list in a browser", () => {
    let browser: Browser;
    let files: Map<string, string | Uint8Array>;
    let tab: Page;

    beforeAll(async () => {
        files = await bundle();
        browser = await launch();
    }, 120_000);
    afterAll(async () => void (await browser?.close()));
    afterEach(async () => void (await tab?.close()));

    const open = async (query = "") => {
        tab = await browser.newPage();
        await tab.route(`${ORIGIN}/**`, async (route) => {
            const path = new URL(route.request().url()).pathname;
            if (path === "/picture.png") return route.fulfill({ contentType: "image/png", body: PICTURE });
            const type = path === "/" ? "text/html" : path.endsWith(".css") ? "text/css" : "text/javascript";
            const head = '<!doctype html><link rel="stylesheet" href="/style.css"><body><script type="module" src="/page.js"></script>';
            return route.fulfill({ contentType: type, body: path === "/" ? head : Buffer.from(files.get(path) ?? "") });
        });
        await tab.goto(`${ORIGIN}/?${query}`);
        await tab.waitForSelector("[role=log] article");
        await rest();
    };
    /** Until nothing moves: the same height and place for some frames. */
    const rest = () =>
        tab.evaluate(async () => {
            const list = document.querySelector("[role=log]")!;
            for (let same = 0, last = ""; same < 20; ) {
                await new Promise(requestAnimationFrame);
                const now = `${list.scrollTop} ${list.scrollHeight} ${list.getAttribute("aria-busy")}`;
                same = now === last && now.endsWith("false") ? same + 1 : 0;
                last = now;
            }
        });
    /** There, with the rows that belong there. */
    const scrollTo = (top: number) =>
        tab.evaluate(async (to) => {
            document.querySelector("[role=log]")!.scrollTop = to;
            for (let frames = 0; frames < 3; frames += 1) await new Promise(requestAnimationFrame);
        }, top);
    const below = () => tab.evaluate(() => ((list) => list.scrollHeight - list.scrollTop - list.clientHeight)(document.querySelector("[role=log]")!));
    /** How far a message is from the middle; at the ends of the list it can not be there. */
    const offMiddle = (index: number) =>
        tab.evaluate((to) => {
            const [list, row] = [document.querySelector("[role=log]")!, document.querySelector(`[data-message-id="${page.all[to]!.id}"]`)!];
            const [outer, inner] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
            const isAtEdge = list.scrollTop < 1 || list.scrollHeight - list.scrollTop - list.clientHeight < 1;
            return isAtEdge ? 0 : Math.abs(inner.top + inner.height / 2 - outer.top - outer.height / 2);
        }, index);
    /** How far the first message that is whole on the screen moves meanwhile, at the worst frame. */
    const drift = async (happens: () => Promise<unknown>) => {
        await tab.evaluate(() => {
            const top = document.querySelector("[role=log]")!.getBoundingClientRect().top;
            const all = [...document.querySelectorAll("article")].map((one) => ({ id: one.dataset["messageId"]!, top: one.getBoundingClientRect().top }));
            const first = all.filter((one) => one.top >= top).sort((one, other) => one.top - other.top)[0]!;
            const measured = { worst: 0, ...first };
            Object.assign(globalThis, { measured });
            const look = () => {
                const now = document.querySelector(`[data-message-id="${first.id}"]`)?.getBoundingClientRect().top ?? Infinity;
                measured.worst = Math.max(measured.worst, Math.abs(now - first.top));
                requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        });
        await happens();
        await rest();
        return tab.evaluate(() => (globalThis as unknown as { measured: { worst: number } }).measured.worst);
    };

    it("opens at the bottom and follows what comes", async () => {
        await open();
        expect(await below()).toBeLessThan(1);
        for (let times = 0; times < 5; times += 1) await tab.evaluate(() => page.append());
        await rest();
        expect(await below()).toBeLessThan(1);
    });

    it("opens at the first unread message, loaded or not", async () => {
        for (const query of ["unread=30", "unread=130"]) {
            await open(query);
            await tab.waitForSelector(".mtchat-unread");
            await rest();
            const top = await tab.evaluate(() => document.querySelector(".mtchat-unread")!.getBoundingClientRect().top);
            expect(top, query).toBeGreaterThan(100);
            expect(top, query).toBeLessThan(220);
            await tab.close();
        }
    });

    it("stays where one reads when older messages come, from anywhere up there", async () => {
        await open();
        for (const top of [300, 0, 300, 0]) {
            const pages = await tab.evaluate(() => page.wanted("older"));
            await scrollTo(top);
            expect(await drift(() => tab.waitForFunction((before) => page.wanted("older") > before, pages))).toBeLessThanOrEqual(1);
        }
    });

    it("stays where one reads when messages come, go and change", async () => {
        await open();
        await scrollTo(2_500);
        await rest();
        expect(await drift(() => tab.evaluate(() => (page.append(), page.append())))).toBeLessThanOrEqual(1);
        expect(await drift(() => tab.evaluate(() => page.remove(352)))).toBeLessThanOrEqual(1);
        expect(await drift(() => tab.evaluate(() => page.edit(353, `<p>${"much longer ".repeat(80)}</p>`)))).toBeLessThanOrEqual(1);
    });

    it("stays where one reads when the oldest are given up for newer ones", async () => {
        await open("everything&count=600");
        await tab.evaluate(() => page.shift(-100));
        await rest();
        for (let times = 0; times < 3; times += 1) {
            const height = await tab.evaluate(() => document.querySelector("[role=log]")!.scrollHeight);
            await scrollTo(Math.round(height * 0.7));
            await rest();
            expect(await drift(() => tab.evaluate(() => page.shift(30)))).toBeLessThanOrEqual(1);
        }
    });

    it("stays where one is when there is more or less room", async () => {
        await open();
        const resize = (style: string, pixels: number) =>
            tab.evaluate(([name, size]) => document.getElementById("app")!.style.setProperty(name, `${size}px`), [style, pixels] as const);
        await resize("height", 400);
        await rest();
        expect(await below()).toBeLessThan(1);
        await resize("width", 340);
        await rest();
        expect(await below()).toBeLessThan(1);
        await scrollTo(2_500);
        await rest();
        for (const width of [500, 300, 720]) expect(await drift(() => resize("width", width)), `${width}`).toBeLessThanOrEqual(1);
        expect(await drift(() => resize("height", 600))).toBeLessThanOrEqual(1);
    });

    it("goes as far as the wheel does, through rows that were never seen", async () => {
        await open("everything&count=400");
        const worst = await tab.evaluate(async () => {
            const list = document.querySelector("[role=log]")!;
            let worst = 0;
            for (let turn = 0; turn < 150; turn += 1) {
                const middle = list.getBoundingClientRect().top + list.clientHeight / 2;
                const seen = [...document.querySelectorAll("article")].find((one) => one.getBoundingClientRect().bottom > middle)!;
                const before = seen.getBoundingClientRect().top;
                list.scrollTop -= 40;
                await new Promise(requestAnimationFrame);
                await new Promise(requestAnimationFrame);
                worst = Math.max(worst, Math.abs(seen.getBoundingClientRect().top - before - 40));
            }
            return worst;
        });
        expect(worst).toBeLessThanOrEqual(1);
    });

    it("is where it was after it was hidden", async () => {
        await open("everything&count=400");
        await scrollTo(4_000);
        await rest();
        const show = (display: string) => tab.evaluate((to) => void (document.getElementById("app")!.style.display = to), display);
        const top = () => tab.evaluate(() => ((one) => [one.dataset["messageId"], one.getBoundingClientRect().top])([...document.querySelectorAll("article")].find((one) => one.getBoundingClientRect().top >= 0)!));
        const before = await top();
        for (let times = 0; times < 3; times += 1) {
            await show("none");
            await tab.evaluate(async () => {
                for (let frames = 0; frames < 5; frames += 1) await new Promise(requestAnimationFrame);
            });
            await show("flex");
            await rest();
            expect(await top()).toEqual(before);
        }
    });

    it("grows downwards when all of a long message is asked for", async () => {
        await open("everything&count=60");
        const id = await tab.evaluate(() => (page.edit(30, `<p>${"long ".repeat(2_000)}</p>`), page.all[30]!.id));
        expect(await tab.evaluate(() => page.jump(30))).toBe(true);
        await rest();
        const seen = () => tab.evaluate((of) => document.querySelector(`[data-message-id="${of}"] .mtchat-body__more`)!.getBoundingClientRect().bottom, id);
        const start = () => tab.evaluate((of) => document.querySelector(`[data-message-id="${of}"]`)!.getBoundingClientRect().top, id);
        // Its end is seen, its beginning is not.
        await tab.evaluate((by) => void (document.querySelector("[role=log]")!.scrollTop += by), (await seen()) - 300);
        await rest();
        const before = await start();
        expect(before).toBeLessThan(0);
        await tab.click(`[data-message-id="${id}"] .mtchat-body__more`);
        await rest();
        expect(Math.abs((await start()) - before)).toBeLessThanOrEqual(1);
    });

    it("jumps to the middle also from where the unread messages begin", async () => {
        await open("unread=30");
        await tab.evaluate(() => page.jump(385));
        await rest();
        expect(await offMiddle(385)).toBeLessThan(4);
    });

    it("jumps to the middle of the screen, and back to the bottom", async () => {
        await open();
        for (const index of [380, 200, 395, 100]) {
            expect(await tab.evaluate((to) => page.jump(to), index)).toBe(true);
            await rest();
            expect(await offMiddle(index), `${index}`).toBeLessThan(4);
        }
        await tab.click(".mtchat-to-bottom");
        await tab.waitForFunction(() => document.querySelector(`[data-message-id="${page.all.at(-1)!.id}"]`) !== null);
        await rest();
        expect(await below()).toBeLessThan(1);
    });

    it("goes to what one sends", async () => {
        await open();
        await scrollTo(2_000);
        await rest();
        await tab.evaluate(() => page.send());
        await rest();
        expect(await below()).toBeLessThan(1);
    });

    it("keeps few rows in the page with 100 000 messages", async () => {
        await open("count=100000&everything");
        expect(await below()).toBeLessThan(1);
        expect(await tab.locator(".mtchat-timeline__row").count()).toBeLessThan(40);
    });

    it("never makes the browser complain of sizes that it could not tell of", async () => {
        await open();
        await tab.evaluate(() => addEventListener("error", (event) => ((globalThis as unknown as { said: string[] }).said ??= []).push(event.message)));
        // What gets lower makes room for others, while the browser tells of it.
        for (const content of [`<p>${"long ".repeat(700)}</p>`, "<p>short</p>"]) {
            await tab.evaluate((to) => [396, 397, 398].forEach((index) => page.edit(index, to)), content);
            await rest();
        }
        expect(await tab.evaluate(() => (globalThis as unknown as { said?: string[] }).said ?? [])).toEqual([]);
    });
});

async function bundle(): Promise<Map<string, string | Uint8Array>> {
    const built = await build({
        configFile: false,
        logLevel: "silent",
        plugins: [vue()],
        define: { "process.env.NODE_ENV": '"production"' },
        build: {
            write: false,
            cssCodeSplit: false,
            minify: false,
            lib: { entry: join(import.meta.dirname, "scroll.page.ts"), formats: ["es"], fileName: "page", cssFileName: "style" },
        },
    });
    const [first] = Array.isArray(built) ? built : [built];
    if (first === undefined || !("output" in first)) throw new Error("nothing was built");
    return new Map(first.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]));
}
