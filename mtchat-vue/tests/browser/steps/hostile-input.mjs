// What comes in by hand: pasted, typed, asked for, kept from before.
import { expect } from "../stage.mjs";
import { nothingRan } from "./trap.mjs";

/** So many are pasted before the field is emptied again. */
const TOGETHER = 16;

/** Out of another page's clipboard, each attempt. */
export async function pastes({ chat, trap }, attempts) {
    const field = await chat.editor();
    for (let from = 0; from < attempts.length; from += TOGETHER) {
        await field.evaluate(async (element, all) => {
            for (const html of all) {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text/html", html);
                clipboardData.setData("text/plain", html.replace(/<[^>]*>/gu, ""));
                element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
                await new Promise(requestAnimationFrame);
            }
        }, attempts.slice(from, from + TOGETHER));
        await empty(chat);
    }
    await nothingRan(trap, "things were pasted");
}

/** Key by key: markdown becomes formats, and links. */
export async function types({ chat, trap }, texts) {
    await chat.editor();
    for (const text of texts) {
        await chat.page.keyboard.type(`${text} `);
        await empty(chat);
    }
    await nothingRan(trap, "things were typed");
}

/** What is pasted is sent, too. */
export async function sends({ chat, trap }, attempt, text) {
    const field = await chat.editor();
    await field.evaluate((element, html) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/html", html);
        element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, `${attempt}<p>${text}</p>`);
    await chat.page.keyboard.press("Control+Enter");
    await chat.sees(text);
    await nothingRan(trap, "things were sent");
}

/** Addresses of links: what leads to a web page is taken, everything else refused with a word. */
export async function links({ chat, trap }, urls) {
    const { page } = chat;
    await chat.editor();
    const dialog = chat.dialog("Insert a link");
    for (const url of urls) {
        if (!(await dialog.isVisible())) {
            await chat.field.click();
            await page.keyboard.press("Control+Shift+L");
            await dialog.waitFor();
        }
        await dialog.getByLabel("Address").fill(url.replaceAll(/[\r\n\u0000]/gu, " "));
        await dialog.getByRole("button", { name: "Apply" }).click();
        await chat.stage.until("the link to be taken or refused", async () => !(await dialog.isVisible()) || (await dialog.getByRole("alert").isVisible()));
        if (!(await dialog.isVisible())) await empty(chat);
    }
    if (await dialog.isVisible()) await page.keyboard.press("Escape");
    await nothingRan(trap, "links were made");
}

/** Each text in the search field of the list, some until there is an answer. */
export async function searches({ chat, trap }, texts) {
    for (const [index, text] of texts.entries()) {
        await chat.listSearch.fill(text.replaceAll(/[\r\n\u0000]/gu, " "));
        if (index % 40 === 0) await chat.page.getByText("Nothing found").or(chat.page.getByRole("listitem")).first().waitFor();
    }
    await chat.listSearch.fill("");
    await nothingRan(trap, "things were searched");
}

/** What is written and not sent is kept in the browser: somebody else may have written there. */
export async function draftsFromElsewhere({ chat, trap }, attempts) {
    const { page } = chat;
    for (const attempt of attempts) {
        await chat.write("rawdraftraw");
        await chat.stage.until("the draft to be kept", () => page.evaluate(replaceKept, ["rawdraftraw", "rawdraftraw"]));
        const count = await page.evaluate(replaceKept, ["rawdraftraw", attempt]);
        expect(count > 0, "a draft that is kept", count);
        await chat.load();
        trap.settle();
        await chat.editor();
        await empty(chat);
        await chat.stage.until("the draft to be gone", async () => (await chat.field.innerText()).trim() === "");
    }
    await nothingRan(trap, "drafts came back");
}

async function empty(chat) {
    await chat.page.keyboard.press("Control+a");
    await chat.page.keyboard.press("Delete");
}

/** In the page: put another text in place of one in all that is kept; how often it was there comes back. */
async function replaceKept([text, other]) {
    const inside = JSON.stringify(other).slice(1, -1);
    const finished = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    let count = 0;
    for (const { name } of await indexedDB.databases()) {
        const database = await finished(indexedDB.open(name));
        for (const storeName of database.objectStoreNames) {
            const store = database.transaction(storeName, "readwrite").objectStore(storeName);
            const [keys, values] = await Promise.all([finished(store.getAllKeys()), finished(store.getAll())]);
            for (const [index, value] of values.entries()) {
                if (typeof value !== "string" || !value.includes(text)) continue;
                count += 1;
                await finished(store.put(value.replaceAll(text, value.startsWith("{") || value.startsWith('"') || value.startsWith("[") ? inside : other), keys[index]));
            }
        }
        database.close();
    }
    return count;
}
