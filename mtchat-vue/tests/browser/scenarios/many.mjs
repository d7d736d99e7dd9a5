// 5,000 dialogs, and one of them with 50,000 messages: as quick as few.
import { expect } from "../stage.mjs";
import { rest, wheel } from "../steps/frames.mjs";
import { hold } from "../steps/hold.mjs";
import { busy, held } from "../steps/tasks.mjs";

const DIALOGS = 5_000;
const MESSAGES = 50_000;
/** What one page brings here; users' pages bring 50. So it is through in a minute. */
const PAGE = 200;
/** However long the list, so many elements are in it at most. */
const MOST_ELEMENTS = 1_500;
/** What a loaded message may cost, with all that is made of it, in bytes. */
const MOST_BYTES = 6_000;

export default async function play(stage) {
    await stage.ask({ do: "seed", dialogs: DIALOGS, messages: DIALOGS * 3 + MESSAGES, largest: MESSAGES });
    const reader = stage.person({ id: stage.script.reader, name: "Reader", company: "Company 1" });
    const chat = await reader.opens();
    await dialogs(stage, chat);
    await messages(stage, chat);
    stage.nothingBroke();
}

/** The list is there with the answer to one request, and scrolls to its end. */
async function dialogs(stage, chat) {
    const others = await hold(stage, chat.page, (url) => isListing(url) && url.includes("cursor="));
    const asked = [];
    chat.page.on("request", (request) => isListing(request.url()) && asked.push(request.url()));
    await chat.load();
    await chat.row("Order 1").first().waitFor();
    const firsts = asked.filter((url) => !url.includes("cursor=") && !url.includes("type=available"));
    expect(firsts.length === 1, "the list to be there with the answer to one request", asked);
    await others.end();
    const rows = chat.list.locator("..");
    const place = await rows.boundingBox();
    await chat.page.mouse.move(place.x + 100, place.y + 200);
    // Without a «+»: there are no more. Those that are old are in the archive by then, or not.
    const isWhole = chat.tab(/^My/).filter({ hasText: /\d$/ });
    let most = 0;
    const measured = await busy(stage, chat, async () => {
        await stage.until("the last of all dialogs", async () => {
            for (let turn = 0; turn < 5; turn += 1) await chat.page.mouse.wheel(0, 2_000);
            most = Math.max(most, await rows.locator("*").count());
            return (await isWhole.count()) === 1 && (await chat.list.getByText("Archived").isVisible());
        }, 100_000);
    });
    told(stage, "list", measured);
    stage.figure("many.list.elements", most, "at most");
    stage.figure("many.list.requests", asked.length, "in all, down to the end");
    expect(most <= MOST_ELEMENTS, `at most ${MOST_ELEMENTS} elements in the list`, most);
}

/** From the first unread message to the oldest, and to the newest. */
async function messages(stage, chat) {
    const of = chat.timeline;
    await widen(chat);
    await rowsToTop(chat);
    await chat.open("Order 1");
    await rest(chat);
    const before = await held(chat.page);
    let most = 0;
    const count = async () => (most = Math.max(most, await of.locator("*").count()));
    let loaded = 0;
    chat.page.on("response", (answer) => /\/messages\?/.test(answer.url()) && (loaded += 1));
    const measured = await busy(stage, chat, () => stage.until("the oldest message", async () => {
        await wheel(chat, -60_000);
        await count();
        return of.evaluate((list) => list.scrollTop === 0 && list.getAttribute("aria-busy") === "false");
    }, 120_000));
    told(stage, "messages", measured);
    const after = await held(chat.page);
    stage.figure("many.messages.elements", most, "at most");
    stage.figure("many.messages.pages", loaded, `of ${PAGE}`);
    stage.figure("many.messages.memory.before", before.megabytes, "MB");
    stage.figure("many.messages.memory.after", after.megabytes, "MB");
}

function told(stage, name, { longest, late, over, frames, perFrame }) {
    stage.figure(`many.${name}.task.longest`, longest, "ms of the processor's time");
    stage.figure(`many.${name}.task.late`, late, "ms by the clock");
    stage.figure(`many.${name}.task.over50`, over, "tasks");
    stage.figure(`many.${name}.frame.work`, perFrame, `ms of the processor's time a frame (${frames} frames)`);
}

function isListing(url) {
    return new URL(url).pathname.endsWith("/dialogs");
}

/** Let the client read more at a time. */
function widen(chat) {
    return chat.page.evaluate((page) => {
        const load = window.fetch;
        window.fetch = (input, init) => load(typeof input === "string" ? input.replace(/(\/messages\?.*limit=)50\b/, `$1${page}`) : input, init);
    }, PAGE);
}

async function rowsToTop(chat) {
    await chat.list.locator("..").evaluate((rows) => rows.scrollTo(0, 0));
}
