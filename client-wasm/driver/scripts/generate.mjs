// Takes the core that `cargo xtask wasm` has built into the sources of this package:
//   wasm-inline.ts  the program, gzip in base64: a chunk that every bundler and every server can carry
//   glue.ts         what wasm-bindgen wrote around it, as a function: each call is an instance with a memory of its own, so that
//                   a core that broke can be replaced by one that knows nothing of it
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { glueFile, generated, programFile } from "./places.mjs";

const program = await readFile(programFile).catch(() => {
    console.error(`${programFile} is missing: run \`cargo xtask wasm\` first`);
    process.exit(1);
});
const glue = await readFile(glueFile, "utf8");

await mkdir(generated, { recursive: true });
const packed = gzipSync(program, { level: 9 }).toString("base64");
await writeFile(new URL("wasm-inline.ts", generated), `const program: string = "${packed}";\nexport default program;\n`);
await writeFile(new URL("glue.ts", generated), asFunction(glue));

/** A module that exports things by name as a function that gives them back. */
function asFunction(module) {
    const exported = /^export (?=(?:class|function|async function) )/gm;
    const last = /^export \{ ?initSync, ?__wbg_init as default ?\};?\s*$/m;
    if (!last.test(module)) throw new Error("the glue does not end as it used to: look at scripts/generate.mjs");
    const body = module.replace(exported, "").replace(last, "");
    if (/^\s*(?:import|export) /m.test(body)) throw new Error("the glue imports or exports something that is not known here");
    return [
        "// @ts-nocheck",
        "/** A new instance of the core's program. */",
        "export function makeGlue() {",
        body,
        "return { CoreClient, load: __wbg_init };",
        "}",
        "",
    ].join("\n");
}
