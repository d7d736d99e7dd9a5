/** The styles that are needed as soon as a chat is shown, as one text. The others are in `later.ts`: what is not here is there. */
import { joined } from "./order.js";

export default /* @__PURE__ */ joined(
    import.meta.glob<string>(
        [
            "../**/*.css",
            "!../**/*.later.css",
            "!../composer/{editor,emoji}/*.css",
            "!../viewer/*.css",
            "!../panels/{search,info,overlays}.css",
            "!../primitives/overlays.css",
        ],
        { query: "?inline", import: "default", eager: true },
    ),
);
