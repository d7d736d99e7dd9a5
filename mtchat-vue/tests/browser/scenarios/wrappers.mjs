// With PrimeVue and as an element it is the same chat: said here and heard there, in any theme, language and direction, without a new start.
import { cast } from "../steps/cast.mjs";
import { choose, isPictured, png } from "../steps/files.mjs";
import { reacts, reaction } from "../steps/answering.mjs";
import { expect } from "../stage.mjs";

const ORDER = "Order 1042";
const LANGUAGES = {
    ru: { tabs: [/^Мои/, /^Доступные/], placeholder: "Напишите сообщение…" },
    zh: { tabs: [/^我的/, /^可加入/], placeholder: "输入消息…" },
    en: { tabs: [/^My/, /^Available/], placeholder: "Write a message…" },
};

export default async function play(stage) {
    const { anna, jonas, maria } = cast(stage);
    await stage.host.create({ object: ["order", "1042"], title: ORDER, people: [anna, jonas, maria] });
    const prime = await anna.opens({ wrapper: "primevue", slots: true, props: { theme: "light" } });
    const element = await jonas.opens({ wrapper: "element", slots: true });
    const plain = await maria.opens({ wrapper: "vue", slots: true });
    const chats = [prime, element, plain];
    for (const chat of chats) await chat.open(ORDER);

    for (const [index, chat] of chats.entries()) {
        await chat.send(`Said in ${chat.settings.wrapper}`);
        await choose(chat, png(`${chat.settings.wrapper}.png`, 200, 120, [40 * index, 120, 160]));
        await chat.write("With a picture");
        await chat.stage.until("a file that may be sent", () => chat.button("Send").isEnabled());
        await chat.button("Send").click();
    }
    for (const chat of chats) {
        for (const { settings } of chats) {
            await chat.sees(`Said in ${settings.wrapper}`);
            await isPictured(chat, `${settings.wrapper}.png`);
        }
    }
    for (const [index, chat] of chats.entries()) {
        const next = chats[(index + 1) % chats.length];
        const text = `Said in ${next.settings.wrapper}`;
        await reacts(chat, text, "🚀", "rocket");
        await reaction(next, text, "🚀").waitFor();
    }
    for (const chat of chats) {
        await exposes(chat, chats);
        await fillsSlots(chat);
        await overlays(chat);
        await changesTheme(chat);
        await changesLanguage(chat);
        await goesRightToLeft(chat);
    }
    await startsAnew(plain);
    await becomes(plain, jonas);
}

/** Taken out of the page and put in again, nothing is left of it and nothing is missing. */
async function startsAnew(chat) {
    await chat.page.evaluate(() => window.__host.unmount());
    await chat.timeline.waitFor({ state: "detached" });
    await chat.page.evaluate(() => window.__host.mount());
    await chat.set({ locale: "en" });
    await chat.page.setViewportSize({ width: 1280, height: 800 });
    await chat.open(ORDER);
    await chat.editor();
    await chat.page.keyboard.press("Control+a");
    await chat.send("Said after the second start");
}

/** The page has another user from now on: nothing of the one before is left. */
async function becomes(chat, person) {
    await chat.write("A secret draft");
    const { userId, tokenUrl, displayName, company, email, phone } = person.settings();
    await chat.set({ userId, tokenUrl, displayName, company, email, phone });
    await chat.page.getByRole("heading", { name: "Choose a chat" }).waitFor();
    await chat.open(ORDER);
    expect(!(await chat.field.innerText()).includes("secret"), "no draft of another user", await chat.field.innerText());
    await chat.send("Said as somebody else");
    await chat.message("Said as somebody else").getByText(person.name).waitFor();
}

/** What the host may do with the instance, or with the element. */
async function exposes(chat, others) {
    const text = `Said by the host of ${chat.settings.wrapper}`;
    const found = await chat.page.evaluate(async (text) => {
        const { __chat: it } = window;
        const fields = it.chat ?? it;
        const has = { isConnected: fields.isConnected, title: fields.currentDialog?.title, mobileView: fields.mobileView, messages: fields.messages.length };
        await it.sendMessage(`<p>${text}</p>`);
        return has;
    }, text);
    expect(found.isConnected && found.title === ORDER && found.mobileView === "chat" && found.messages > 0, "fields of the open chat", found);
    for (const other of others) await other.sees(text);
    await chat.told("message-sent");
    await chat.page.evaluate(() => window.__chat.toggleInfoPanel());
    await chat.button("Hide details").first().waitFor();
    await chat.page.evaluate(() => window.__chat.toggleInfoPanel());
    await chat.button("About this chat").waitFor();
}

