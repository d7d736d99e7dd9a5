import type { Browser } from "playwright-core";

/** A browser of one's own. */
export function launch(): Promise<Browser>;
