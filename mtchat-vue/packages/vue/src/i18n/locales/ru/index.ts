import { actions } from "./actions.js";
import { buttons } from "./buttons.js";
import { chat } from "./chat.js";
import { dates } from "./dates.js";
import { emoji } from "./emoji.js";
import { errors } from "./errors.js";
import { fileViewer } from "./fileViewer.js";
import { formatting } from "./formatting.js";
import { header } from "./header.js";
import { infoPanel } from "./infoPanel.js";
import { input } from "./input.js";
import { joinDialog } from "./joinDialog.js";
import { list } from "./list.js";
import { messages } from "./messages.js";
import { readReceipts } from "./readReceipts.js";
import { search } from "./search.js";
import { status } from "./status.js";
import { system } from "./system.js";
import { tabs } from "./tabs.js";
import { tooltips } from "./tooltips.js";
import { user } from "./user.js";
import type { Messages } from "../../types.js";

/** Russian, the default. */
export const ru = {
    tabs,
    search,
    list,
    chat,
    system,
    messages,
    input,
    formatting,
    emoji,
    infoPanel,
    joinDialog,
    fileViewer,
    readReceipts,
    header,
    status,
    actions,
    buttons,
    tooltips,
    dates,
    user,
    errors,
} satisfies Messages;
