// Pages in other languages have the blocks of code of the English ones, with the same marks: those are run, so the others are true too.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { words } from "../navigation/words.mjs";
import { docs } from "../site.mjs";

const BLOCK = /^(?:<!-- (?:run|file):.*-->\n)?```(\w+)\n[\s\S]*?\n```$|^<!-- browser:.*-->$/gmu;
const PAGES = ["guide/quick-start.md", "guide/concepts.md"];

const blocksOf = (page) => [...readFileSync(join(docs, page), "utf8").matchAll(BLOCK)].map(([block]) => block);

export function checkBlocks() {
    const problems = [];
    let count = 0;
    for (const page of PAGES) {
        const english = blocksOf(page);
        for (const locale of Object.keys(words).filter((one) => one !== "root")) {
            const translated = `${locale}/${page}`;
            if (!existsSync(join(docs, translated))) {
                problems.push(`${translated} is missing`);
                continue;
            }
            const blocks = blocksOf(translated);
            count += blocks.length;
            if (blocks.length !== english.length) problems.push(`${translated} has ${blocks.length} blocks, the English page ${english.length}`);
            const different = english.findIndex((block, index) => blocks[index] !== undefined && blocks[index] !== block);
            if (different !== -1) problems.push(`${translated}: block ${different + 1} is not the English one: ${english[different].split("\n").slice(0, 3).join(" ")}`);
        }
    }
    return { problems, count };
}
