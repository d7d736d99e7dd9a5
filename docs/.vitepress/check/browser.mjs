// The built site in Chromium: searched as readers do it, looked at by axe, measured on a telephone.
import { existsSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PATIENCE = 20_000;

/** Looked at in both themes, and seen in pictures. */
export const LOOKED_AT = [
    "/",
    "/guide/quick-start.html",
    "/guide/concepts.html",
    "/reference/api/create-dialog.html",
    "/reference/events/message-created.html",
    "/configuration.html",
    "/ru/guide/quick-start.html",
    "/zh/guide/concepts.html",
];
/** What is typed where, and what the place of the first result says. */
const SEARCHES = [
    { from: "/", typed: "webhook", says: /webhook/iu },
    { from: "/", typed: "ARCHIVE_AFTER_SECS", says: /ARCHIVE_AFTER_SECS/u },
    { from: "/", typed: "send a message", says: /send a message/iu },
    { from: "/", typed: "message_created", says: /message_created/u },
    { from: "/ru/", typed: "кандидат", says: /кандидат/iu },
    { from: "/zh/", typed: "候选人", says: /候选人/u },
];

export function openBrowser() {
    const places = process.env.CHROMIUM_BIN ? [process.env.CHROMIUM_BIN] : (process.env.PATH ?? "").split(":").flatMap((place) => NAMES.map((name) => join(place, name)));
    const executablePath = places.find((place) => existsSync(place));
    if (executablePath === undefined) throw new Error("no Chromium: tools/chromium.py sees to one, or set CHROMIUM_BIN");
    return chromium.launch({ executablePath, args: ARGUMENTS, timeout: 30_000 });
}

/** A page of the site; what it complains about is collected. */
async function newPage(browser, { width = 1440, theme = "light" } = {}) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: "reduce", locale: "en-GB" });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
    page.on("console", (line) => line.type() === "error" && complaints.push(`console: ${line.text()}`));
    return { page, complaints, close: () => context.close() };
}

/** Types, takes the first result, and is there. */
export async function search(browser, origin) {
    const problems = [];
    for (const { from, typed, says } of SEARCHES) {
        const { page, complaints, close } = await newPage(browser);
        let link = null;
        try {
            await page.goto(origin + from, { waitUntil: "load" });
            await page.locator("#local-search button").click();
            await page.locator("#localsearch-input").fill(typed);
            const first = page.locator(".VPLocalSearchBox .results .result").first();
            await first.waitFor();
            link = await first.getAttribute("href");
            await first.click();
            await page.waitForURL((address) => address.pathname === new URL(link, origin).pathname);
            await page.locator("main").filter({ hasText: says }).waitFor();
            const place = new URL(page.url());
            if (place.hash !== "" && !(await page.evaluate((id) => document.getElementById(id) !== null, decodeURIComponent(place.hash.slice(1))))) {
                problems.push(`«${typed}» leads to ${place.hash} of ${place.pathname}, which is not there`);
            }
        } catch (error) {
            problems.push(`«${typed}» from ${from}: ${error.message.split("\n")[0]}${link === null ? "" : `; the first result is ${link}`}`);
        }
        problems.push(...complaints.map((one) => `${from}: ${one}`));
        await close();
    }
    // What nobody has written must not be found: a search that finds everything is none.
    const { page, close } = await newPage(browser);
    await page.goto(`${origin}/`, { waitUntil: "load" });
    await page.locator("#local-search button").click();
    await page.locator("#localsearch-input").fill("xyzzyplugh");
    await page.locator(".VPLocalSearchBox .no-results").waitFor();
    await close();
    return { problems, count: SEARCHES.length + 1 };
}

/** Rules of accessibility, in both themes; pictures into a folder when one is named. */
export async function lookAt(browser, origin, folder) {
    const problems = [];
    if (folder) mkdirSync(folder, { recursive: true });
    for (const theme of ["light", "dark"]) {
        for (const width of folder ? [1440, 390] : [1440]) {
            const { page, complaints, close } = await newPage(browser, { width, theme });
            for (const path of LOOKED_AT) {
                await page.goto(origin + path, { waitUntil: "networkidle" });
                if (folder) await page.screenshot({ path: join(folder, `${nameOf(path)}-${width}-${theme}.png`) });
                if (width === 1440) problems.push(...(await violations(page)).map((one) => `${path}, ${theme}: ${one}`));
            }
            problems.push(...complaints);
            await close();
        }
    }
    return { problems, count: LOOKED_AT.length * 2 };
}

const nameOf = (path) => path.replace(/\.html$/u, "").replace(/^\/$/u, "home").replaceAll("/", "-").replace(/^-/u, "");

async function violations(page) {
    await page.evaluate(AXE);
    const found = await page.evaluate(async (rules) => {
        const { violations: all } = await window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
        return all.map(({ id, help, nodes }) => `axe ${id}: ${help} (${nodes.length}): ${nodes.slice(0, 3).map(({ target, any }) => `${target.flat().join(" ")} ${any[0]?.message ?? ""}`).join("; ")}`);
    }, RULES);
    return found;
}

/** No page is wider than a telephone: code and tables scroll by themselves. */
export async function measure(browser, origin, pages) {
    const problems = [];
    const { page, close } = await newPage(browser, { width: 390 });
    for (const path of pages) {
        // With its styles: without them everything is wide.
        await page.goto(`${origin}/${path}`, { waitUntil: "load" });
        const wide = await page.evaluate(() => {
            const most = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= most) return null;
            const guilty = [...document.querySelectorAll("main *")].find((one) => one.getBoundingClientRect().right > most + 1);
            return `${document.documentElement.scrollWidth} px: <${guilty?.tagName.toLowerCase()} class="${guilty?.className}"> ${guilty?.textContent.trim().slice(0, 60)}`;
        });
        if (wide !== null) problems.push(`${path} is ${wide}`);
    }
    await close();
    return { problems, count: pages.length };
}
