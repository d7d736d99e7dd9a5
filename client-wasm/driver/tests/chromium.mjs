// The Chromium of this machine, as all tests of the repository use it.
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/** It must ask nobody on the network but the tests. Without a sandbox it also runs as root. */
const ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/** A browser of one's own. */
export function launch() {
    return chromium.launch({ executablePath: executable(), args: ARGUMENTS, timeout: 30_000 });
}

/**
 * Ends a program and takes its folder away as soon as whoever started it is gone, even if that was killed. What the program had started
 * itself may write a moment longer.
 */
const SHEPHERD = '"$0" "$@" & cat; exec 2>/dev/null; kill -9 $!; wait $!; sleep 0.3; rm -rf "$PROFILE" || { sleep 1; rm -rf "$PROFILE"; }';

/**
 * A browser in which a tab that is not in front is hidden, as it is for people: Playwright makes the pages of its own browsers believe
 * that each is looked at. What comes back has its one profile and ends it.
 */
export async function launchPlain() {
    const profile = await mkdtemp(join(tmpdir(), "mtchat-chromium-"));
    const own = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"];
    const env = { ...process.env, PROFILE: profile };
    const program = spawn("sh", ["-c", SHEPHERD, executable(), ...ARGUMENTS, ...own], { env, stdio: ["pipe", "ignore", "pipe"] });
    const end = () => {
        const ended = new Promise((resolve) => program.once("exit", resolve));
        program.stdin.end();
        return ended;
    };
    try {
        const browser = await chromium.connectOverCDP(await addressOf(program), { noDefaults: true });
        return { context: browser.contexts()[0], end };
    } catch (error) {
        await end();
        throw error;
    }
}

function addressOf(program) {
    return new Promise((resolve, reject) => {
        let said = "";
        const late = setTimeout(() => reject(new Error(`Chromium does not start: ${said}`)), 30_000);
        program.stderr.on("data", (text) => {
            said += text;
            const found = /DevTools listening on (ws:\S+)/.exec(said);
            if (found === null) return;
            clearTimeout(late);
            resolve(found[1]);
        });
    });
}

function executable() {
    if (process.env.CHROMIUM_BIN) return process.env.CHROMIUM_BIN;
    const places = (process.env.PATH ?? "").split(delimiter).flatMap((place) => NAMES.map((name) => join(place, name)));
    const found = places.find(isProgram);
    if (found === undefined) throw new Error("no Chromium: tools/chromium.py sees to one, or set CHROMIUM_BIN");
    return found;
}

function isProgram(path) {
    try {
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
