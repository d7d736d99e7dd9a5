// Uses the packages as applications do: packed, installed into a folder of its own, built by what they build with.
// All three have to be built before.
//   npm run test:consumers
import { cp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { launch } from "../../../client-wasm/driver/tests/chromium.mjs";
import { makeConsumer, PATIENCE, run, versionOf } from "./consumer.mjs";
import { seeChats } from "./pages.mjs";

const workspace = fileURLToPath(new URL("../../", import.meta.url));
// The client's tests have it too; one copy is enough.
const webpack = createRequire(new URL("../../../client-wasm/driver/package.json", import.meta.url))("webpack");

const results = [];
const hosts = await Promise.all(["vue", "primevue", "@primeuix/themes"].map(versionOf));
const { place, end } = await makeConsumer(new URL("app/", import.meta.url), hosts);
const browser = await launch();
try {
    await check("types, bundler", () => types("bundler", "esnext"));
    await check("types, nodenext", () => types("nodenext", "nodenext"));
    await check("rendering on a server", () => run(process.execPath, ["ssr.mjs"], { cwd: place, timeout: PATIENCE }));
    const vite = join(place, "vite");
    await check("Vite, build", () => withVite(vite));
    await check("Vite, the chat in a browser", () => seeChats(browser, vite));
    await check("Vite, PrimeVue in a browser", () => seeChats(browser, vite, "prime.html"));
    await check("Vite, a policy without inline styles", () => seeChats(browser, vite, "", { headers: policy("'self' 'wasm-unsafe-eval'") }));
    const packed = join(place, "webpack");
    await check("webpack, build", () => withWebpack(packed));
    await check("webpack, the chat in a browser", () => seeChats(browser, packed));
    await check("two <mt-chat> in a plain page", () => seeChats(browser, place, "element.html", { chats: 2 }));
    await check("scripts in a plain page", () => seeChats(browser, place, "umd.html"));
} finally {
    await browser.close();
    await end();
}
summary();

async function check(what, does) {
    const began = Date.now();
    const failure = await does().then(
        () => null,
        (error) => error,
    );
    results.push({ what, failure });
    console.log(`${failure === null ? "ok      " : "FAILED  "}${what} (${Date.now() - began} ms)`);
    if (failure !== null) console.log(failure.stdout ?? "", failure);
}

function summary() {
    const failed = results.filter(({ failure }) => failure !== null);
    console.log(`\n${results.length - failed.length} of ${results.length} consumers work`);
    for (const { what } of failed) console.log(`  not: ${what}`);
    process.exit(failed.length === 0 ? 0 : 1);
}

async function types(moduleResolution, module) {
    const options = { noEmit: true, strict: true, target: "es2022", lib: ["es2023", "dom", "dom.iterable"], types: [], skipLibCheck: true };
    const project = { compilerOptions: { ...options, module, moduleResolution }, files: ["types.ts"] };
    await writeFile(join(place, "tsconfig.json"), JSON.stringify(project));
    const compiler = join(workspace, "node_modules/typescript/bin/tsc");
    await run(process.execPath, [compiler, "-p", place], { cwd: place, timeout: PATIENCE });
}

async function withVite(outDir) {
    const input = { index: join(place, "index.html"), prime: join(place, "prime.html") };
    await build({ root: place, configFile: false, logLevel: "warn", build: { outDir, emptyOutDir: true, chunkSizeWarningLimit: 2000, rolldownOptions: { input } } });
    await cp(join(place, "page.css"), join(outDir, "page.css"));
}

async function withWebpack(output) {
    const stats = await promisify(webpack)({
        mode: "production",
        context: place,
        entry: "./main.js",
        output: { path: output, filename: "main.js" },
        // What is tested is that it is found and put together; making it small takes minutes.
        optimization: { minimize: false },
        // Editor, viewer and core are as large as they are, and come when they are needed.
        performance: { hints: false },
    });
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
    await cp(join(place, "webpack.html"), join(output, "index.html"));
    await cp(join(place, "page.css"), join(output, "page.css"));
}

function policy(script) {
    return { "Content-Security-Policy": `default-src 'self'; script-src ${script}; style-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:` };
}
