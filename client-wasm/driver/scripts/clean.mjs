// What was built before is of other sources.
import { rm } from "node:fs/promises";
import { dist } from "./places.mjs";

await rm(dist, { recursive: true, force: true });
