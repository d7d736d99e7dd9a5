import ChatHeader from "@parts/panels/ChatHeader.vue";
import ConnectionBanner from "@parts/panels/ConnectionBanner.vue";
import InfoPanel from "@parts/panels/InfoPanel.vue";
import JoinScreen from "@parts/panels/JoinScreen.vue";
import SearchPanel from "@parts/panels/SearchPanel.vue";
import type { Family, Story } from "../src/story.js";
import { busy } from "./world/clients.js";
import { AVAILABLE, OPEN } from "./world/dialogs.js";

const header = { component: ChatHeader, dialog: OPEN, width: 760, client: busy } satisfies Partial<Story>;

export default {
    title: "Panels",
    stories: [
        { ...header, id: "header", title: "Header" },
        { ...header, id: "header-typing", title: "Header, somebody types", client: () => busy({ typing: new Map([[OPEN, ["jonas"]]]) }) },
        { ...header, id: "header-narrow", title: "Header, narrow", width: 360, props: { showBack: true } },
        { ...header, id: "header-offline", title: "Header and banner, offline", client: () => busy({ connection: "offline" }) },
        { id: "banner", title: "Banner: the connection is lost", component: ConnectionBanner, client: () => busy({ connection: "waiting" }), width: 760 },
        { id: "info", title: "Info", component: InfoPanel, dialog: OPEN, client: busy, width: 320, height: 640, props: { showHeader: true } },
        { id: "join", title: "One may join", component: JoinScreen, dialog: AVAILABLE[0]!.id, client: busy, width: 640, height: 480 },
        { id: "search", title: "Search in the chat", component: SearchPanel, dialog: OPEN, client: busy, width: 360, height: 560 },
    ],
} satisfies Family;
