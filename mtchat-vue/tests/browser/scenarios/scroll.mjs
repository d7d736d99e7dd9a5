// Nothing jumps while one reads: 400 messages of all heights, some with pictures, measured at each frame that is painted.
import { expect } from "../stage.mjs";
import { below, drift, oneWay, rest, wheel } from "../steps/frames.mjs";
import { fill } from "../steps/history.mjs";
import { hold, isEarlier, isAround, isPicture } from "../steps/hold.mjs";

const COUNT = 400;

export default async function play(stage) {
    const anna = stage.person({ id: "anna", name: "Anna Schmidt", company: "Northwind Freight" });
    const jonas = stage.person({ id: "jonas", name: "Jonas Weber", company: "Altona Logistik", edge: 1 });
    const dialog = await stage.host.create({ object: ["order", "1042"], title: "Order 1042", people: [anna, jonas] });
    const history = await fill(dialog, [jonas, anna], COUNT, { pictures: 12 });
    await jonas.says(dialog, "<p>That is what I meant.</p>", { reply_to: history[20].id });
    // What Anna says last she has read everything before.
    await anna.says(dialog, "<p>I see.</p>");
    const measured = (name, { worst, final, frames, text }) => {
        stage.figure(`scroll.${name}.worst`, worst, `px (${frames} frames)`);
        expect(worst <= 1 && final <= 1, `${name}: «${text}» stays within 1 px`, { worst, final, frames });
    };

    const chat = await anna.opens();
    await chat.open("Order 1042");
    await chat.sees("I see.");
    await rest(chat);
    expect((await below(chat)) <= 1, "to open at the bottom", await below(chat));

    await older(stage, chat, measured);
    await anyWay(stage, chat);
    await pictures(stage, chat, measured);
    await lively(chat, { jonas, dialog }, measured);
    await far(stage, chat, measured);
    await narrow(chat, measured);
    stage.nothingBroke();
}

/** Older pages come while one is near the top, or at it. */
async function older(stage, chat, measured) {
    for (const turn of [-4_000, -20_000]) {
        const pages = await hold(stage, chat.page, isEarlier);
        await stage.until("the end of what is loaded", () => wheel(chat, turn).then(() => pages.count > 0));
        await rest(chat, { busy: true });
        measured(`older.${-turn}`, await drift(chat, () => pages.release()));
        await pages.end();
    }
}

/** Through all of it by the wheel, up and down, while pages come. */
async function anyWay(stage, chat) {
    const up = await oneWay(chat, 1, async () => {
        await stage.until("the first message", async () => {
            await wheel(chat, -900, 2);
            return chat.timeline.getByText("Chat created").or(chat.message(/^.*\b1 /)).first().isVisible();
        });
    });
    const down = await oneWay(chat, -1, async () => {
        await stage.until("the last message", async () => {
            await wheel(chat, 900, 2);
            return chat.message("I see.").isVisible();
        });
    });
    for (const [name, { back, apart, frames }] of Object.entries({ up, down })) {
        stage.figure(`scroll.${name}.back`, back, `px (${frames} frames)`);
        stage.figure(`scroll.${name}.apart`, apart, "px");
        expect(back <= 1, `rows that go ${name === "up" ? "down" : "up"} only, while one scrolls ${name}`, { back, frames });
    }
}

/** Pictures above, and on the screen, come late. */
async function pictures(stage, chat, measured) {
    const late = await hold(stage, chat.page, isPicture);
    await chat.load();
    await chat.open("Order 1042");
    await chat.sees("I see.");
    for (let turn = 0; turn < 3; turn += 1) {
        await wheel(chat, -500, 4);
        await rest(chat);
    }
    await late.asked(2);
    const loaded = () => chat.timeline.locator("img").evaluateAll((all) => all.length > 0 && all.every((image) => image.complete && image.naturalWidth > 0));
    measured("pictures", await drift(chat, async () => {
        await late.release();
        await stage.until("the pictures", loaded);
    }));
    await late.end();
}

/** Others write: who reads further up is left alone, who is at the bottom follows. */
async function lively(chat, { jonas, dialog }, measured) {
    measured("append", await drift(chat, async () => {
        for (const number of [1, 2, 3]) await jonas.says(dialog, `<p>news ${number}</p>`);
        await chat.page.getByRole("button", { name: "3 new messages" }).waitFor();
    }));
    await chat.page.getByRole("button", { name: "3 new messages" }).click();
    await chat.sees("news 3");
    await rest(chat);
    expect((await below(chat)) <= 1, "to be at the bottom", await below(chat));
    for (const number of [4, 5, 6]) await jonas.says(dialog, `<p>news ${number}</p><p>${"in several lines ".repeat(number * 8)}</p>`);
    await chat.sees("news 6");
    await rest(chat);
    expect((await below(chat)) <= 1, "to follow what comes", await below(chat));
}

/** Far away by a quote, on from there, and back. */
async function far(stage, chat, measured) {
    await chat.load();
    await chat.open("Order 1042");
    await chat.sees("news 6");
    const reply = chat.message("That is what I meant.");
    await stage.until("the reply", async () => {
        if (await reply.isVisible()) return true;
        await wheel(chat, -300);
        return false;
    });
    await reply.getByTitle(/^In reply to/).click();
    const target = chat.timeline.locator("article").filter({ hasText: /^\D*21 / }).first();
    await target.waitFor();
    await rest(chat);
    const [list, row] = [await chat.timeline.boundingBox(), await target.boundingBox()];
    expect(row.y >= list.y && row.y + row.height <= list.y + list.height, "the message that was quoted on the screen", { list, row });
    const ring = await target.evaluate((row) => [...row.querySelectorAll("*")].some((part) => getComputedStyle(part).animationName === "mtchat-highlight"));
    expect(ring, "the message that was quoted to stand out");
    const pages = await hold(stage, chat.page, isAround);
    await stage.until("the end of what is loaded", () => wheel(chat, 250).then(() => pages.count > 0));
    await rest(chat, { busy: true });
    measured("gap", await drift(chat, () => pages.release()));
    await pages.end();
    await chat.page.getByRole("button", { name: /newest messages|new message/ }).click();
    await chat.sees("news 6");
    await rest(chat);
    expect((await below(chat)) <= 1, "to be back at the bottom", await below(chat));
}

/** Less room, and more again. */
async function narrow(chat, measured) {
    await wheel(chat, -700, 3);
    await rest(chat);
    for (const [width, height] of [[900, 800], [1_280, 800], [1_280, 500], [360, 740], [300, 740], [360, 740]]) {
        measured(`room.${width}x${height}`, await drift(chat, () => chat.page.setViewportSize({ width, height })));
    }
}
