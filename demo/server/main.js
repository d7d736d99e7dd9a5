import { createApp } from "./app.js";
import { readConfig } from "./config.js";

const RETRY_MS = 3_000;

const config = readConfig(process.env);
const { app, demo } = await createApp(config);
const stop = new AbortController();

for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
        stop.abort();
        app.close().then(() => process.exit(0));
    });
}

const address = await app.listen({ host: config.host, port: config.port }).catch((failure) => {
    console.error(failure.code === "EADDRINUSE" ? `The demo's port ${config.port} is taken: choose another one with DEMO_PORT.` : failure);
    process.exit(1);
});
// Behind a proxy pages have another address than this.
demo.seeder.objectUrl = process.env.DEMO_URL ?? address;
if (!config.publicUrl) demo.endpoint.url = `http://127.0.0.1:${new URL(address).port}/webhooks/mtchat`;
console.log(`demo listening ${address}`);
await untilDone("registering the webhook endpoint", () => demo.endpoint.register());
const made = await untilDone("seeding", () => demo.seeder.run());
if (!stop.signal.aborted) console.log(`demo ready, ${made} conversations made`);

/**
 * MTChat may come up after us, or be set up later in the settings.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T | undefined>}
 */
async function untilDone(what, attempt) {
    let said = "";
    while (!stop.signal.aborted) {
        try {
            return await attempt();
        } catch (failure) {
            const why = /** @type {Error} */ (failure).message;
            if (why !== said) console.error(`${what}: ${why}; it is tried again`);
            said = why;
            await new Promise((resume) => setTimeout(resume, RETRY_MS));
        }
    }
    return undefined;
}