async function fillsSlots(chat) {
    await chat.button("New").waitFor();
    const print = chat.page.getByText("Print", { exact: true });
    expect(!(await print.isVisible()), "the host's action in the menu only");
    await chat.button("More actions").click();
    await print.waitFor();
    await chat.page.keyboard.press("Escape");
    await print.waitFor({ state: "hidden" });
}

/** Menus, dialogs and the viewer are there and go, whoever draws them. */
async function overlays(chat) {
    const { page } = chat;
    await chat.headerAction("Pin");
    await chat.row(ORDER).getByLabel("Pinned").waitFor();
    await chat.messageAction(`Said in ${chat.settings.wrapper}`, "Who has read it");
    const readers = chat.dialog("Who has read it");
    await readers.waitFor();
    await page.keyboard.press("Escape");
    await readers.waitFor({ state: "hidden" });
    await chat.timeline.getByRole("button", { name: /^Open vue\.png/ }).click();
    const viewer = chat.dialog("File viewer");
    await viewer.waitFor();
    await page.keyboard.press("Escape");
    await viewer.waitFor({ state: "hidden" });
}

/** Nothing is made anew: a message's row is the same element, what is being written stays, only colours are others. */
async function changesTheme(chat) {
    const marked = await mark(chat);
    const light = await shade(chat);
    await chat.set({ props: { theme: "dark" } });
    const dark = await chat.stage.until("another background", async () => {
        const now = await shade(chat);
        return now < light && now;
    });
    expect(light > 200 && dark < 80, "a light and a dark background", { light, dark });
    await marked();
    await chat.set({ props: { theme: "light" } });
    await chat.stage.until("the light background", async () => (await shade(chat)) === light);
    await marked();
}

async function changesLanguage(chat) {
    const marked = await mark(chat);
    for (const [locale, { tabs, placeholder }] of Object.entries(LANGUAGES)) {
        await chat.set({ locale });
        for (const tab of tabs) await chat.tab(tab).waitFor();
        await chat.page.locator(`[aria-placeholder="${placeholder}"], [placeholder="${placeholder}"]`).first().waitFor();
        await marked();
    }
}

async function goesRightToLeft(chat) {
    const { page } = chat;
    await chat.set({ locale: "ar" });
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    for (const [width, height] of [[1280, 800], [800, 700], [390, 740]]) {
        await page.setViewportSize({ width, height });
        await chat.timeline.waitFor();
        await chat.fits();
        await innerFits(chat);
    }
}

/** No list inside is wider than its place, either, once there are as many columns as there is room for. */
async function innerFits({ stage, timeline }) {
    await stage.until("messages that do not scroll sideways", () => timeline.evaluate((list) => list.clientWidth > 200 && list.scrollWidth <= list.clientWidth));
}

/** How light the background is, from 0 to 255. */
function shade(chat) {
    return chat.timeline.evaluate((list) => {
        for (let element = list; element !== null; element = element.parentElement) {
            const [red, green, blue, opacity = 1] = getComputedStyle(element).backgroundColor.match(/[\d.]+/g).map(Number);
            if (opacity > 0) return Math.round((red + green + blue) / 3);
        }
        return 255;
    });
}

/** What is there now must be there later: the same elements with the same text in the field. */
async function mark(chat) {
    const row = await chat.message("Said in vue").first().elementHandle();
    const field = await (await chat.editor()).elementHandle();
    await chat.page.keyboard.type("kept ");
    const written = await field.innerText();
    return async () => {
        const is = await chat.page.evaluate(([row, field]) => [row.isConnected, field.isConnected, field.innerText], [row, field]);
        expect(is[0] && is[1], "the same elements as before", is);
        expect(is[2] === written, `what was written (${written}) to stay`, is[2]);
    };
}
