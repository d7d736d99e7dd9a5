import type { Plugin } from "vite";

/** For builds whose styles are in their scripts, as texts: no file beside them. */
export function stylesInScripts(): Plugin {
    return {
        name: "mtchat:styles-in-scripts",
        generateBundle: {
            // The file is made by Vite in this same step, before this.
            order: "post",
            handler(_, bundle) {
                for (const [name, file] of Object.entries(bundle)) if (file.type === "asset" && name.endsWith(".css")) delete bundle[name];
            },
        },
    };
}
