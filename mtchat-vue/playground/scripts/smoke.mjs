// Opens every story of the built site, and fails when one throws or shows nothing. With a folder it leaves pictures there.
//   npm run build && npm run smoke [-- FOLDER] [theme=dark locale=ru dir=rtl ui=prime]
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../../../client-wasm/driver/tests/chromium.mjs";
import { serve } from "../../tests/consumers/serve.mjs";

const options = process.argv.slice(2);
const folder = options.find((option) => !option.includes("="));
const view = options.filter((option) => option.includes("=")).join("&");
if (folder !== undefined) await mkdir(folder, { recursive: true });

const site = await serve(fileURLToPath(new URL("../dist/", import.meta.url)));
const browser = await launch();
let failures = 0;
try {
    for (const id of await storyIds()) {
        const problems = await look(id);
        if (problems.length === 0) continue;
        failures += 1;
        console.log(`FAILED  ${id}\n  ${problems.join("\n  ")}`);
    }
} finally {
    await browser.close();
    await site.close();
}
console.log(failures === 0 ? "all stories show something" : `${failures} stories do not`);
process.exit(failures === 0 ? 0 : 1);

async function storyIds() {
    const page = await browser.newPage();
    await page.goto(`${site.origin}/`);
    const links = page.locator(".playground__families li a");
    await links.first().waitFor();
    const addresses = await links.evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    await page.close();
    return addresses.map((address) => new URLSearchParams(address).get("story"));
}

async function look(id) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (said) => said.type() === "error" && problems.push(said.text()));
    try {
        await page.goto(`${site.origin}/?story=${id}&${view}&bare`, { waitUntil: "networkidle" });
        const stage = page.locator("[data-story-ready]");
        await stage.waitFor({ state: "attached", timeout: 10_000 });
        if ((await stage.locator("*").count()) < 2) problems.push("nothing is shown");
        if (folder !== undefined) await page.screenshot({ path: join(folder, `${id}.png`) });
    } catch (error) {
        problems.push(error.message);
    } finally {
        await page.close();
    }
    return problems;
}
