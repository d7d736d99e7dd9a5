// 5,000 dialogs, and one of them with 50,000 messages: as quick as few, and no more in the page.
import { createHash } from "node:crypto";
import { expect } from "../stage.mjs";
import { rest, wheel } from "../steps/frames.mjs";
import { hold } from "../steps/hold.mjs";
import { busy, held, LENIENCE } from "../steps/tasks.mjs";

const DIALOGS = 5_000;
const MESSAGES = 50_000;
/** However long a list, so many elements are in it at most. */
const MOST_ELEMENTS = 1_500;
/** What 50,000 messages may cost that have been scrolled through, in megabytes. */
const MOST_MEMORY = 40;
/** Without a break a page may be busy so long, and so long on the average for each of sixty frames a second, in milliseconds. */
const NOTICED = 50;
const FRAME = 1_000 / 60;
/** So long one scrolls at most: a machine that does much else may not get to the end of the messages, but beyond what the client keeps. */
const SCROLLING = Number(process.env.MTCHAT_SCROLLING ?? 50_000);
const KEPT = 2_000;
/** So many messages a page brings. */
const PAGE = 200;

export default async function play(stage) {
    await stage.ask({ do: "seed", dialogs: DIALOGS, messages: DIALOGS * 3 + MESSAGES, largest: MESSAGES });
    const reader = stage.person({ id: stage.script.reader, name: "Reader", company: "Company 1" });
    // Everything but the first message is unread: the chat opens at its beginning.
    await reader.call("POST", `/dialogs/${uuid("dialog 1")}/unread`, { message_id: uuid("message 1 2") });
    const chat = await reader.opens();
    await chat.page.addInitScript(readMore);
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
    // Without a «+»: there are no more. Those in which nothing was said for long go to the archive meanwhile.
    const isWhole = chat.tab(/^My/).filter({ hasText: /\d$/ });
    let most = 0;
    const measured = await busy(stage, chat, async () => {
        await stage.until("the last of all dialogs", async () => {
            for (let turn = 0; turn < 5; turn += 1) await chat.page.mouse.wheel(0, 2_000);
            most = Math.max(most, await rows.locator("*").count());
            return (await isWhole.count()) === 1 && (await chat.list.getByText("Archived").isVisible());
        }, 2 * SCROLLING);
    });
    told(stage, "list", measured);
    expect(measured.longest < NOTICED * LENIENCE, `no task of ${NOTICED} ms or more while one scrolls the list`, measured);
    expect(measured.perFrame < FRAME * LENIENCE, "less work than a sixtieth of a second for each frame of the list", measured);
    stage.figure("many.list.elements", most, "at most");
    stage.figure("many.list.requests", asked.length, "in all, down to the end");
    expect(most <= MOST_ELEMENTS, `at most ${MOST_ELEMENTS} elements in the list`, most);
    await rows.evaluate((list) => list.scrollTo(0, 0));
}

/** From the first message to the last. */
async function messages(stage, chat) {
    await chat.open("Order 1");
    await rest(chat);
    // From now on it is the reader who says where to be.
    await wheel(chat, 10);
    const before = await held(chat.page);
    let passed;
    let pages = 0;
    chat.page.on("request", (request) => (pages += Number(/\/messages\?.*limit=/.test(request.url()))));
    const measured = await busy(stage, chat, async () => {
        passed = await chat.timeline.evaluate(scrollDown, SCROLLING);
    });
    const after = await held(chat.page);
    told(stage, "messages", measured);
    stage.figure("many.messages.passed", passed.messages, `messages in ${Math.round(passed.time / 1_000)} s`);
    stage.figure("many.messages.elements", passed.elements, "at most");
    stage.figure("many.messages.memory", after.megabytes - before.megabytes, `MB more than the ${Math.round(before.megabytes)} MB before`);
    stage.figure("many.messages.pages", pages, passed.isEnd ? "pages down to the end" : "pages in the time there was");
    const wanted = passed.isEnd ? MESSAGES : 1.5 * KEPT;
    expect(pages * PAGE >= wanted, "to get to the end, or to more than the client keeps in the time there is, page by page", { ...passed, pages });
    expect(passed.elements <= MOST_ELEMENTS, `at most ${MOST_ELEMENTS} elements in the list`, passed);
    expect(after.megabytes - before.megabytes <= MOST_MEMORY, `at most ${MOST_MEMORY} MB more`, { before, after });
}

function told(stage, name, { longest, late, frames, perFrame }) {
    stage.figure(`many.${name}.task`, longest, `ms of the processor's time at most, ${Math.round(late)} ms by the clock`);
    stage.figure(`many.${name}.frame`, perFrame, `ms of the processor's time a frame (${frames} frames)`);
}

function isListing(url) {
    return new URL(url).pathname.endsWith("/dialogs");
}

/** As what is seeded is named. */
function uuid(text) {
    return createHash("md5").update(text).digest("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Runs in the page before anything else does: the client reads more at a time, as much as the server gives, so that it is through sooner. */
function readMore() {
    const load = window.fetch;
    const wider = (url) => url.replace(/(\/messages\?.*limit=)50\b/, "$1200").replace(/(\/dialogs\?.*limit=)50\b/, "$1100");
    window.fetch = (input, init) => load(typeof input === "string" ? wider(input) : input, init);
}

/** Runs in the page: down by a screen in each frame, but not past what is seen to be on its way. Who is past a gap when it is filled stays past it, so not all come by. */
async function scrollDown(list, longest) {
    const start = performance.now();
    const seen = new Set();
    let elements = 0;
    for (let ends = 0; ends < 30; ) {
        await new Promise(requestAnimationFrame);
        for (const row of list.querySelectorAll("[data-message-id]")) seen.add(row.dataset.messageId);
        elements = Math.max(elements, list.querySelectorAll("*").length);
        const { top, bottom } = list.getBoundingClientRect();
        const rows = [...list.querySelectorAll("[data-index]")].map((row) => [row, row.getBoundingClientRect()]);
        const isMissing = rows.some(([row, place]) => row.querySelector(".mtchat-gap") && place.top > top + 60);
        // What is not drawn yet may be a gap.
        const isDrawn = rows.some(([, place]) => place.bottom >= bottom - 60);
        const time = performance.now() - start;
        if (time > longest) return { messages: seen.size, elements, time, isEnd: false };
        ends = list.scrollHeight - list.scrollTop - list.clientHeight <= 1 ? ends + 1 : 0;
        if (isDrawn && !isMissing) list.scrollTop += list.clientHeight - 60;
    }
    return { messages: seen.size, elements, time: performance.now() - start, isEnd: true };
}
