import { actions } from "./actions.js";
import { chat } from "./chat.js";
import { dates } from "./dates.js";
import { errors } from "./errors.js";
import { header } from "./header.js";
import { infoPanel } from "./infoPanel.js";
import { input } from "./input.js";
import { list } from "./list.js";
import { messages } from "./messages.js";
import { search } from "./search.js";
import { status } from "./status.js";
import { system } from "./system.js";
import { tabs } from "./tabs.js";
import { tooltips } from "./tooltips.js";

/** What is said as soon as a chat is shown. */
export const first = { tabs, search, list, chat, system, messages, input, infoPanel, header, status, actions, tooltips, dates, errors };
