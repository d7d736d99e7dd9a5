import type { ClientState, DialogItemView } from "@mtchat/client";
import { flushPromises, mount } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CHAT_KEY } from "../chat/types.js";
import { createI18n, I18N_KEY } from "../i18n/i18n.js";
import { aDialog, anId, at, PEOPLE, type Person } from "../testing/fixtures.js";
import { storyChat, StoryClient, type Answers } from "../testing/story-client.js";
import DialogList from "./DialogList.vue";

const SCREEN = 720;
const ROW = 72;

beforeEach(() => {
    // Without a layout nothing has a height, and what has none is not shown.
    const height = (element: HTMLElement) => (element.hasAttribute("data-index") ? ROW : SCREEN);
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockImplementation(function (this: HTMLElement) {
        return height(this);
    });
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(SCREEN);
    vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(320);
});
let unmount = () => {};
afterEach(() => {
    unmount();
    vi.restoreAllMocks();
    vi.useRealTimers();
});

function said(content: string, sender: Person = PEOPLE.jonas): Partial<DialogItemView> {
    const last_message = { id: anId(), content, sender_id: sender.id, sender_name: sender.name, sent_at: at(0), message_type: "user" as const };
    return { last_message, last_message_at: last_message.sent_at };
}

async function list(state: Partial<ClientState> = {}, props: InstanceType<typeof DialogList>["$props"] = {}, answers: Answers = {}, slots = {}) {
    const client = new StoryClient(state, answers);
    const wrapper = mount(DialogList, {
        props,
        slots,
        attachTo: document.body,
        global: { provide: { [CHAT_KEY as symbol]: storyChat(client), [I18N_KEY as symbol]: createI18n({ locale: "en" }) } },
    });
    unmount = () => wrapper.unmount();
    await flushPromises();
    const rows = () => wrapper.findAll(".mtchat-rows__button");
    const titles = () => wrapper.findAll(".mtchat-dialog-row__title").map((title) => title.text());
    const row = (title: string) => rows().find((one) => one.text().includes(title))!;
    const button = (text: string) => wrapper.findAll("button").find((one) => one.text().includes(text))!;
    const menu = () => wrapper.findAll("[role=menuitem]").map((item) => item.text());
    return { client, wrapper, rows, titles, row, button, menu };
}

describe("a row", () => {
    it("says whom it is with, what was said last and what is unread", async () => {
        const dialog = aDialog({ title: "Hamburg", unread_count: 120, is_pinned: true, notifications_enabled: false, ...said("<p>Gate-in <b>done</b></p>") });
        const { row } = await list({ dialogs: [dialog] });
        const text = row("Hamburg").text();
        expect(text).toContain("Altona Logistik, Солнечный порт");
        expect(text).not.toContain("Northwind Freight");
        expect(text).toContain("Altona Logistik: Gate-in done");
        expect(text).toContain("99+");
        expect(text).toContain("120 unread messages");
        expect(row("Hamburg").find("[aria-label='Pinned']").exists()).toBe(true);
        expect(row("Hamburg").find("[aria-label='Notifications off']").exists()).toBe(true);
        expect(row("Hamburg").find("time").attributes("datetime")).toBe(at(0));
    });

    it("is called after its object without a title, and says of one's own messages that they are", async () => {
        const { row } = await list({ dialogs: [aDialog({ title: null, ...said("Thanks", PEOPLE.anna) })] });
        expect(row("order/1042").text()).toContain("You: Thanks");
    });

    it("shows a draft, but not of the dialog that is open, and typing above all", async () => {
        const dialog = aDialog({ id: "d", title: "Hamburg", ...said("Old") });
        const { wrapper, row, client } = await list({ dialogs: [dialog], drafts: new Map([["d", "<p>Dear all</p>"]]) });
        expect(row("Hamburg").text()).toContain("Draft: Dear all");
        await wrapper.setProps({ selectedId: "d" });
        expect(row("Hamburg").text()).toContain("Altona Logistik: Old");
        client.set({ typing: new Map([["d", ["jonas"]]]) });
        await flushPromises();
        expect(row("Hamburg").text()).toContain("Jonas Brandt is typing…");
    });

    it("tells of a mention that was not read", async () => {
        const content = `<span data-type="mention" data-id="anna" class="mtchat-mention">@Anna</span> please`;
        const { rows } = await list({ dialogs: [aDialog({ unread_count: 1, ...said(content) }), aDialog({ unread_count: 0, ...said(content) })] });
        expect(rows().map((one) => one.find("[aria-label='You were mentioned']").exists()).sort()).toEqual([false, true]);
    });

    it("shows text as text, whatever it is", async () => {
        const { wrapper, row } = await list({ dialogs: [aDialog({ title: "<img src=x>", ...said("&lt;b&gt;x&lt;/b&gt;") })] });
        expect(row("<img src=x>").text()).toContain("<b>x</b>");
        expect(wrapper.find("img").exists()).toBe(false);
    });
});

