import MessageList from "@parts/messages/MessageList.vue";
import type { Family, Story } from "../src/story.js";
import { type Act, found, inTurn, menuOf, press, shown } from "../src/acts.js";
import { busy } from "./world/clients.js";
import { OPEN } from "./world/dialogs.js";
import { MESSAGES, manyRows, ROWS_LONG, ROWS_ON_THEIR_WAY, ROWS_WITH_CARDS, ROWS_WITH_GAP } from "./world/timeline.js";
import type { Row } from "@mtchat/client";

const base = { component: MessageList, dialog: OPEN, width: 720, height: 720 } satisfies Partial<Story>;
const showing = (rows: readonly Row[], fresh = true) => () => busy({ timelines: new Map([[OPEN, { rows, fresh }]]) });

const pointAt = (id: string): Act => async () => void (await found(`[data-message-id="${id}"]`)).dispatchEvent(new MouseEvent("mouseenter"));

export default {
    title: "Messages",
    stories: [
        { ...base, id: "messages", title: "Everything a message may have", client: busy },
        { ...base, id: "messages-sending", title: "On their way, and refused", client: showing(ROWS_ON_THEIR_WAY) },
        { ...base, id: "messages-empty", title: "Empty", client: showing([]) },
        { ...base, id: "messages-loading", title: "Loading", client: () => busy({ timelines: new Map() }) },
        { ...base, id: "messages-cards", title: "What the host says", client: showing(ROWS_WITH_CARDS) },
        { ...base, id: "messages-long", title: "Long words, long texts, many reactions", client: showing(ROWS_LONG) },
        { ...base, id: "messages-gap", title: "Some are not there yet", client: showing(ROWS_WITH_GAP) },
        { ...base, id: "messages-menu", title: "A message's menu", client: showing(ROWS_ON_THEIR_WAY.slice(0, 12)), act: menuOf(`[data-message-id="${MESSAGES.at(-4)!.id}"] .mtchat-message__bubble`) },
        { ...base, id: "messages-toolbar", title: "The pointer is over one", client: busy, act: inTurn(pointAt(MESSAGES.at(-3)!.id), shown(".mtchat-message__toolbar")) },
        { ...base, id: "messages-react", title: "Choosing an emoji", client: busy, act: inTurn(pointAt(MESSAGES.at(-3)!.id), press(".mtchat-message__toolbar button:nth-of-type(1)"), shown(".mtchat-react")) },
        { ...base, id: "messages-many", title: "10,000", client: showing(manyRows(10_000)) },
        { ...base, id: "messages-narrow", title: "Narrow", client: busy, width: 340 },
    ],
} satisfies Family;
