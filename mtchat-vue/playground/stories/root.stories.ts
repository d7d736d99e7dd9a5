import type { StoryClient } from "@parts/testing/story-client.js";
import type { Family, Story } from "../src/story.js";
import Root from "./root/Root.vue";
import { busy, empty, loading } from "./world/clients.js";
import { AVAILABLE, DIALOGS, OPEN } from "./world/dialogs.js";

const HEIGHT = 760;

const root = (id: string, title: string, width: number | undefined, of: () => StoryClient, more: Record<string, unknown> = {}, slots = false): Story => ({
    id,
    title,
    component: Root,
    isRoot: true,
    width,
    height: HEIGHT,
    props: { of, more, slots },
});
const inline = { mode: "inline", objectType: "order", objectId: "1042" };
const ofObject = () => busy({}, { dialogOfObject: () => Promise.resolve(DIALOGS[0]!) });

export default {
    title: "Chat",
    stories: [
        root("chat", "Full", undefined, busy, { dialogId: OPEN }),
        root("chat-desktop", "Full, 1280", 1280, busy, { dialogId: OPEN }, true),
        root("chat-tablet", "Full, 1024", 1024, busy, { dialogId: OPEN }),
        root("chat-mobile", "Full, 390: the list", 390, busy),
        root("chat-mobile-open", "Full, 390: a chat", 390, busy, { dialogId: OPEN }),
        root("chat-nothing", "Nothing selected", 1024, busy),
        root("chat-empty", "No chats", 1024, empty),
        root("chat-loading", "Loading", 1024, loading),
        root("chat-join", "One may join", 1024, busy, { dialogId: AVAILABLE[0]!.id }),
        root("chat-offline", "Offline", 1024, () => busy({ connection: "waiting" }), { dialogId: OPEN }),
        root("inline", "Inline", 480, ofObject, inline),
        root("inline-none", "Inline, no chat of the object", 480, () => busy(), inline),
    ],
} satisfies Family;
