import type { Overlays } from "@parts/panels/overlays.js";
import { shown } from "../src/acts.js";
import type { Family, Story } from "../src/story.js";
import Opened from "./overlays/Opened.vue";
import { busy } from "./world/clients.js";
import { AVAILABLE, OPEN } from "./world/dialogs.js";
import { FILES } from "./world/files.js";
import { MESSAGES } from "./world/timeline.js";

const HISTORY = [
    { content: "<p>Thanks. Here is teh draft.</p>", edited_at: "2026-11-23T11:00:30.000000Z" },
    { content: "<p>Thanks. Here is the draft.</p>", edited_at: "2026-11-23T11:01:00.000000Z" },
];

const over = (id: string, title: string, open: (overlays: Overlays) => void): Story => ({
    id,
    title,
    component: Opened,
    dialog: OPEN,
    client: () => busy({}, { history: () => Promise.resolve(HISTORY) }),
    height: 640,
    props: { open },
    act: shown("dialog[open], [role='dialog']"),
});

export default {
    title: "Overlays",
    stories: [
        over("viewer-picture", "Viewer: a picture", (overlays) => overlays.viewer(FILES)),
        over("viewer-document", "Viewer: a PDF of three pages", (overlays) => overlays.viewer(FILES, 2)),
        over("viewer-other", "Viewer: another file", (overlays) => overlays.viewer(FILES, 3)),
        over("readers", "Who has read", (overlays) => overlays.readers(MESSAGES.at(-4)!)),
        over("history", "Earlier versions", (overlays) => overlays.history(MESSAGES[5]!)),
        over("join-dialog", "Join", (overlays) => overlays.join(AVAILABLE[0]!)),
        over("confirm", "A question", (overlays) => void overlays.confirm({ title: "Leave the chat?", text: "You may join again later.", confirmLabel: "Leave", danger: true })),
    ],
} satisfies Family;
