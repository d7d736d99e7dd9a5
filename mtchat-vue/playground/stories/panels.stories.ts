import ChatHeader from "@parts/panels/ChatHeader.vue";
import ConnectionBanner from "@parts/panels/ConnectionBanner.vue";
import InfoPanel from "@parts/panels/InfoPanel.vue";
import JoinScreen from "@parts/panels/JoinScreen.vue";
import Placeholder from "@parts/panels/Placeholder.vue";
import SearchPanel from "@parts/panels/SearchPanel.vue";
import type { Family, Story } from "../src/story.js";
import { inTurn, press, shown, write } from "../src/acts.js";
import { busy } from "./world/clients.js";
import { AVAILABLE, DIALOGS, OPEN } from "./world/dialogs.js";
import { HITS, MANY_PARTICIPANTS } from "./world/timeline.js";

const header = { component: ChatHeader, dialog: OPEN, width: 760, client: busy } satisfies Partial<Story>;

const banner = { component: ConnectionBanner, width: 760, height: 80, act: shown(".mtchat-banner__box") } satisfies Partial<Story>;

export default {
    title: "Panels",
    stories: [
        { ...header, id: "header", title: "Header" },
        { ...header, id: "header-typing", title: "Header, somebody types", client: () => busy({ typing: new Map([[OPEN, ["jonas"]]]) }) },
        { ...header, id: "header-narrow", title: "Header, narrow", width: 360, props: { showBack: true } },
        { ...header, id: "header-offline", title: "Header, offline", client: () => busy({ connection: "offline" }), act: shown(".mtchat-header__line:not(.mtchat-header__line--people)") },
        { ...header, id: "header-menu", title: "Header, its menu", height: 420, act: inTurn(press("[aria-haspopup='menu']"), shown("[role='menu']")) },
        { ...header, id: "header-marks", title: "Header, archived and frozen", client: () => busy({ dialogs: [{ ...DIALOGS[0]!, is_archived: true, frozen: true }] }) },
        { ...header, id: "header-intercepted", title: "Header, the host follows links", props: { interceptObjectNavigation: true } },
        { ...header, id: "header-long", title: "Header, a long title", dialog: DIALOGS[4]!.id },
        { ...banner, id: "banner", title: "Banner: the connection is lost", client: () => busy({ connection: "waiting" }) },
        { ...banner, id: "banner-offline", title: "Banner: no network", client: () => busy({ connection: "offline" }) },
        { ...banner, id: "banner-ended", title: "Banner: no access any more", client: () => busy({ connection: { ended: "no_access" } }) },
        { id: "info", title: "Info", component: InfoPanel, dialog: OPEN, client: busy, width: 320, height: 640, props: { showHeader: true } },
        { id: "info-many", title: "Info, many people", component: InfoPanel, dialog: OPEN, client: () => busy({ participants: new Map([[OPEN, MANY_PARTICIPANTS]]) }), width: 320, height: 720, props: { showHeader: true } },
        { id: "join", title: "One may join", component: JoinScreen, dialog: AVAILABLE[0]!.id, client: busy, width: 640, height: 480 },
        { id: "placeholder-object", title: "No chat of the object", component: Placeholder, client: () => busy(), width: 640, height: 480, props: { kind: "no-object-chat" } },
        { id: "search-found", title: "Search, found", component: SearchPanel, dialog: OPEN, client: () => busy({}, { search: () => Promise.resolve({ results: HITS }) }), width: 360, height: 560, act: inTurn(write("input", "cut-off"), shown("[role='option']")) },
        { id: "search-none", title: "Search, nothing found", component: SearchPanel, dialog: OPEN, client: () => busy(), width: 360, height: 560, act: inTurn(write("input", "Valparaíso"), shown(".mtchat-search-panel [role='status']:not(:empty)")) },
        { id: "search-failed", title: "Search, failed", component: SearchPanel, dialog: OPEN, client: () => busy({}, { search: () => Promise.reject(new Error("no")) }), width: 360, height: 560, act: inTurn(write("input", "cut-off"), shown("[role='alert']")) },
        { id: "search", title: "Search in the chat", component: SearchPanel, dialog: OPEN, client: busy, width: 360, height: 560 },
    ],
} satisfies Family;
