/** What is loaded when the page has nothing else to do, so that it is there when somebody acts. */
const waiting: (() => Promise<unknown>)[] = [];
let isRunning = false;
let isStarted = false;

/** Load something as soon as a chat is shown and the page is idle. What fails is asked for again when it is needed. */
export function onIdle(load: () => Promise<unknown>): void {
    waiting.push(load);
    if (isStarted) void run();
}

/** A chat is shown. */
export function startIdle(): void {
    isStarted = true;
    void run();
}

/** All of it now: for tests, and hosts that show what is behind a click at once. */
export async function loadParts(): Promise<void> {
    while (waiting.length > 0) await Promise.all(waiting.splice(0).map((load) => load()));
}

/** One after the other: none of it may hold up what somebody asks for. */
async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    for (let load = waiting.shift(); load !== undefined; load = waiting.shift()) {
        await idle();
        await load().catch(() => undefined);
    }
    isRunning = false;
}

function idle(): Promise<void> {
    return new Promise((resolve) => {
        // Safari has none.
        if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: 4_000 });
        else setTimeout(resolve, 200);
    });
}
