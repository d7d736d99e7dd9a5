/** What of the composer is shown only when somebody acts. */
import { lazyPart } from "../lazy/part.js";

export const AttachmentTray = /* @__PURE__ */ lazyPart(() => import("./AttachmentTray.vue"));
export const ContextBar = /* @__PURE__ */ lazyPart(() => import("./ContextBar.vue"));
export const DropOverlay = /* @__PURE__ */ lazyPart(() => import("./DropOverlay.vue"), { quiet: true });
export const EmojiPicker = /* @__PURE__ */ lazyPart(() => import("./EmojiPicker.vue"));
