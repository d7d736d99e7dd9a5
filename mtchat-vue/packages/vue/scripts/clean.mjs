// What an earlier build has left must not get into a package.
//   node clean.mjs [PACKAGE]
import { rm } from "node:fs/promises";
import { resolve } from "node:path";

await rm(resolve(process.argv[2] ?? ".", "dist"), { recursive: true, force: true });
