// Looks at the built site: links and anchors, the search, accessibility, small screens, blocks of other languages.
//   npm run check
//   node .vitepress/check/main.mjs [--shots FOLDER]
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { base, docs } from "../site.mjs";
import { checkBlocks } from "./blocks.mjs";
import { lookAt, measure, openBrowser, search } from "./browser.mjs";
import { checkLinks } from "./links.mjs";
import { serve } from "./serve.mjs";

const folder = join(docs, ".vitepress/dist");
const at = process.argv.indexOf("--shots");
const shots = at === -1 ? undefined : process.argv[at + 1];

const results = [];
const done = (what, count, problems) => {
    results.push(problems.length);
    console.log(`${problems.length === 0 ? "ok     " : "FAILED "} ${what}: ${count}`);
    for (const problem of problems.slice(0, 60)) console.log(`         ${problem}`);
    if (problems.length > 60) console.log(`         and ${problems.length - 60} more`);
};

if (base !== "/") throw new Error("the check looks at a site that is served at /: build it without DOCS_BASE");
const { problems, counts } = checkLinks(folder, base);
done("links", `${counts.pages} pages, ${counts.links} links, ${counts.anchors} anchors, ${counts.pictures} pictures, ${counts.elsewhere} to elsewhere`, problems);
const blocks = checkBlocks();
done("blocks of other languages", `${blocks.count} like the English ones`, blocks.problems);

const site = await serve(folder);
const browser = await openBrowser();
try {
    const searches = await search(browser, site.origin);
    done("search", `${searches.count} searches`, searches.problems);
    const looks = await lookAt(browser, site.origin, shots);
    done("accessibility", `${looks.count} views`, looks.problems);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile() && one.name.endsWith(".html"));
    const widths = await measure(browser, site.origin, files.map((one) => relative(folder, join(one.parentPath ?? one.path, one.name))));
    done("390 px wide", `${widths.count} pages`, widths.problems);
} finally {
    await browser.close();
    await site.close();
}
const failed = results.filter((count) => count > 0).length;
console.log(failed === 0 ? `\nthe site is as it should be` : `\n${failed} of ${results.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
