/** What of the panels is not shown at first. */
import { lazyPart } from "../lazy/part.js";

export const ConfirmDialog = /* @__PURE__ */ lazyPart(() => import("./ConfirmDialog.vue"));
export const InfoPanel = /* @__PURE__ */ lazyPart(() => import("./InfoPanel.vue"));
export const JoinScreen = /* @__PURE__ */ lazyPart(() => import("./JoinScreen.vue"));
export const SearchPanel = /* @__PURE__ */ lazyPart(() => import("./SearchPanel.vue"));
export const FileViewer = /* @__PURE__ */ lazyPart(() => import("../viewer/FileViewer.vue"));
export const HistoryDialog = /* @__PURE__ */ lazyPart(() => import("./HistoryDialog.vue"));
export const JoinDialog = /* @__PURE__ */ lazyPart(() => import("./JoinDialog.vue"));
export const ReadersDialog = /* @__PURE__ */ lazyPart(() => import("./ReadersDialog.vue"));
