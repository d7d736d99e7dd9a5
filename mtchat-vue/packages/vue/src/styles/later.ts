/** The styles of what is shown only when somebody acts: editor, emoji, viewer, panels, menus, dialogs. See `text.ts`. */
import { joined } from "./order.js";

export default /* @__PURE__ */ joined(
    import.meta.glob<string>(
        ["../**/*.later.css", "../composer/{editor,emoji}/*.css", "../viewer/*.css", "../panels/{search,info,overlays}.css", "../primitives/overlays.css"],
        { query: "?inline", import: "default", eager: true },
    ),
);
