import DialogList from "@parts/list/DialogList.vue";
import { aDialog } from "@parts/testing/fixtures.js";
import type { Family, Story } from "../src/story.js";
import { busy, empty, loading } from "./world/clients.js";
import { OPEN } from "./world/dialogs.js";

const base = { component: DialogList, width: 340, height: 640, props: { selectedId: OPEN } } satisfies Partial<Story>;

export default {
    title: "List",
    stories: [
        { ...base, id: "list", title: "A busy day", client: busy },
        { ...base, id: "list-loading", title: "Loading", client: loading },
        { ...base, id: "list-empty", title: "Empty", client: empty },
        { ...base, id: "list-plain", title: "Without tabs and search", client: busy, props: { showTabs: false, showSearch: false } },
        { ...base, id: "list-narrow", title: "Narrow", client: busy, width: 280 },
        { ...base, id: "list-large", title: "5,000 dialogs", client: () => busy({ dialogs: Array.from({ length: 5000 }, (_, index) => aDialog({ title: `Order ${index}` })), moreDialogs: true }) },
    ],
} satisfies Family;
