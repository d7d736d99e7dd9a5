// All that one does with a chat, by the keyboard alone: the focus can be seen at each step and is never lost.
import { expect } from "../stage.mjs";
import { cast } from "../steps/cast.mjs";
import { png } from "../steps/files.mjs";
import { Keys } from "../steps/keys.mjs";

export default async function keyboard(stage) {
    const { anna, jonas } = cast(stage);
    const title = `Order 1042 ${stage.run}`;
    const open = `Warehouse slot ${stage.run}`;
    const dialog = await stage.host.create({ object: ["order", `1042-${stage.run}`], title, people: [anna, jonas] });
    await stage.host.create({ object: ["slot", `7-${stage.run}`], title: open, people: [jonas], scopes: anna.companies });
    for (const line of ["Both boxes are at the depot.", "Gate-in confirmed.", "Cut-off is 18:00."]) await jonas.says(dialog, `<p>${line}</p>`);
    await jonas.says(dialog, "<p>The seal.</p>", { attachments: [await upload(jonas, dialog, png("seal.png"))] });

    const chat = await anna.opens();
    const keys = new Keys(chat);
    await chat.row(title).waitFor();

    await findsAndOpens(keys, chat, title);
    await writesAndSends(keys, chat);
    await walksThroughMessages(keys, chat);
    await looksAtPicture(keys, chat);
    await opensInfo(keys, chat);
    await usesHeaderMenu(keys, chat);
    await searches(keys, chat, title);
    await joins(keys, chat, open);
}

/** From the beginning of the page into the list; arrows go through it, Enter opens. */
async function findsAndOpens(keys, chat, title) {
    const row = chat.row(title).locator("button[data-row-key]");
    const anyRow = chat.list.locator("button[data-row-key]");
    await keys.tabTo(anyRow, "the list");
    await keys.press("End", "the end of the list");
    await keys.press("Home", "the beginning of the list");
    for (let step = 0; step < 40 && !(await row.evaluate((element) => element === document.activeElement)); step += 1) await keys.press("ArrowDown", "down the list");
    await keys.holds(row, "the row of the order");
    await keys.press("Enter", "Enter in the list");
    await chat.timeline.waitFor();
    await chat.sees("The seal.");
}

/** Tab leads to the field; formats by keys; Enter sends. */
async function writesAndSends(keys, chat) {
    await keys.tabTo(chat.field, "the field");
    await keys.page.locator("[contenteditable=true]").waitFor();
    await keys.holds(chat.field, "the rich field");
    await keys.page.keyboard.type("We will be there at ");
    await keys.press("Control+b");
    await keys.page.keyboard.type("five");
    await keys.press("Control+b");
    await keys.press("Enter", "Enter in the field");
    await chat.isSent("We will be there at five");
    const bold = chat.message("We will be there at five").locator("strong");
    expect((await bold.innerText()) === "five", "what is written between two Ctrl+B to be bold");
    await keys.holds(chat.field, "the field after sending");
}

/** Shift+Tab leads to the message where one was, End to the newest one; arrows go through them; Enter opens the menu of one, Esc comes back. */
async function walksThroughMessages(keys, chat) {
    const messages = chat.timeline.getByRole("article");
    await keys.tabTo(messages, "the messages", { back: true });
    await keys.press("End");
    await keys.holds(chat.message("We will be there at five"), "the newest message");
    await keys.press("ArrowUp");
    await keys.holds(chat.message("The seal."), "the message above");
    await keys.press("ArrowUp");
    const message = chat.message("Cut-off is 18:00.");
    await keys.holds(message, "the one above that");
    await keys.press("Enter", "a message's menu");
    const items = chat.page.getByRole("menuitem");
    await items.first().waitFor();
    await keys.holds(items, "an item of the menu");
    await keys.press("ArrowDown");
    await keys.holds(items, "another item of the menu");
    await keys.press("Escape");
    await keys.holds(message, "the message whose menu was open");

    await keys.press("Shift+F10", "the menu by its key");
    await keys.holds(items, "an item of the menu");
    while (!(await chat.page.getByRole("menuitem", { name: "Reply" }).evaluate((item) => item === document.activeElement))) await keys.press("ArrowDown");
    await keys.press("Enter", "Reply");
    await keys.holds(chat.field, "the field for the answer");
    const cancel = chat.page.getByRole("button", { name: /^Cancel/ });
    await cancel.waitFor();
    await keys.press("Escape", "no answer after all");
    await cancel.waitFor({ state: "hidden" });
    await keys.holds(chat.field, "the field");
}

