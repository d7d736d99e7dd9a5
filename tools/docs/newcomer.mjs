// Two people look at a page, each in a window of their own: what one writes, the other reads, and it is still there after a reload.
//   node tools/docs/newcomer.mjs FROM TO [--shot FILE]
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../../docs/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const PATIENCE = 45_000;
const [from, to, , shot] = process.argv.slice(2);
const places = process.env.CHROMIUM_BIN ? [process.env.CHROMIUM_BIN] : process.env.PATH.split(":").flatMap((place) => NAMES.map((name) => join(place, name)));
const executablePath = places.find((place) => existsSync(place));
if (executablePath === undefined) throw new Error("no Chromium: tools/chromium.py sees to one, or set CHROMIUM_BIN");

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
const complaints = [];

async function open(address) {
    // A person each: nothing of one's browser is the other's.
    const page = await (await browser.newContext({ viewport: { width: 900, height: 800 } })).newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
    page.on("console", (line) => line.type() === "error" && complaints.push(`console: ${line.text()}`));
    await page.goto(address);
    await page.locator(".mtchat [contenteditable=true]").waitFor();
    return page;
}

try {
    const writer = await open(from);
    const reader = await open(to);
    const text = `It has left the warehouse, ${Date.now() % 100_000}`;
    await writer.locator(".mtchat [contenteditable=true]").fill(text);
    const began = performance.now();
    await writer.locator(".mtchat [contenteditable=true]").press("Enter");
    await reader.locator(".mtchat").getByText(text).first().waitFor();
    const took = performance.now() - began;
    await reader.reload();
    await reader.locator(".mtchat").getByText(text).first().waitFor();
    if (shot) await reader.screenshot({ path: shot });
    console.log(`what one wrote was read in the other window after ${took.toFixed(0)} ms, and is there after a reload`);
} catch (error) {
    console.error(error.message);
    for (const page of browser.contexts().flatMap((context) => context.pages())) console.error(page.url(), (await page.locator("body").innerText()).slice(0, 400));
    process.exitCode = 1;
} finally {
    for (const one of complaints) console.error(one);
    await browser.close();
}
