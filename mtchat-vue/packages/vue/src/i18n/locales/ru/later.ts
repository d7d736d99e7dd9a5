import { buttons } from "./buttons.js";
import { emoji } from "./emoji.js";
import { fileViewer } from "./fileViewer.js";
import { formatting } from "./formatting.js";
import { joinDialog } from "./joinDialog.js";
import { readReceipts } from "./readReceipts.js";
import { user } from "./user.js";

/** What is said only where somebody acts: a chunk of its own, because this language is at once. */
export const later = { emoji, formatting, fileViewer, joinDialog, readReceipts, user, buttons };
