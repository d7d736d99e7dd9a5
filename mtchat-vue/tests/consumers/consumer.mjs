// Folders into which the packages are installed as applications install them: packed, and from a registry what they depend on.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const run = promisify(execFile);

/** How long any step may take, in milliseconds. */
export const PATIENCE = 240_000;

const workspace = fileURLToPath(new URL("../../", import.meta.url));
const PACKAGES = ["../client-wasm/driver", "packages/vue", "packages/primevue"];

/** A new folder with what is in `app` and these packages besides ours. `end` takes it away. */
export async function makeConsumer(app, packages, options = {}) {
    const place = await mkdtemp(join(tmpdir(), "mtchat-consumer-"));
    const end = () => rm(place, { recursive: true, force: true });
    try {
        await cp(app, place, { recursive: true });
        await writeFile(join(place, "package.json"), '{ "private": true, "type": "module" }');
        const tarballs = [];
        for (const name of PACKAGES) tarballs.push(await pack(join(workspace, name), place));
        await npm(["install", "--prefer-offline", ...tarballs, ...packages], place, options.env);
        return { place, end };
    } catch (error) {
        await end();
        throw error;
    }
}

/** The version of a package that the workspace is developed with. */
export async function versionOf(name) {
    const manifest = JSON.parse(await readFile(join(workspace, "node_modules", name, "package.json"), "utf8"));
    return `${name}@${manifest.version}`;
}

async function pack(root, place) {
    const { stdout } = await npm(["pack", "--json", "--pack-destination", place], root);
    const [{ filename, files }] = JSON.parse(stdout);
    if (!files.some(({ path }) => path.startsWith("dist/") && path.endsWith(".js"))) throw new Error(`${root} is not built`);
    return `./${filename}`;
}

function npm(args, cwd, env = {}) {
    // Nothing of npm run's own settings may get in: the consumer is no workspace.
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config_workspace|package|lifecycle)/i.test(name)));
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts"];
    return run("npm", [...args, ...quiet], { cwd, timeout: PATIENCE, env: { ...clean, ...env }, maxBuffer: 64 * 1024 * 1024 });
}
