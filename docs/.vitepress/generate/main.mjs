// Writes the pages that are made from something else: the operations of the API, the facts of the log, documents outside of `docs`.
//   npm run generate
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { adopted, docs, repository } from "../site.mjs";
import * as asyncapi from "./asyncapi.mjs";
import * as openapi from "./openapi.mjs";

const pages = new Map([...openapi.pages(), ...asyncapi.pages()]);
for (const [source, page] of Object.entries(adopted)) {
    pages.set(page, `---\nfrom: ${source}\neditLink: false\n---\n\n${readFileSync(join(repository, source), "utf8")}`);
}
// What an operation or kind left behind that is not there any more would go on to be found.
for (const folder of [openapi.FOLDER, asyncapi.FOLDER]) rmSync(join(docs, folder), { recursive: true, force: true });
for (const [page, text] of pages) {
    mkdirSync(dirname(join(docs, page)), { recursive: true });
    writeFileSync(join(docs, page), text);
}
console.log(`${pages.size} pages are made`);
