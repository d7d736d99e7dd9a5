// A page of somebody's that has the chat: what they see in it and do with it, by roles and names as a screen reader has them.
import { PATIENCE, expect } from "./stage.mjs";

export class Chat {
    constructor(person, page, settings) {
        Object.assign(this, { person, page, settings, stage: person.stage });
    }

    /** Load the page, also anew. */
    async load(waits = true) {
        await this.page.goto("about:blank");
        await this.page.goto(`${this.stage.site.origin}/host.html#${encodeURIComponent(JSON.stringify(this.settings))}`);
        if (waits) await this.isConnected();
    }

    isConnected() {
        return this.told("connected");
    }

    /** Wait until the component has told this event, after so many of them; the last one comes back. */
    async told(name, before = 0) {
        const events = () => this.page.evaluate((name) => (window.__events ?? []).filter((event) => event.name === name).map(({ at }) => ({ at })), name);
        const found = await this.stage.until(`${this.person.id}'s event ${name}`, async () => {
            const all = await events();
            return all.length > before && all;
        });
        return found.at(-1);
    }

    /** Tell the component something else: `{ props, locale, token … }`; nothing is mounted anew. */
    set(change) {
        return this.page.evaluate((change) => window.__host.set(change), change);
    }

    // The list

    get list() {
        return this.page.getByRole("region", { name: "Chats" });
    }

    /** The row of a dialog with this title. */
    row(title) {
        return this.page.getByRole("listitem").filter({ hasText: title }).filter({ has: this.page.locator("button[data-row-key]") });
    }

    tab(name) {
        return this.page.getByRole("tab", { name });
    }

    get listSearch() {
        return this.page.getByRole("textbox", { name: "Search chats" }).or(this.page.getByRole("searchbox", { name: "Search chats" })).first();
    }

    /** Open a dialog by a click into the list. */
    async open(title) {
        await this.row(title).getByRole("button").first().click();
        await this.timeline.or(this.page.getByRole("button", { name: "Join the chat" })).first().waitFor();
    }

    /** Choose something in a row's menu. */
    async rowAction(title, action) {
        await this.row(title).click({ button: "right" });
        await this.page.getByRole("menuitem", { name: action, exact: true }).click();
    }

    // The messages

    get timeline() {
        return this.page.getByRole("log");
    }

    /** Messages with this text. */
    message(text) {
        return this.timeline.getByRole("article").filter({ hasText: text });
    }

    /** Wait until a message is there and can be seen. */
    async sees(text) {
        await this.message(text).last().waitFor();
        return this.message(text).last();
    }

    /** What is shown, top to bottom. */
    texts() {
        return this.timeline.getByRole("article").evaluateAll((rows) => rows.map((row) => row.querySelector(".mtchat-message__body, .mtchat-body")?.textContent?.trim() ?? row.textContent.trim()));
    }

    /** Choose something in a message's menu. */
    async messageAction(text, action) {
        const message = this.message(text).last();
        await message.scrollIntoViewIfNeeded();
        await message.click({ button: "right" });
        await this.page.getByRole("menuitem", { name: action, exact: true }).click();
    }

    // Writing

    /** The field; the rich editor once it is loaded. */
    get field() {
        return this.page.getByRole("textbox", { name: "Message", exact: true });
    }

    /** The rich editor, which is loaded on demand. */
    async editor() {
        const rich = this.page.locator("[contenteditable=true]").and(this.field);
        // A second click at the same place would be a double one, which selects a word.
        const hasFocus = await this.field.evaluate((field) => field === field.getRootNode().activeElement);
        if (!hasFocus) await this.field.click();
        await rich.waitFor();
        return rich;
    }

    /** Write into the field, key by key. */
    async write(text) {
        await this.editor();
        await this.page.keyboard.type(text);
    }

    /** Write, send by Enter, and wait until the server has it. */
    async send(text) {
        await this.write(text);
        await this.page.keyboard.press("Enter");
        await this.isSent(text);
    }

    async isSent(text) {
        const status = this.message(text).last().getByRole("button", { name: /^(Sent|Read)/ });
        await status.waitFor({ timeout: PATIENCE });
    }

    // Around

    button(name) {
        return this.page.getByRole("button", { name, exact: true });
    }

    dialog(name) {
        return this.page.getByRole("dialog", { name });
    }

    /** Choose something in the header's menu. */
    async headerAction(action) {
        await this.button("More actions").click();
        await this.page.getByRole("menuitem", { name: action, exact: true }).click();
    }

    /** Nothing is wider than the page. */
    async fits() {
        const { inner, scroll } = await this.page.evaluate(() => ({ inner: innerWidth, scroll: document.documentElement.scrollWidth }));
        expect(scroll <= inner, "a page that does not scroll sideways", { inner, scroll });
    }
}
