// Finding dialogs and messages, and what one was about to say.
import { expect } from "../stage.mjs";

export async function findsDialog(chat, words, title, other) {
    await chat.page.keyboard.press("Control+k");
    await chat.page.keyboard.type(words);
    await chat.row(other).waitFor({ state: "detached" });
    await chat.row(title).waitFor();
    await chat.page.keyboard.press("Escape");
    await chat.row(other).waitFor();
}

export async function findsMessage(chat, words, text) {
    await chat.button("Search in this chat").click();
    await chat.page.getByRole("combobox", { name: "Search messages" }).fill(words);
    const found = chat.page.getByRole("listbox", { name: "Messages found" }).getByRole("option").filter({ hasText: text });
    await found.first().click();
    const message = chat.message(text).last();
    await chat.stage.until("the found message to stand out", () => message.evaluate((element) => element.className.includes("highlighted")).catch(() => false));
    await chat.button("Close the search").click();
}

/** What is written stays with its dialog, when another one is looked at and when the page is loaded anew. */
export async function keepsDraft(chat, title, other, text) {
    await chat.write(text);
    await chat.open(other);
    await chat.stage.until("an empty field in the other dialog", async () => (await chat.field.innerText()).trim() === "");
    await chat.row(title).getByText(text).waitFor();
    await chat.open(title);
    await holds(chat, text);
    await chat.load();
    await chat.open(title);
    await holds(chat, text);
    await chat.editor();
    await chat.page.keyboard.press("Control+a");
    await chat.page.keyboard.press("Delete");
}

function holds(chat, text) {
    return chat.stage.until("the draft in the field", async () => {
        const field = chat.field;
        const now = await field.evaluate((element) => (element.value ?? element.innerText).trim()).catch(() => "");
        return now.includes(text);
    });
}

/** After a question; then one is where one was before: one may join. */
export async function leaves(chat, title) {
    await chat.tab(/^My/).click();
    await chat.headerAction("Leave the chat");
    await chat.dialog("Leave this chat?").getByRole("button", { name: "Leave" }).click();
    await chat.told("dialog-left");
    await chat.row(title).waitFor({ state: "detached" });
    expect((await chat.field.count()) === 0, "no field after one has left");
    await chat.tab(/^Available/).click();
    await chat.row(title).waitFor();
}