describe("choosing", () => {
    it("tells which dialog, and shows the one that is open", async () => {
        const [a, b] = [aDialog({ title: "Kiel" }), aDialog({ title: "Bremen" })];
        const { wrapper, row } = await list({ dialogs: [a, b] }, { selectedId: b.id });
        expect(row("Bremen").attributes("aria-current")).toBe("true");
        expect(row("Kiel").attributes("aria-current")).toBeUndefined();
        await row("Kiel").trigger("click");
        expect(wrapper.emitted("select")).toEqual([[a]]);
    });

    it("goes by arrow keys, Home and End, one row within reach of Tab", async () => {
        const dialogs = Array.from({ length: 50 }, (_, index) => aDialog({ title: `Dialog ${index}`, last_message_at: at(-index) }));
        const { wrapper, rows } = await list({ dialogs });
        const press = async (key: string) => {
            await wrapper.find("[data-row-key]:focus, [data-row-key][tabindex='0']").trigger("keydown", { key });
            await flushPromises();
            return document.activeElement?.textContent ?? "";
        };
        (rows()[0]!.element as HTMLElement).focus();
        expect(await press("ArrowDown")).toContain("Dialog 1");
        expect(await press("ArrowDown")).toContain("Dialog 2");
        expect(await press("ArrowUp")).toContain("Dialog 1");
        expect(wrapper.findAll("[data-row-key][tabindex='0']")).toHaveLength(1);
        expect(await press("Home")).toContain("Dialog 0");
        expect(await press("ArrowUp")).toContain("Dialog 0");
        expect(await press("End")).toContain("Archived");
    });

    it("keeps few rows in the page, however many there are", async () => {
        const dialogs = Array.from({ length: 5_000 }, (_, index) => aDialog({ title: `Dialog ${index}` }));
        const { rows } = await list({ dialogs });
        expect(rows().length).toBeGreaterThan(5);
        expect(rows().length).toBeLessThan(40);
        expect(rows()[0]!.element.parentElement!.getAttribute("aria-setsize")).toBe("5000");
    });
});

describe("the row menu", () => {
    it("opens by right click, and does what is chosen", async () => {
        const dialog = aDialog({ title: "Hamburg" });
        const { row, menu, client, button } = await list({ dialogs: [dialog] });
        await row("Hamburg").trigger("contextmenu", { clientX: 20, clientY: 20 });
        await flushPromises();
        expect(menu()).toEqual(["Pin", "Turn notifications off", "Archive"]);
        await button("Pin").trigger("click");
        expect(client.wanted("pin")).toEqual([[dialog.id]]);
    });

    it.each([{ key: "ContextMenu" }, { key: "F10", shiftKey: true }])("opens by key: %j", async (key) => {
        const { row, menu } = await list({ dialogs: [aDialog({ title: "Hamburg", is_pinned: true, notifications_enabled: false })] });
        await row("Hamburg").trigger("keydown", key);
        await flushPromises();
        expect(menu()).toEqual(["Unpin", "Turn notifications on", "Archive"]);
    });

    it("has no pin for what is archived", async () => {
        const archived = aDialog({ title: "Old", is_archived: true });
        const { row, menu, button } = await list({ dialogs: [archived] }, {}, { dialogs: async () => ({ dialogs: [archived] }) });
        await button("Archived").trigger("click");
        await flushPromises();
        await row("Old").trigger("contextmenu", { clientX: 1, clientY: 1 });
        await flushPromises();
        expect(menu()).toEqual(["Turn notifications off", "Restore from archive"]);
    });

    it("is there for participants only, and not at all where it is not wanted", async () => {
        const { button, row, menu } = await list({ available: [aDialog({ title: "Open", i_am_participant: false })] });
        await button("Available").trigger("click");
        await flushPromises();
        await row("Open").trigger("contextmenu", { clientX: 1, clientY: 1 });
        await flushPromises();
        expect(menu()).toEqual([]);
        unmount();
        const plain = await list({ dialogs: [aDialog({ title: "Mine" })] }, { showContextMenu: false });
        await plain.row("Mine").trigger("contextmenu", { clientX: 1, clientY: 1 });
        await flushPromises();
        expect(plain.menu()).toEqual([]);
    });

    it("says that something did not work", async () => {
        const { row, button, wrapper } = await list({ dialogs: [aDialog({ title: "Hamburg" })] }, {}, { pin: () => Promise.reject(new Error("no")) });
        await row("Hamburg").trigger("contextmenu", { clientX: 1, clientY: 1 });
        await flushPromises();
        await button("Pin").trigger("click");
        await flushPromises();
        expect(wrapper.find("[role=alert]").text()).toContain("That did not work");
    });
});

