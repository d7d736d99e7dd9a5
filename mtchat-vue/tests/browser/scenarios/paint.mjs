// What was there before is there at once, what one says is there in the next frame, and no text is too long for either.
import { expect } from "../stage.mjs";
import { rest, wheel } from "../steps/frames.mjs";
import { hold } from "../steps/hold.mjs";
import { busy, LENIENCE } from "../steps/tasks.mjs";

/** As long as a message may be. */
const LONGEST = 50_000;
/** No other dialog's, also where the server has had this played before. */
const TITLE = `Order ${process.pid}`;
/** Seven characters that look like one. */
const FAMILY = "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}";
/** Without a break a page may be busy so long, in milliseconds. */
const NOTICED = 50;

export default async function play(stage) {
    const anna = stage.person({ id: "anna", name: "Anna Schmidt", company: "Northwind Freight" });
    const jonas = stage.person({ id: "jonas", name: "Jonas Weber", company: "Altona Logistik", edge: 1 });
    const dialog = await stage.host.create({ object: ["order", "1042"], title: TITLE, people: [anna, jonas] });
    for (let number = 1; number <= 60; number += 1) await (number % 4 === 0 ? anna : jonas).says(dialog, `<p>message ${number}</p>`);
    const chat = await anna.opens();
    await chat.open(TITLE);
    await chat.sees("message 60");

    await kept(stage, chat, dialog);
    await sent(stage, chat);
    await long(stage, chat, { jonas, dialog });
    stage.nothingBroke();
}

/** With the server out of reach the page is loaded anew, and shows what it had. */
async function kept(stage, chat, dialog) {
    await stage.until("the page to be kept", () => chat.page.evaluate(isKept, [dialog, "message 60"]));
    const server = await hold(stage, chat.page, (url) => url.includes("/api/v1/"));
    let isAway = true;
    await chat.page.routeWebSocket(/\/api\/v1\//, (socket) => void (isAway || socket.connectToServer()));
    await chat.page.addInitScript(watchFrames);
    await chat.load(false);
    await chat.row(TITLE).getByRole("button").first().click();
    await chat.sees("message 60");
    expect(server.answered === 0, "no answer of the server before that", server.answered);
    const { list, click, rows } = await chat.page.evaluate(() => window.__painted);
    stage.figure("paint.kept.list", list, "ms after the page began");
    stage.figure("paint.kept.messages", rows - click, "ms after the click");
    isAway = false;
    await server.end();
}

/** From the key to the frame in which it is there. */
async function sent(stage, chat) {
    await chat.load();
    await chat.open(TITLE);
    await rest(chat);
    const frames = [];
    for (const text of ["said 1", "said 2", "said 3"]) {
        await chat.write(text);
        await chat.timeline.evaluate((list, text) => {
            window.__said = new Promise((resolve) => {
                const begin = (event) => {
                    if (event.key !== "Enter") return;
                    removeEventListener("keydown", begin, true);
                    const start = performance.now();
                    let frames = 0;
                    const look = () => {
                        frames += 1;
                        const isThere = [...list.querySelectorAll("article")].some((row) => row.textContent.includes(text));
                        if (isThere || frames > 100) resolve({ frames, time: performance.now() - start });
                        else requestAnimationFrame(look);
                    };
                    requestAnimationFrame(look);
                };
                addEventListener("keydown", begin, true);
            });
        }, text);
        await chat.page.keyboard.press("Enter");
        frames.push(await chat.page.evaluate(() => window.__said));
        await chat.isSent(text);
    }
    stage.figure("paint.sent.frames", frames.map(({ frames }) => frames).join(" "), "frames");
    stage.figure("paint.sent.time", frames.map(({ time }) => Math.round(time)).join(" "), "ms");
    expect(frames.every(({ frames }) => frames <= 1), "what one says to be there in the next frame", frames);
}

/** Texts without an end, as they come, and as one scrolls to them. */
async function long(stage, chat, { jonas, dialog }) {
    const texts = { letters: "x".repeat(LONGEST), emoji: FAMILY.repeat(LONGEST / 7), flags: "🇩🇪".repeat(LONGEST / 2) };
    for (const [name, text] of Object.entries(texts)) {
        const arrives = await busy(stage, chat, async () => {
            await jonas.says(dialog, text);
            await jonas.says(dialog, `after ${name}`);
            await chat.sees(`after ${name}`);
            await rest(chat);
        });
        const scrolled = await busy(stage, chat, async () => {
            for (const turn of [-600, -600, 600, 600]) {
                await wheel(chat, turn);
                await rest(chat);
            }
        });
        for (const [what, { longest, late }] of Object.entries({ arrives, scrolled })) {
            stage.figure(`paint.${name}.${what}`, longest, `ms of the processor's time at most, ${Math.round(late)} ms by the clock`);
            expect(longest < NOTICED * LENIENCE, `${name}, ${what}: no task of ${NOTICED} ms or more`, longest);
        }
    }
}

/** Runs in the page before anything else does: when there was something to see. */
function watchFrames() {
    const painted = (window.__painted = {});
    addEventListener("click", () => (painted.click ??= performance.now()), true);
    const look = () => {
        if (document.querySelector("[data-row-key]") !== null) painted.list ??= performance.now();
        if (document.querySelector("[role=log] article") !== null) painted.rows ??= performance.now();
        if (painted.rows === undefined) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}

/** Runs in the page: what the client keeps of a dialog has this text. */
async function isKept([dialog, text]) {
    const asked = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    for (const { name } of await indexedDB.databases()) {
        const database = await asked(indexedDB.open(name));
        const stores = [...database.objectStoreNames].map((store) => database.transaction(store).objectStore(store).get(`page/${dialog}`));
        const pages = await Promise.all(stores.map(asked));
        database.close();
        if (pages.some((page) => page?.includes(text))) return true;
    }
    return false;
}
