// Every story in both themes, and whole chats in every language and from right to left: no violation of WCAG 2.1 AA that axe knows, no
// error, nothing that stands out sideways. The playground must be built: npm run build -w playground
//   node tests/stories/run.mjs [--site FOLDER] [STORY…]
import { availableParallelism } from "node:os";
import { complaintsOf, emptiness, overflow, violations } from "./examine.mjs";
import { change, openSite } from "./site.mjs";

const BOTH = [
    { name: "light", view: { theme: "light" } },
    { name: "dark", view: { theme: "dark" } },
];
/** Starts light in English; what each changes stays until the next. */
const WHOLE = [
    ...BOTH,
    { name: "ru", view: { theme: "light", locale: "ru" } },
    { name: "zh", view: { locale: "zh" } },
    { name: "rtl", view: { locale: "en", dir: "rtl" } },
];
/** Whole chats, which have languages and directions to show. */
const isWhole = (story) => /^(chat|inline|prime|element)/.test(story);

const { folder, wanted } = readArguments(process.argv.slice(2));
const started = performance.now();
const site = await openSite(folder);
const stories = (await site.stories()).filter((story) => wanted.length === 0 || wanted.includes(story));
const results = new Map(stories.map((story) => [story, null]));
try {
    const queue = [...stories].sort((a, b) => Number(isWhole(b)) - Number(isWhole(a)));
    await Promise.all(Array.from({ length: 2 * availableParallelism() }, () => work(queue)));
} finally {
    await site.close();
}
report();

async function work(queue) {
    let page = await site.newPage();
    let complaints = complaintsOf(page);
    for (let story = queue.shift(); story !== undefined; story = queue.shift()) {
        const views = isWhole(story) ? WHOLE : BOTH;
        const seen = [];
        try {
            await site.show(page, story);
            for (const { name, view } of views) {
                await change(page, view);
                const problems = [...(await emptiness(page)), ...(await overflow(page)), ...(await violations(page)), ...complaints.take()];
                seen.push({ name, problems });
            }
        } catch (error) {
            seen.push({ name: "–", problems: [`not shown: ${error.message}`, ...complaints.take()] });
            // What has gone wrong in it must not go wrong in the next one.
            await page.close();
            page = await site.newPage();
            complaints = complaintsOf(page);
        }
        results.set(story, seen);
    }
    await page.close();
}

function report() {
    const width = Math.max(...stories.map((story) => story.length));
    const failures = [];
    let views = 0;
    for (const [story, seen] of results) {
        views += seen.length;
        const marks = seen.map(({ name, problems }) => `${name} ${problems.length === 0 ? "ok" : `${problems.length} ✗`}`.padEnd(9));
        console.log(`${story.padEnd(width)}  ${marks.join("  ")}`.trimEnd());
        failures.push(...seen.filter(({ problems }) => problems.length > 0).map((one) => ({ story, ...one })));
    }
    for (const { story, name, problems } of failures) console.log(`\nFAILED  ${story}, ${name}\n    ${problems.join("\n    ")}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`\n${stories.length} stories, ${views} views, ${failures.length} with problems, ${seconds} s`);
    process.exitCode = failures.length === 0 && stories.length > 0 ? 0 : 1;
}

function readArguments(given) {
    const at = given.indexOf("--site");
    const folder = at === -1 ? undefined : given[at + 1];
    return { folder, wanted: at === -1 ? given : given.toSpliced(at, 2) };
}
