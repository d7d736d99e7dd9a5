// Reactions, answers with a quote, changed and deleted messages.
import { expect } from "../stage.mjs";

export async function reacts(chat, text, emoji, name) {
    await chat.messageAction(text, "React");
    const panel = chat.dialog("React");
    await panel.getByRole("button", { name: "More emoji" }).click();
    await panel.getByPlaceholder("Search emoji").fill(name);
    await panel.getByRole("button", { name: new RegExp(name, "i") }).first().click();
    await panel.waitFor({ state: "hidden" });
    await reaction(chat, text, emoji).and(chat.page.locator("[aria-pressed=true]")).waitFor();
}

export function reaction(chat, text, emoji) {
    return chat.message(text).last().getByRole("button", { name: new RegExp(`^${emoji}: 1 person`) });
}

/** Answer it: the quote stands above, and leads to the message, which stands out then. */
export async function answers(chat, text, answer) {
    await chat.messageAction(text, "Reply");
    await chat.page.getByText(/^Reply to /).waitFor();
    await chat.send(answer);
    expect(!(await chat.page.getByText(/^Reply to /).isVisible()), "no answer being written any more");
}

export async function followsQuote(chat, answer, text) {
    const quote = chat.message(answer).last().getByRole("button", { name: new RegExp(text) });
    await quote.click();
    const original = chat.message(text).first();
    await chat.stage.until("the quoted message to stand out", () =>
        original.evaluate((element) => element.className.includes("highlighted")).catch(() => false),
    );
    const [box, pane] = [await original.boundingBox(), await chat.timeline.boundingBox()];
    expect(box.y < pane.y + pane.height && box.y + box.height > pane.y, "the quoted message in sight", { box, pane });
}

/** ↑ in the empty field takes the last own message. */
export async function editsLast(chat, was, becomes) {
    await chat.editor();
    await chat.page.keyboard.press("ArrowUp");
    await chat.page.getByText("Editing a message").waitFor();
    await chat.stage.until("the old text in the field", async () => (await chat.field.innerText()).trim() === was);
    await chat.page.keyboard.press("Control+a");
    await chat.page.keyboard.type(becomes);
    await chat.page.keyboard.press("Enter");
    await chat.message(becomes).getByRole("button", { name: /^Edited/ }).waitFor();
    await chat.stage.until("an empty field after the change", async () => (await chat.field.innerText()).trim() === "");
}

export async function seesHistory(chat, now, before) {
    await chat.message(now).last().getByRole("button", { name: /^Edited/ }).click();
    const dialog = chat.dialog("Earlier versions");
    await dialog.getByText(now).waitFor();
    await dialog.getByText(before).waitFor();
    await chat.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
}

/** Only after one has said yes. */
export async function deletes(chat, text) {
    const dialog = chat.dialog("Delete this message?");
    await chat.messageAction(text, "Delete");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "hidden" });
    await chat.sees(text);
    await chat.messageAction(text, "Delete");
    await dialog.getByRole("button", { name: "Delete" }).click();
    await isGone(chat, text);
}

export async function isGone(chat, text) {
    await chat.stage.until(`«${text}» to be gone for ${chat.person.id}`, async () => (await chat.message(text).count()) === 0);
}

/** Somebody writes, and others are told meanwhile. */
export async function isSeenTyping(chat, text, others) {
    await chat.write(text);
    for (const other of others) {
        const notice = other.page.getByText(`${chat.person.name} is typing…`).first();
        await chat.stage.until(`${chat.person.id} to be seen typing`, async () => {
            await chat.page.keyboard.type(" and");
            return notice.isVisible();
        });
    }
    await chat.page.keyboard.press("Enter");
    for (const other of others) await other.page.getByText(`${chat.person.name} is typing…`).first().waitFor({ state: "detached" });
}
