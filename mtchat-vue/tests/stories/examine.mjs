// What can be wrong with a story that is shown.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/** Everything that the page complains about from now on; `take` gives what came since it was last asked. */
export function complaintsOf(page) {
    let said = [];
    page.on("pageerror", (error) => said.push(`page error: ${error.message}`));
    page.on("console", (line) => line.type() === "error" && said.push(`console: ${line.text()}`));
    page.on("requestfailed", (request) => said.push(`not loaded: ${request.url()} (${request.failure()?.errorText})`));
    const take = () => {
        const before = said;
        said = [];
        return before;
    };
    return { take };
}

/** Violations of the rules of accessibility, one line each. */
export async function violations(page) {
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
    const found = await page.evaluate(async (rules) => {
        const { violations } = await window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
        return violations.map(({ id, help, nodes }) => ({
            id,
            help,
            nodes: nodes.map(({ target, any }) => `${target.flat().join(" ")}${any[0]?.message ? ` (${any[0].message})` : ""}`),
        }));
    }, RULES);
    return found.map(({ id, help, nodes }) => `axe ${id}: ${help}\n      ${nodes.slice(0, 4).join("\n      ")}${nodes.length > 4 ? `\n      and ${nodes.length - 4} more` : ""}`);
}

/** What stands out sideways of the story's root, or of the page. */
export async function overflow(page) {
    return page.evaluate(() => {
        const stage = document.querySelector("[data-story-ready]");
        const host = stage.querySelector("mt-chat");
        const root = host?.shadowRoot?.querySelector(".mtchat") ?? stage.querySelector(".mtchat") ?? stage;
        const wide = [stage, root, document.documentElement].filter((one) => one.scrollWidth > one.clientWidth + 1);
        return wide.map((one) => `overflow: ${one.className || one.tagName} is ${one.scrollWidth} px wide in ${one.clientWidth}`);
    });
}

/** Whether anything is there to be seen. */
export async function emptiness(page) {
    const count = await page.locator("[data-story-ready] *").count();
    return count < 2 ? ["nothing is shown"] : [];
}
