import type { Messages } from "../../types.js";
import { first } from "./first.js";
import { later } from "./later.js";

/** Russian, the default. */
export const ru = { ...first, ...later } satisfies Messages;
