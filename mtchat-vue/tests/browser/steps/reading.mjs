// What is unread, from where on, and who has read it.
import { expect } from "../stage.mjs";

/** In the list there is something unread, with a badge. */
export async function hasUnread(chat, title, count) {
    await chat.row(title).getByText(`${count} unread message${count === 1 ? "" : "s"}`).waitFor({ state: "attached" });
}

/** In the list one sees that one is meant, and finds it by the filter. */
export async function isMentioned(chat, title, other) {
    await chat.row(title).getByRole("img", { name: "You were mentioned" }).waitFor();
    await chat.button("Mentions").click();
    await chat.row(other).waitFor({ state: "detached" });
    await chat.row(title).waitFor();
    await chat.button("All").click();
    await chat.row(other).waitFor();
}

/** It opens at what is new. */
export async function opensAtDivider(chat, title, firstUnread) {
    await chat.open(title);
    const divider = chat.page.getByRole("separator", { name: "New messages" });
    await divider.waitFor();
    const message = await chat.sees(firstUnread);
    const [line, row] = [await divider.boundingBox(), await message.boundingBox()];
    expect(line.y < row.y, "the divider above the first unread message", { line, row });
}

/** The badge goes once it has been looked at. */
export async function isRead(chat, title) {
    const badge = chat.row(title).getByText(/unread message/);
    await badge.waitFor({ state: "detached" });
}

/** The double check, and behind it who has read it, by company. */
export async function seesReader(chat, text, name, company) {
    const mark = chat.message(text).last().getByRole("button", { name: new RegExp(`^Read: .*${company} — ${name}`) });
    await mark.click();
    const dialog = chat.dialog("Who has read it");
    await dialog.getByRole("heading", { name: company }).waitFor();
    await dialog.getByText(name, { exact: true }).waitFor();
    await chat.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
}