describe("tabs and filters", () => {
    it("count what is in them", async () => {
        const { wrapper } = await list({ dialogs: [aDialog(), aDialog()], moreDialogs: true, available: [aDialog({ i_am_participant: false })] });
        expect(wrapper.findAll("[role=tab]").map((tab) => tab.text())).toEqual(["My2+", "Available1"]);
    });

    it("show what may be joined, or nothing of the kind", async () => {
        const { button, titles, wrapper } = await list({ dialogs: [aDialog({ title: "Mine" })], available: [aDialog({ title: "Open", i_am_participant: false })] });
        expect(titles()).toEqual(["Mine"]);
        await button("Available").trigger("click");
        await flushPromises();
        expect(titles()).toEqual(["Open"]);
        await wrapper.setProps({ showTabs: false });
        await flushPromises();
        expect(wrapper.find("[role=tab]").exists()).toBe(false);
        expect(titles()).toEqual(["Mine"]);
    });

    it("show what is unread only, and lead back", async () => {
        const state = { dialogs: [aDialog({ title: "Read" }), aDialog({ title: "New", unread_count: 2 })], unread: { messages: 2, dialogs: 1 } };
        const { button, titles, client, wrapper } = await list(state);
        expect(button("Unread").text()).toBe("Unread1");
        await button("Unread").trigger("click");
        await flushPromises();
        expect(titles()).toEqual(["New"]);
        expect(button("Unread").attributes("aria-pressed")).toBe("true");
        client.set({ dialogs: [aDialog({ title: "Read" })] });
        await flushPromises();
        expect(wrapper.text()).toContain("All read");
        await button("Show all").trigger("click");
        await flushPromises();
        expect(titles()).toEqual(["Read"]);
    });
});

describe("the search", () => {
    const found = aDialog({ title: "Hamburg" });

    it("asks when nobody types any more, and Esc ends it", async () => {
        const { wrapper, client, titles } = await list({ dialogs: [found, aDialog({ title: "Rotterdam" })] }, {}, { dialogs: async () => ({ dialogs: [found] }) });
        vi.useFakeTimers();
        const field = wrapper.find("input");
        await field.setValue("ham");
        await field.setValue("hamb");
        vi.advanceTimersByTime(299);
        expect(client.wanted("dialogs")).toHaveLength(0);
        vi.advanceTimersByTime(1);
        await flushPromises();
        expect(client.wanted("dialogs").length).toBeGreaterThan(0);
        expect(JSON.stringify(client.wanted("dialogs"))).toContain("hamb");
        expect(titles()).toEqual(["Hamburg"]);
        await field.trigger("keydown", { key: "Escape" });
        await flushPromises();
        expect((field.element as HTMLInputElement).value).toBe("");
        expect(titles()).toHaveLength(2);
    });

    it("finds what is archived", async () => {
        const archived = aDialog({ title: "Hamburg, old", is_archived: true });
        const { wrapper, titles } = await list({ dialogs: [found] }, {}, { dialogs: async () => ({ dialogs: [found, archived] }) });
        vi.useFakeTimers();
        await wrapper.find("input").setValue("ham");
        vi.advanceTimersByTime(300);
        await flushPromises();
        expect(titles()).toEqual(["Hamburg", "Hamburg, old"]);
    });

    it("says that nothing was found, and is cleared from there", async () => {
        const { wrapper, button, titles } = await list({ dialogs: [found] });
        vi.useFakeTimers();
        await wrapper.find("input").setValue("zzz");
        vi.advanceTimersByTime(300);
        await flushPromises();
        expect(wrapper.find("[role=status]").text()).toContain("Nothing found");
        expect(wrapper.text()).toContain("zzz");
        await button("Clear search").trigger("click");
        await flushPromises();
        expect(titles()).toEqual(["Hamburg"]);
    });

    it("has the host's placeholder, gets the focus, and is left downwards", async () => {
        const { wrapper, row } = await list({ dialogs: [found] }, { searchPlaceholder: "Find a shipment" });
        const field = wrapper.find("input");
        expect(field.attributes("placeholder")).toBe("Find a shipment");
        (wrapper.vm as unknown as { focusSearch(): void }).focusSearch();
        expect(document.activeElement).toBe(field.element);
        await field.trigger("keydown", { key: "ArrowDown" });
        await flushPromises();
        expect(document.activeElement).toBe(row("Hamburg").element);
        await wrapper.setProps({ showSearch: false });
        expect(wrapper.find("input").exists()).toBe(false);
    });
});

