import DialogList from "@parts/list/DialogList.vue";
import { aDialog } from "@parts/testing/fixtures.js";
import type { Family, Story } from "../src/story.js";
import { inTurn, menuOf, press, shown, write } from "../src/acts.js";
import { busy, empty, loading } from "./world/clients.js";
import { DIALOGS, OPEN } from "./world/dialogs.js";

const base = { component: DialogList, width: 340, height: 640, props: { selectedId: OPEN } } satisfies Partial<Story>;

export default {
    title: "List",
    stories: [
        { ...base, id: "list", title: "A busy day", client: busy },
        { ...base, id: "list-loading", title: "Loading", client: loading },
        { ...base, id: "list-empty", title: "Empty", client: empty },
        { ...base, id: "list-plain", title: "Without tabs and search", client: busy, props: { showTabs: false, showSearch: false } },
        { ...base, id: "list-narrow", title: "Narrow", client: busy, width: 280 },
        { ...base, id: "list-available", title: "Those that one may join", client: busy, act: press("[role='tab']:nth-of-type(2)") },
        { ...base, id: "list-archived", title: "The archive is open", client: () => busy({ dialogs: DIALOGS.slice(0, 4) }), act: inTurn(press(".mtchat-list-note--archived"), shown(".mtchat-rows__item:nth-child(6)")) },
        { ...base, id: "list-menu", title: "A row's menu", client: busy, act: menuOf(".mtchat-rows__item:nth-child(2) button") },
        { ...base, id: "list-nothing-found", title: "Nothing found", client: busy, act: inTurn(write(".mtchat-dialog-search input", "Valparaíso"), shown(".mtchat-list-empty")) },
        { ...base, id: "list-no-mentions", title: "Nobody has mentioned one", client: () => busy({ dialogs: DIALOGS.slice(3) }), act: inTurn(press(".mtchat-filter-chips__chip:nth-of-type(3)"), shown(".mtchat-list-empty")) },
        { ...base, id: "list-typing", title: "Drafts, and somebody types", client: () => busy({ drafts: new Map([[DIALOGS[1]!.id, "<p>I will ask the terminal</p>"]]), typing: new Map([[DIALOGS[2]!.id, ["wei"]]]), presence: new Map([["wei", { online: true }]]) as never }) },
        { ...base, id: "list-large", title: "5,000 dialogs", client: () => busy({ dialogs: Array.from({ length: 5000 }, (_, index) => aDialog({ title: `Order ${index}` })), moreDialogs: true }) },
    ],
} satisfies Family;
