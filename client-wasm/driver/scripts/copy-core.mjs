// The program of the core as a file of the package, for hosts that want to serve it as one.
import { copyFile } from "node:fs/promises";
import { dist, programFile } from "./places.mjs";

await copyFile(programFile, new URL("core.wasm", dist));
