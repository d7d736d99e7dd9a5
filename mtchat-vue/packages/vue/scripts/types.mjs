// Declarations name components as `./X.vue`, which TypeScript finds with a bundler's resolution only. As `./X.vue.js` everybody finds
// `X.vue.d.ts`, also `moduleResolution: nodenext`. And they import styles, which are not beside them.
//   node types.mjs FOLDER
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

const folder = resolve(process.argv[2]);
const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".d.ts"));
await Promise.all(names.map(rewrite));

async function rewrite(name) {
    const path = join(folder, name);
    const before = await readFile(path, "utf8");
    const after = before.replace(/((?:from|import)\s*\(?\s*["'])(\.{1,2}\/[^"']+\.vue)(["'])/g, "$1$2.js$3").replace(/^import ["'][^"']+\.css["'];\n?/gm, "");
    if (after !== before) await writeFile(path, after);
}
