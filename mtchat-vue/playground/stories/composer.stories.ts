import Composer from "@parts/composer/Composer.vue";
import type { Family, Story } from "../src/story.js";
import { busy } from "./world/clients.js";
import { AVAILABLE, OPEN } from "./world/dialogs.js";

const base = { component: Composer, dialog: OPEN, width: 720 } satisfies Partial<Story>;

export default {
    title: "Composer",
    stories: [
        { ...base, id: "composer", title: "Empty", client: busy },
        {
            ...base,
            id: "composer-draft",
            title: "A draft",
            client: () => busy({ drafts: new Map([[OPEN, "<p>The <strong>vessel</strong> has a delay of</p><ul><li><p>two days</p></li></ul>"]]) }),
        },
        { ...base, id: "composer-narrow", title: "Narrow", client: busy, width: 320 },
        { ...base, id: "composer-outside", title: "Of somebody who has not joined", client: busy, dialog: AVAILABLE[0]!.id },
    ],
} satisfies Family;
