import MessageList from "@parts/messages/MessageList.vue";
import type { Family, Story } from "../src/story.js";
import { busy } from "./world/clients.js";
import { OPEN } from "./world/dialogs.js";
import { manyRows, ROWS_ON_THEIR_WAY } from "./world/timeline.js";
import type { Row } from "@mtchat/client";

const base = { component: MessageList, dialog: OPEN, width: 720, height: 720 } satisfies Partial<Story>;
const showing = (rows: readonly Row[], fresh = true) => () => busy({ timelines: new Map([[OPEN, { rows, fresh }]]) });

export default {
    title: "Messages",
    stories: [
        { ...base, id: "messages", title: "Everything a message may have", client: busy },
        { ...base, id: "messages-sending", title: "On their way, and refused", client: showing(ROWS_ON_THEIR_WAY) },
        { ...base, id: "messages-empty", title: "Empty", client: showing([]) },
        { ...base, id: "messages-loading", title: "Loading", client: () => busy({ timelines: new Map() }) },
        { ...base, id: "messages-many", title: "10,000", client: showing(manyRows(10_000)) },
        { ...base, id: "messages-narrow", title: "Narrow", client: busy, width: 340 },
    ],
} satisfies Family;