/** The picture of a message opens by Enter, and Esc comes back to it. */
async function looksAtPicture(keys, chat) {
    const picture = chat.timeline.getByRole("button", { name: /^Open seal\.png/ });
    await keys.tabTo(picture, "the picture", { back: true });
    await keys.press("Enter", "the viewer");
    const viewer = chat.dialog("File viewer");
    await viewer.waitFor();
    await keys.press("+", "closer");
    await keys.press("0", "as it was");
    await keys.press("Tab", "within the viewer");
    await keys.press("Escape", "the viewer closes");
    await viewer.waitFor({ state: "hidden" });
    await keys.holds(picture, "the picture that was looked at");
}

/** The info panel opens by its button, and its closing comes back there. */
async function opensInfo(keys, chat) {
    const button = chat.page.locator("header").getByRole("button", { name: /this chat|details/ });
    await keys.tabTo(button, "the info button", { back: true });
    await keys.press("Enter", "the info panel");
    const mail = chat.page.getByRole("heading", { name: "2 participants" }).or(chat.page.getByText("2 participants", { exact: true }));
    await mail.first().waitFor();
    const close = chat.page.locator(".mtchat-layout__info").getByRole("button").first();
    await keys.tabTo(close, "the panel's first button");
    await keys.press("Escape", "the info panel closes");
    await close.waitFor({ state: "hidden" });
    await keys.holds(button, "the button that had opened the panel");
}

async function usesHeaderMenu(keys, chat) {
    const button = chat.button("More actions");
    await keys.tabTo(button, "the header's menu");
    await keys.press("Enter", "the header's menu");
    const items = chat.page.getByRole("menuitem");
    await items.first().waitFor();
    await keys.holds(items, "an item of the header's menu");
    await keys.press("ArrowDown");
    await keys.press("ArrowUp");
    await keys.press("Escape");
    await items.first().waitFor({ state: "hidden" });
    await keys.holds(button, "the button of the menu");
}

/** Ctrl+K, from wherever one is; Esc clears. */
async function searches(keys, chat, title) {
    await keys.press("Control+k");
    await keys.holds(chat.listSearch, "the search");
    await keys.page.keyboard.type("no such order");
    await chat.row(title).waitFor({ state: "hidden" });
    await keys.press("Escape", "the search is cleared");
    await chat.row(title).waitFor();
    expect((await chat.listSearch.inputValue()) === "", "Esc to clear the search");
    await keys.press("Control+k");
}

/** The other tab by an arrow, into a dialog that one may join, and in. */
async function joins(keys, chat, title) {
    await keys.tabTo(chat.tab(/^My/), "the tabs");
    await keys.press("ArrowRight");
    await keys.holds(chat.tab(/^Available/), "the other tab");
    const row = chat.row(title).locator("button[data-row-key]");
    if ((await chat.tab(/^Available/).getAttribute("aria-selected")) !== "true") await keys.press("Enter");
    await row.waitFor();
    await keys.tabTo(chat.list.locator("button[data-row-key]"), "the list of those one may join");
    for (let step = 0; step < 40 && !(await row.evaluate((element) => element === document.activeElement)); step += 1) await keys.press("ArrowDown");
    await keys.press("Enter", "a dialog that one may join");

    const join = chat.page.getByRole("button", { name: "Join the chat" });
    await keys.tabTo(join, "the button to join");
    await keys.press("Enter", "the join dialog");
    const dialog = chat.dialog("Join the chat");
    await dialog.waitFor();
    await keys.press("Escape", "not yet");
    await dialog.waitFor({ state: "hidden" });
    await keys.holds(join, "the button to join, after Esc");
    await keys.press("Enter", "the join dialog again");
    await dialog.waitFor();
    await keys.tabTo(dialog.getByRole("checkbox", { name: /Share my/ }).or(dialog.getByRole("radio")), "what others shall see", { back: true });
    await keys.press("Space", "a choice");
    await keys.tabTo(dialog.getByRole("button", { name: "Join", exact: true }), "the button that joins");
    await chat.page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await chat.field.waitFor();
    await keys.isSeen("after joining");
    await keys.tabTo(chat.field, "the field of the dialog that was joined");
}

async function upload(person, dialog_id, { name, mimeType, buffer }) {
    const { upload_url, s3_key } = await person.call("POST", "/upload/presign", { dialog_id, filename: name, content_type: mimeType, size: buffer.length });
    const answer = await fetch(upload_url, { method: "PUT", headers: { "Content-Type": mimeType }, body: buffer });
    expect(answer.ok, "the store to take a file", answer.status);
    return { s3_key, filename: name, content_type: mimeType, size: buffer.length };
}
