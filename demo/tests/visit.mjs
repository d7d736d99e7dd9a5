// Starts an MTChat and the demo beside it, both on ports of their own and with data of their own, and walks through every page.
//   MTCHAT_BIN=../target/debug/mtchat node tests/visit.mjs
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PATIENCE_MS = 120_000;
const BIN = process.env.MTCHAT_BIN;
if (!BIN) throw new Error("MTCHAT_BIN names no mtchat");

const directory = mkdtempSync(join(tmpdir(), "mtchat-demo-walk-"));
const running = [];

try {
    await started(BIN, ["up", "--data", directory, "--port", "0"], { WEBHOOK_ALLOW_PRIVATE: "true" }, /^MTChat is ready/);
    const [, url] = await started("node", ["server/main.js"], { DATA: directory, DEMO_PORT: "0" }, /^demo listening (\S+)/, /^demo ready/);
    const walk = spawn("node", ["tests/walk.mjs", ...process.argv.slice(2)], { env: { ...process.env, DEMO_URL: url }, stdio: "inherit" });
    const [code] = await once(walk, "exit");
    process.exitCode = code === 0 ? 0 : 1;
} finally {
    for (const child of running.reverse()) {
        if (child.exitCode !== null) continue;
        child.kill("SIGINT");
        await once(child, "exit");
    }
    rmSync(directory, { recursive: true, force: true });
}

/** Start a program, and wait until it has said each of these; what the first one matched comes back. */
async function started(program, args, env, ...patterns) {
    const child = spawn(program, args, { cwd: join(import.meta.dirname, ".."), env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
    running.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    const found = [];
    while (found.length < patterns.length) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`${program} has ended before it said ${patterns[found.length]}`);
        const match = patterns[found.length].exec(value);
        if (match) found.push(match);
    }
    clearTimeout(late);
    // Whatever else it says is read, so that it never waits for a reader.
    child.stdout.resume();
    return found[0];
}
