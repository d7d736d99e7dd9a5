// Uses the package as applications do: packed, installed into a folder of its own, built by what they build with.
//   npm run test:consumers
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import webpack from "webpack";
import { launch } from "../chromium.mjs";
import { serve } from "../files.mjs";

const run = promisify(execFile);
/** How long any step may take, in milliseconds. */
const PATIENCE = 60_000;
const root = fileURLToPath(new URL("../../", import.meta.url));

const place = await mkdtemp(join(tmpdir(), "mtchat-consumer-"));
const browser = await launch();
let failures = 0;
try {
    await install();
    await check("types, bundler", () => types("bundler", "esnext"));
    await check("types, nodenext", () => types("nodenext", "nodenext"));
    await check("Node", () => run(process.execPath, ["node.mjs"], { cwd: place, timeout: PATIENCE }));
    await check("rendering on a server", () => run(process.execPath, ["ssr.mjs"], { cwd: place, timeout: PATIENCE }));
    await check("plain module with an import map", () => page(place, "plain.html"));
    await check("Vite", async () => page(await withVite(), ""));
    await check("webpack", async () => page(await withWebpack(), ""));
    const csp = (script) => ({ "Content-Security-Policy": `default-src 'self'; script-src ${script}` });
    const vite = join(place, "vite");
    await check("a policy with 'wasm-unsafe-eval'", () => page(vite, "", csp("'self' 'wasm-unsafe-eval'")));
    await check("a policy without it", () => page(vite, "", csp("'self'"), "failed wasm_forbidden", /'wasm-unsafe-eval'/));
} finally {
    await browser.close();
    await rm(place, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);

async function check(what, does) {
    const began = Date.now();
    try {
        await does();
        console.log(`ok      ${what} (${Date.now() - began} ms)`);
    } catch (error) {
        failures += 1;
        console.log(`FAILED  ${what}`, error.stdout ?? "", error);
    }
}

async function install() {
    const npm = (args, cwd) => run("npm", [...args, "--no-audit", "--no-fund", "--ignore-scripts"], { cwd, timeout: PATIENCE });
    const { stdout } = await npm(["pack", "--json", "--pack-destination", place], root);
    const [{ filename }] = JSON.parse(stdout);
    await cp(new URL("app/", import.meta.url), place, { recursive: true });
    await writeFile(join(place, "package.json"), '{ "private": true, "type": "module" }');
    await npm(["install", "--prefer-offline", `./${filename}`], place);
}

async function types(moduleResolution, module) {
    // What the package says of itself is checked too.
    const options = { noEmit: true, strict: true, target: "es2022", lib: ["es2022", "dom"], types: [], skipLibCheck: false };
    const project = { compilerOptions: { ...options, module, moduleResolution }, files: ["types.ts"] };
    await writeFile(join(place, "tsconfig.json"), JSON.stringify(project));
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [compiler, "-p", place], { cwd: place, timeout: PATIENCE });
}

async function withVite() {
    await build({ root: place, logLevel: "warn", build: { outDir: "vite", emptyOutDir: true } });
    return join(place, "vite");
}

async function withWebpack() {
    const output = join(place, "webpack");
    const stats = await promisify(webpack)({
        mode: "production",
        context: place,
        entry: "./main.js",
        output: { path: output, filename: "main.js" },
        // The core is as large as it is.
        performance: { hints: false },
    });
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
    await cp(join(place, "index.html"), join(output, "index.html"));
    return output;
}

/** Open a page of a folder, and see that it says what it should. */
async function page(folder, path, headers = {}, expected = "ready", message = /^$/) {
    const files = await serve({ "/": pathToFileURL(`${folder}/`) }, headers);
    const context = await browser.newContext();
    try {
        const opened = await context.newPage();
        await opened.goto(`${files.origin}/${path}`);
        await opened.waitForFunction(() => document.title !== "", undefined, { timeout: PATIENCE });
        const [title, failed] = [await opened.title(), await opened.evaluate(() => window.failed?.message ?? "")];
        if (!title.startsWith(expected) || !message.test(failed)) throw new Error(`the page says ${title}: ${failed}`);
    } finally {
        await context.close();
        await files.close();
    }
}
