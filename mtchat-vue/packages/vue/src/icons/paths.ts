import { FIRST_PATHS } from "./first-paths.js";
import { LATER_PATHS } from "./later-paths.js";

/** Strokes of each icon on 24 × 24, drawn with round caps in the colour of the text. */
export const ICON_PATHS = { ...FIRST_PATHS, ...LATER_PATHS } as const;

/** The icons there are. */
export type IconName = keyof typeof ICON_PATHS;
