// People who mean harm, and somebody who looks at everything that they have written.
import { Chat } from "../chat.mjs";
import { expect } from "../stage.mjs";
import { speakRaw } from "./raw-answers.mjs";
import { lay, nothingRan } from "./trap.mjs";

/** So many say it side by side. */
const AT_ONCE = 8;

/** Do this for each of them, several at once. */
export async function each(list, act) {
    let at = 0;
    const work = async () => {
        while (at < list.length) {
            const index = at++;
            await act(list[index], index);
        }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Say it; `null`: the server does not take it, for there is nothing left of it to see. */
export async function says(person, dialog, content, more) {
    try {
        return (await person.says(dialog, content, more)).id;
    } catch (error) {
        if (/ 400 /u.test(error.message)) return null;
        throw error;
    }
}

/** A page of somebody's with traps in it, in a browser with nothing in it; `raw`: what the server says is rewritten by this corpus. */
export async function opensTrapped(person, { raw, ...settings }) {
    const { stage } = person;
    const page = await stage.page(await person.browser({ fresh: true }), `${person.id} ${settings.wrapper}`);
    const hosts = new Set([stage.site.origin, ...stage.edges].map((url) => new URL(url).host));
    // The file store is another server of this machine.
    const trap = await lay(page, { hosts: { has: (host) => hosts.has(host) || host.startsWith("127.0.0.1:") } });
    if (raw) await speakRaw(page, { origin: stage.site.origin, edge: stage.edges[person.edge], attempts: raw });
    await page.setViewportSize({ width: 1_280, height: 900 });
    const chat = new Chat(person, page, person.settings(settings));
    await chat.load();
    trap.settle();
    return { chat, trap };
}

/** Scroll up and down until all of these have been in the page. */
export async function sawAll({ chat, trap }, ids) {
    await chat.timeline.waitFor();
    await chat.timeline.hover();
    const place = () => chat.timeline.evaluate((list) => list.scrollTop);
    // It may open in the middle, where the unread messages begin.
    let [turn, before, still] = [-1_000, -1, 0];
    const isDone = async () => {
        await chat.page.mouse.wheel(0, turn);
        const [now, seen] = [await place(), new Set(await trap.seen())];
        still = now === before ? still + 1 : 0;
        before = now;
        if (still > 10) [turn, still] = [-turn, 0];
        return ids.every((id) => seen.has(id));
    };
    await chat.stage.until("all messages to have been seen", isDone, 60_000);
    await nothingRan(trap, "messages were read");
}

/** Look through the list, its tabs, and its archive. */
export async function sawList({ chat, trap }) {
    for (const tab of [/^Available/u, /^My/u]) {
        await chat.tab(tab).click();
        const rows = chat.page.getByRole("tabpanel");
        await rows.hover();
        for (let turn = 0; turn < 12; turn += 1) {
            await chat.page.mouse.wheel(0, 700);
            await chat.page.evaluate(() => new Promise(requestAnimationFrame));
        }
    }
    await nothingRan(trap, "the list was looked through");
}

/** Everything that opens over a chat or beside it. */
export async function sawPanels({ chat, trap }, { edited, own, file, quote }) {
    const { page } = chat;
    await chat.button("About this chat").click();
    await page.getByRole("region", { name: "About this chat" }).or(page.getByRole("complementary", { name: "About this chat" })).first().waitFor();
    await chat.button("Hide details").first().click();
    await nothingRan(trap, "people were looked at");

    await chat.button("Search in this chat").click();
    await page.getByRole("combobox", { name: "Search messages" }).fill("raw");
    await page.getByRole("listbox", { name: "Messages found" }).getByRole("option").first().waitFor();
    await chat.button("Close the search").click();
    await nothingRan(trap, "messages were searched");

    await menu(chat, edited, /earlier|history|versions/iu);
    await page.getByRole("dialog", { name: "Earlier versions" }).getByRole("listitem").nth(1).waitFor();
    await page.keyboard.press("Escape");
    await menu(chat, own, /who has read/iu);
    await page.getByRole("dialog", { name: "Who has read it" }).waitFor();
    await page.keyboard.press("Escape");
    await menu(chat, quote, "Reply");
    await page.getByText(/^Reply to /u).first().waitFor();
    await page.keyboard.press("Escape");
    await nothingRan(trap, "dialogs were open");

    await (await messageOf(chat, file)).getByRole("button", { name: /^Open /u }).first().click();
    await page.getByRole("dialog", { name: "File viewer" }).waitFor();
    await page.keyboard.press("Escape");
    await nothingRan(trap, "files were looked at");
}

/** Their own message as it came over the wire, in the editor. */
export async function editsOwn({ chat, trap }, ids) {
    for (const id of ids) {
        await menu(chat, id, "Edit");
        await chat.page.getByText("Editing a message").waitFor();
        await chat.field.click();
        await chat.page.keyboard.press("Escape");
        await chat.page.getByText("Editing a message").waitFor({ state: "hidden" });
    }
    await nothingRan(trap, "messages were edited");
}

/** Who is not in the dialog sees who is, and how one joins. */
export async function sawJoinScreen({ chat, trap }, dialog) {
    await chat.set({ props: { dialogId: dialog } });
    await chat.page.getByRole("button", { name: "Join the chat" }).click();
    await chat.page.getByRole("dialog", { name: "Join the chat" }).waitFor();
    await chat.page.keyboard.press("Escape");
    await nothingRan(trap, "joining was asked for");
}

async function menu(chat, id, action) {
    const message = await messageOf(chat, id);
    await message.click({ button: "right", position: { x: 4, y: 4 } });
    await chat.page.getByRole("menuitem", { name: action, exact: typeof action === "string" }).click();
}

/** One of the newest messages: one goes up to it from the bottom. */
async function messageOf(chat, id) {
    const message = chat.timeline.locator(`[data-message-id="${id}"]`);
    const back = chat.page.getByRole("button", { name: /newest messages|new message/u });
    if (!(await message.isVisible()) && (await back.isVisible())) await back.click();
    await chat.timeline.hover();
    await chat.stage.until(`message ${id}`, async () => {
        if (await message.isVisible()) return true;
        await chat.page.mouse.wheel(0, -300);
        return false;
    });
    await message.scrollIntoViewIfNeeded();
    return message;
}

/** Texts without tags were there to be read, just as they were written. */
export async function couldRead({ trap }, texts) {
    const seen = await trap.texts();
    const plain = (said) => said.replace(/\s+/gu, " ").trim();
    for (const [id, text] of texts) expect(plain(seen.get(id)) === plain(text), `«${text}» to be read as it is`, seen.get(id));
}
