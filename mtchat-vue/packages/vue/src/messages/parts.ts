/** What of the messages is shown only when somebody acts, or seldom. */
import { lazyPart } from "../lazy/part.js";

export const MessageMenu = /* @__PURE__ */ lazyPart(() => import("./MessageMenu.vue"), { methods: ["show", "say"] });
export const MessageToolbar = /* @__PURE__ */ lazyPart(() => import("./MessageToolbar.vue"), { quiet: true });
export const ObjectCard = /* @__PURE__ */ lazyPart(() => import("./ObjectCard.vue"));
export const SendFailure = /* @__PURE__ */ lazyPart(() => import("./SendFailure.vue"));
