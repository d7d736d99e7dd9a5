/** What of the layout is not needed for the first picture. */
import { lazyPart } from "../lazy/part.js";

export const ColumnResizer = /* @__PURE__ */ lazyPart(() => import("./ColumnResizer.vue"), { quiet: true });
