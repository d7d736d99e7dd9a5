/** What of the list is shown only when somebody acts. */
import { lazyPart } from "../lazy/part.js";

export const RowMenu = /* @__PURE__ */ lazyPart(() => import("./RowMenu.vue"), { methods: ["open"] });
