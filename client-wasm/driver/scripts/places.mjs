// Where the parts of the package come from and go to.
import { pathToFileURL } from "node:url";

const built = process.env.MTCHAT_WASM_DIR
    ? pathToFileURL(`${process.env.MTCHAT_WASM_DIR}/`)
    : new URL("../../../target/wasm/", import.meta.url);

/** The program of the core. */
export const programFile = new URL("mtchat_client_wasm_bg.wasm", built);
/** What wasm-bindgen wrote around it. */
export const glueFile = new URL("mtchat_client_wasm.js", built);
/** Sources that are made, not written. */
export const generated = new URL("../src/generated/", import.meta.url);
/** The package as it is published. */
export const dist = new URL("../dist/", import.meta.url);
