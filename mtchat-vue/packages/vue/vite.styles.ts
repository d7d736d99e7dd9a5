import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const TEXT = fileURLToPath(new URL("./src/styles/text.ts", import.meta.url));
const STYLE = fileURLToPath(new URL("./dist/style.css", import.meta.url));

/** What Vite leaves at the end of a file. */
const MARK = /\/\*\$vite\$:\d+\*\//g;

/**
 * The styles as a text in scripts are byte by byte those of `style.css`. In the build that makes that file (`external`) the text becomes
 * `css.js` beside it; builds that come after it (`inline`) carry the text themselves, and no file of their own.
 */
export function stylesText(how: "external" | "inline"): Plugin {
    return {
        name: "mtchat:styles-text",
        enforce: "pre",
        async resolveId(source, importer) {
            if (how !== "external" || !source.endsWith("/text.js")) return null;
            const found = await this.resolve(source, importer, { skipSelf: true });
            return found?.id === TEXT ? { id: "./css.js", external: true } : null;
        },
        load(id) {
            if (how !== "inline" || id !== TEXT) return null;
            return asModule(readFileSync(STYLE, "utf8"));
        },
        generateBundle: {
            // The file is made by Vite in this same step, before this.
            order: "post",
            handler(_, bundle) {
                for (const [name, file] of Object.entries(bundle)) {
                    if (file.type !== "asset" || !name.endsWith(".css")) continue;
                    if (how === "inline") delete bundle[name];
                    else this.emitFile({ type: "asset", fileName: "css.js", source: asModule(String(file.source)) });
                }
            },
        },
    };
}

const asModule = (css: string): string => `export default ${JSON.stringify(css.replace(MARK, "").trim())};\n`;