describe("loading", () => {
    it("never looks like «empty»", async () => {
        const { wrapper, client } = await list({ fresh: false });
        expect(wrapper.find("[role=status]").text()).toContain("Loading chats");
        expect(wrapper.text()).not.toContain("No chats yet");
        client.set({ fresh: true });
        await flushPromises();
        expect(wrapper.text()).toContain("No chats yet");
    });

    it("goes on before the end of what is there", async () => {
        const dialogs = Array.from({ length: 12 }, () => aDialog());
        const { client } = await list({ dialogs, moreDialogs: true });
        expect(client.wanted("moreDialogs").length).toBeGreaterThan(0);
    });

    it("waits while the end is far", async () => {
        const dialogs = Array.from({ length: 200 }, () => aDialog());
        const { client } = await list({ dialogs, moreDialogs: true });
        expect(client.wanted("moreDialogs")).toHaveLength(0);
    });

    it("goes on while what comes is not enough, and not without anything coming", async () => {
        const { client } = await list({ dialogs: [aDialog()], moreDialogs: true });
        expect(client.wanted("moreDialogs")).toHaveLength(1);
        client.set({ dialogs: [...client.state.dialogs, aDialog()] });
        await flushPromises();
        expect(client.wanted("moreDialogs")).toHaveLength(2);
        client.set({ dialogs: [...client.state.dialogs, aDialog()], moreDialogs: false });
        await flushPromises();
        expect(client.wanted("moreDialogs")).toHaveLength(2);
    });

    it("says that it failed, and tries again when asked to", async () => {
        const found = aDialog({ title: "Hamburg" });
        let isBroken = true;
        const dialogs = async () => {
            if (isBroken) throw new Error("no network");
            return { dialogs: [found] };
        };
        const { wrapper, button, titles } = await list({}, { object: { type: "order", id: "1042" } }, { dialogs, dialogsOfObject: async () => (await dialogs()).dialogs });
        expect(wrapper.find("[role=alert]").text()).toContain("could not be loaded");
        isBroken = false;
        await button("Try again").trigger("click");
        await flushPromises();
        expect(titles()).toEqual(["Hamburg"]);
    });

    it("reads the archive when it is opened, once", async () => {
        const archived = aDialog({ title: "Old", is_archived: true });
        const { button, titles, client } = await list({ dialogs: [aDialog({ title: "New" })] }, {}, { dialogs: async () => ({ dialogs: [archived] }) });
        expect(client.wanted("dialogs")).toHaveLength(0);
        expect(button("Archived").attributes("aria-expanded")).toBe("false");
        await button("Archived").trigger("click");
        await flushPromises();
        expect(button("Archived").attributes("aria-expanded")).toBe("true");
        expect(titles()).toEqual(["New", "Old"]);
        await button("Archived").trigger("click");
        await button("Archived").trigger("click");
        await flushPromises();
        expect(client.wanted("dialogs")).toHaveLength(1);
    });
});

describe("slots", () => {
    it("take the place of rows and words, and stand beside the search", async () => {
        const slots = {
            "sidebar-action": "<button id='new'>New</button>",
            row: `<template #row="{ dialog, selected }"><b>{{ dialog.title }}:{{ selected }}</b></template>`,
            empty: `<template #empty="{ kind }"><i>{{ kind }}</i></template>`,
        };
        const dialog = aDialog({ title: "Hamburg" });
        const { wrapper, client, row } = await list({ dialogs: [dialog] }, { selectedId: dialog.id, showSearch: false }, {}, slots);
        expect(wrapper.find("#new").exists()).toBe(true);
        expect(row("Hamburg").find("b").text()).toBe("Hamburg:true");
        client.set({ dialogs: [] });
        await flushPromises();
        expect(wrapper.find("i").text()).toBe("empty");
    });
});
