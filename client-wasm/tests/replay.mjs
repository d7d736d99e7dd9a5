// Plays recorded lives of clients again with the WASM build, and compares what comes out.
//   node replay.mjs <directory of the build> <traces, a life a line>
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";

const [directory, traces] = process.argv.slice(2);
const { CoreClient, initSync } = await import(pathToFileURL(join(directory, "mtchat_client_wasm.js")).href);
initSync({ module: await readFile(join(directory, "mtchat_client_wasm_bg.wasm")) });

/** Tell a client what the core's `Input` says. */
function tell(client, now, input) {
    if (input === "woke") return client.woke(now);
    const [kind, what] = Object.entries(input)[0];
    switch (kind) {
        case "wants": return client.want(now, JSON.stringify(what));
        case "restored": return client.restore(now, JSON.stringify(what));
        case "opened": return client.opened(now, what);
        case "frame": return client.frame(now, what.socket, what.text);
        case "closed": return client.closed(now, what.socket, what.code ?? undefined);
        case "token": return client.token(now, what ?? undefined);
        case "online": return client.online(now, what);
        case "answered": {
            if (what.answer === "nothing") return client.unanswered(now, what.request);
            const { status, body, position, next_cursor, retry_after } = what.answer.response;
            return client.answered(now, what.request, status, body, ...[position, next_cursor, retry_after].map((one) => one ?? undefined));
        }
        default: throw new Error(`nobody knows the input ${kind}`);
    }
}

let count = 0;
for await (const line of createInterface({ input: createReadStream(traces) })) {
    const { seed, steps } = JSON.parse(line);
    const client = new CoreClient(BigInt(seed));
    for (const { now, input, outputs, timeout } of steps) {
        if (input === null) client.handle_timeout(now);
        else tell(client, now, input);
        const found = JSON.parse(client.poll_outputs());
        const due = client.poll_timeout() ?? null;
        if (!isDeepStrictEqual(found, outputs) || due !== timeout) {
            console.error("step", count, "of seed", seed, JSON.stringify({ input, found, outputs, due, timeout }, null, 1));
            process.exit(1);
        }
        count += 1;
    }
    client.free();
}
console.log(`${count} steps are the same`);
