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

let count = 0;
for await (const line of createInterface({ input: createReadStream(traces) })) {
    const { seed, steps } = JSON.parse(line);
    const client = new CoreClient(BigInt(seed));
    for (const { now, input, outputs, timeout } of steps) {
        if (input === null) client.handle_timeout(now);
        else client.handle(now, JSON.stringify(input));
        const found = [];
        for (let output; (output = client.poll_output()) !== undefined; ) found.push(JSON.parse(output));
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
