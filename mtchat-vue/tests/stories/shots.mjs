// Pictures of the chat for the documentation, out of the stories: npm run build -w playground && node tests/stories/shots.mjs [--site FOLDER] [--to FOLDER] [NAME…]
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { quantised } from "./png.mjs";
import { openSite } from "./site.mjs";

/** One for each theme: name, story, size, and more of the view. */
const THEMED = [
    ["chat-1440", "chat", [1440, 900]],
    ["chat-1024", "chat", [1024, 768]],
    ["chat-768", "chat", [768, 900]],
    ["info-1440", "chat-info", [1440, 900]],
    ["join-1024", "chat-joining", [1024, 768]],
    ["join-screen-1024", "chat-join", [1024, 768]],
    ["viewer-1024", "chat-viewer", [1024, 768]],
    ["inline-480", "inline", [480, 720]],
    ["mobile-list-390", "chat-mobile", [390, 780]],
    ["mobile-390", "chat-mobile-open", [390, 780]],
    ["mobile-info-390", "chat-mobile-info", [390, 780]],
    ["primevue-1440", "prime", [1440, 900]],
];
/** In light only. */
const SINGLE = [
    ["chat-ru-1440", "chat", [1440, 900], { locale: "ru" }],
    ["chat-zh-1440", "chat", [1440, 900], { locale: "zh" }],
    ["chat-rtl-1440", "chat", [1440, 900], { dir: "rtl" }],
    ["search-1440", "chat-search", [1440, 900]],
    ["offline-1024", "chat-offline", [1024, 768]],
    ["nothing-selected-1024", "chat-nothing", [1024, 768]],
    ["composer-720", "composer-files", [720, 420]],
    ["mention-720", "composer-mention", [720, 420]],
    ["emoji-720", "composer-emoji", [720, 520]],
    ["messages-card-720", "messages-cards", [720, 620]],
    ["element-1024", "element", [1024, 768]],
];
const SHOTS = [
    ...THEMED.flatMap(([name, story, size, view]) => ["light", "dark"].map((theme) => [`${name}-${theme}`, story, size, { ...view, theme }])),
    ...SINGLE.map(([name, story, size, view]) => [name, story, size, { ...view, theme: "light" }]),
];

const options = process.argv.slice(2);
const site = await openSite(take("--site"));
const folder = take("--to") ?? fileURLToPath(new URL("../../../docs/sdk/images/", import.meta.url));
await mkdir(folder, { recursive: true });
try {
    for (const [name, story, [width, height], view] of SHOTS) {
        if (options.length > 0 && !options.includes(name)) continue;
        const page = await site.newPage({ width, height });
        await site.show(page, story, { ...view, width, height });
        await page.evaluate(unfocus);
        const picture = quantised(await page.screenshot());
        await writeFile(join(folder, `${name}.png`), picture);
        console.log(`${name}.png  ${Math.ceil(picture.length / 1024)} kB`);
        await page.close();
    }
} finally {
    await site.close();
}

/** Stories press buttons as keys do: the mark of the focus is only wanted where one writes. */
function unfocus() {
    const active = document.activeElement;
    if (!active.matches("[contenteditable], input:not([type='radio'], [type='checkbox'])")) active.blur();
}

function take(option) {
    const at = options.indexOf(option);
    return at === -1 ? undefined : options.splice(at, 2)[1];
}
