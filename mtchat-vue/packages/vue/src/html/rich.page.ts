// What the tests of `sanitise` and `RichText` open in a browser.
import { createApp, h } from "vue";
import { safeNodes } from "./nodes.js";
import { RichText } from "./RichText.js";
import { sanitise } from "./sanitise.js";

/** Put what a user wrote into a place as the chat does; what comes back takes it out again. */
function rich(html: string, place: Element): () => void {
    const app = createApp({ render: () => h(RichText, { nodes: safeNodes(html) }) });
    app.mount(place);
    return () => app.unmount();
}

Object.assign(globalThis, { rich, sanitise });
