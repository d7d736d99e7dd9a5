import { enableAutoUnmount, type VueWrapper } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import { ApiError } from "@mtchat/client";
import { aConfig, aDialog, aMessage, anOutboxEntry, rowsOf } from "../testing/fixtures.js";
import { StoryClient } from "../testing/story-client.js";
import { mountRoot } from "./testing.js";

enableAutoUnmount(afterEach);

const first = aDialog({ title: "First" });
const second = aDialog({ title: "Second" });
const joinable = aDialog({ title: "Joinable", i_am_participant: false });
const ORDER = { objectType: first.object_type, objectId: first.object_id };

const withDialogs = () => new StoryClient({ dialogs: [first, second], available: [joinable] });
const settled = async () => {
    for (let turn = 0; turn < 8; turn += 1) await nextTick();
};
/** With what an event was told, each time. */
const told = (wrapper: VueWrapper, event: string) => (wrapper.emitted<[unknown]>(event) ?? []).map(([payload]) => payload);

describe("the root", () => {
    it("has the classes that hosts style by", async () => {
        const { wrapper } = mountRoot({ theme: "night" });
        expect(wrapper.classes()).toEqual(expect.arrayContaining(["mtchat", "mtchat--night", "mtchat--desktop", "mtchat--view-list"]));
        expect(wrapper.classes()).not.toContain("mtchat--info-open");
        await wrapper.setProps({ theme: "dark" });
        expect(wrapper.classes()).toContain("mtchat--dark");
        expect(wrapper.classes()).not.toContain("mtchat--night");
    });

    it("changes theme, language and words without a remount", async () => {
        const { wrapper, clients } = mountRoot({ config: aConfig({ locale: "en" }) });
        await wrapper.setProps({ theme: "dark", config: aConfig({ locale: "zh" }), token: "new" });
        expect(wrapper.attributes("lang")).toBe("zh");
        await wrapper.setProps({ config: aConfig({ locale: "tlh" }), messages: { tlh: { header: { emptyTitle: "nuqneH" } } } });
        expect(wrapper.attributes("lang")).toBe("tlh");
        expect(wrapper.text()).toContain("nuqneH");
        expect(clients).toHaveLength(1);
    });

    it.each([
        ["user", { userId: "bob" }],
        ["server", { baseUrl: "https://other.example" }],
    ])("begins anew for another %s", async (_, change) => {
        const root = mountRoot({}, { client: withDialogs });
        await root.chat.selectDialog(first.id);
        await root.wrapper.setProps({ config: aConfig(change) });
        await settled();
        expect(root.clients).toHaveLength(2);
        expect(root.clients[0]!.wanted("close")).toHaveLength(1);
        expect(root.chat.currentDialog).toBeNull();
        expect(root.chat.mobileView).toBe("list");
    });

    it("goes on when only other things of the configuration change", async () => {
        const { wrapper, clients } = mountRoot();
        await wrapper.setProps({ config: aConfig({ scopeConfig: { tenant_uid: "x" }, onConnect: () => {} }) });
        expect(clients).toHaveLength(1);
    });

    it("closes what it has made", () => {
        const { wrapper, client } = mountRoot();
        wrapper.unmount();
        expect(client.wanted("close")).toHaveLength(1);
    });

    it.each([
        [{ showSidebar: false }, ".mtchat-layout__list", false],
        [{ mode: "inline" as const }, ".mtchat-layout__list", false],
        [{}, ".mtchat-layout__list", true],
        [{ mode: "inline" as const, ...ORDER }, ".mtchat-header", true],
        [{ mode: "inline" as const, ...ORDER, showHeader: false }, ".mtchat-header", false],
    ])("with %o: %s is there: %s", async (props, selector, is) => {
        const { wrapper } = mountRoot(props, { client: withDialogs });
        await settled();
        expect(wrapper.find(selector).exists()).toBe(is);
    });
});

describe("selection", () => {
    it("is told at once, with the dialog", async () => {
        const { wrapper, chat } = mountRoot({}, { client: withDialogs });
        void chat.selectDialog(second.id);
        expect(told(wrapper, "dialog-selected")).toEqual([second]);
        expect(chat.currentDialog).toEqual(second);
        await nextTick();
        expect(wrapper.find("[role=log]").exists()).toBe(true);
    });

    it("by the host opens it once, and not again", async () => {
        const { wrapper, client, chat } = mountRoot({ dialogId: first.id }, { client: withDialogs });
        await settled();
        await wrapper.setProps({ config: aConfig({ locale: "ru" }), dialogId: first.id });
        await chat.selectDialog(first.id);
        expect(client.wanted("open")).toEqual([[first.id]]);
        expect(told(wrapper, "dialog-selected")).toEqual([first]);
        await wrapper.setProps({ dialogId: second.id });
        expect(told(wrapper, "dialog-selected")).toEqual([first, second]);
    });

    it("of one that is not in the list is told as soon as it is known", async () => {
        const far = aDialog({ title: "Far" });
        const { wrapper, chat } = mountRoot({}, { client: () => new StoryClient({}, { dialog: async () => far }) });
        await chat.selectDialog(far.id);
        await settled();
        expect(told(wrapper, "dialog-selected")).toEqual([far]);
    });

    it("is not told in inline mode", async () => {
        const { wrapper, chat } = mountRoot({ mode: "inline", ...ORDER }, { client: withDialogs });
        await settled();
        expect(chat.currentDialog).not.toBeNull();
        expect(told(wrapper, "dialog-selected")).toEqual([]);
    });

    it("ends when the dialog is gone", async () => {
        const { client, chat, wrapper } = mountRoot({}, { client: withDialogs });
        client.answers.dialog = () => Promise.reject(new ApiError("DIALOG_NOT_FOUND", 404, "no such dialog"));
        await chat.selectDialog(first.id);
        client.set({ dialogs: [second] }, [{ dialog_gone: first.id }]);
        await settled();
        expect(chat.currentDialog).toBeNull();
        expect(wrapper.find(".mtchat-placeholder").exists()).toBe(true);
    });

    it("stays while a dialog goes from one list to the other", async () => {
        const { client, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(joinable.id);
        client.set({ available: [] });
        await settled();
        client.set({ dialogs: [{ ...joinable, i_am_participant: true, can_join: false }] });
        await settled();
        expect(chat.currentDialog?.i_am_participant).toBe(true);
    });
});

describe("inline mode", () => {
    it("says that the object has no chat, and opens one that comes", async () => {
        const { wrapper, client, chat } = mountRoot({ mode: "inline", ...ORDER });
        expect(wrapper.find(".mtchat-placeholder").exists()).toBe(false);
        await settled();
        expect(wrapper.find(".mtchat-placeholder").exists()).toBe(true);
        client.set({ dialogs: [first] });
        await settled();
        expect(chat.currentDialog).toEqual(first);
        expect(wrapper.classes()).toEqual(expect.arrayContaining(["mtchat--inline", "mtchat--view-chat"]));
    });

    it("becomes a whole chat and back", async () => {
        const { wrapper, chat } = mountRoot({ mode: "inline", ...ORDER }, { client: withDialogs });
        await settled();
        const open = chat.currentDialog;
        await wrapper.setProps({ mode: "full" });
        expect(wrapper.find(".mtchat-layout__list").exists()).toBe(true);
        expect(chat.currentDialog).toEqual(open);
    });
});

describe("who may not read yet", () => {
    it("is asked to join, and the host hears of it", async () => {
        const { wrapper, client, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(joinable.id);
        expect(wrapper.find(".mtchat-join-screen").exists()).toBe(true);
        expect(wrapper.find(".composer").exists()).toBe(false);
        await chat.joinDialog(joinable.id);
        expect(client.wanted("join")[0]).toEqual([joinable.id, expect.objectContaining({ display_name: "Anna Keller", company: "Northwind Freight" })]);
        expect(told(wrapper, "dialog-joined")).toEqual([joinable.id]);
    });

    it("leaves, and the chat closes", async () => {
        const { wrapper, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(first.id);
        await chat.leaveDialog(first.id);
        expect(told(wrapper, "dialog-left")).toEqual([first.id]);
        expect(chat.currentDialog).toBeNull();
    });
});

describe("events", () => {
    it("tell the connection", async () => {
        const { wrapper, client } = mountRoot({}, { client: () => new StoryClient({ connection: "connecting" }) });
        client.set({ connection: "connected" });
        await nextTick();
        client.set({ connection: "waiting" });
        await nextTick();
        expect(told(wrapper, "connected")).toHaveLength(1);
        expect(told(wrapper, "disconnected")).toHaveLength(1);
    });

    it("tell what goes wrong", () => {
        vi.spyOn(console, "error").mockImplementation(() => {});
        const { wrapper, client } = mountRoot();
        const error = new Error("storage") as never;
        client.fail(error);
        expect(told(wrapper, "error")).toEqual([error]);
        vi.restoreAllMocks();
    });

    it("tell a message when the server has it", async () => {
        const { wrapper, client, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(first.id);
        const entry = anOutboxEntry({ dialog: first.id });
        client.answers.send = async () => entry.id;
        client.show(first.id, rowsOf(entry));
        await chat.sendMessage("Hi");
        expect(told(wrapper, "message-sent")).toEqual([]);
        const message = aMessage({ id: entry.id, dialog_id: first.id, sender_id: "anna" });
        client.show(first.id, rowsOf(message));
        expect(told(wrapper, "message-sent")).toEqual([message]);
    });

    it("tell a message of a chat that was left meanwhile as it was sent", async () => {
        const { wrapper, client, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(first.id);
        const entry = anOutboxEntry({ dialog: first.id, content: "Bye" });
        client.answers.send = async () => entry.id;
        client.show(first.id, rowsOf(entry));
        await chat.sendMessage("Bye");
        client.set({ timelines: new Map() });
        expect(told(wrapper, "message-sent")).toMatchObject([{ id: entry.id, content: "Bye", sender_id: "anna" }]);
    });

    it("do not tell a message that was given up", async () => {
        const { wrapper, client, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(first.id);
        const entry = anOutboxEntry({ dialog: first.id, state: { failed: "FORBIDDEN" } });
        client.answers.send = async () => entry.id;
        client.show(first.id, rowsOf(entry));
        await chat.sendMessage("Hi");
        client.show(first.id, []);
        client.set({ timelines: new Map() });
        expect(told(wrapper, "message-sent")).toEqual([]);
    });

    it("tell what the composer has sent", async () => {
        const { wrapper, client, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(first.id);
        const message = aMessage({ dialog_id: first.id });
        client.show(first.id, rowsOf(message));
        wrapper.findComponent({ name: "Composer" }).vm.$emit("sent", message.id);
        expect(told(wrapper, "message-sent")).toEqual([message]);
    });
});

describe("links to objects", () => {
    const navigate = ".mtchat-header button.mtchat-header__object";

    it("are the host's where it wants them, also without an address", async () => {
        const bare = aDialog({ object_url: null });
        const { wrapper, chat } = mountRoot({ interceptObjectNavigation: true }, { client: () => new StoryClient({ dialogs: [bare] }) });
        await chat.selectDialog(bare.id);
        await wrapper.find(navigate).trigger("click");
        expect(told(wrapper, "object-navigate")).toMatchObject([{ dialog: { id: bare.id }, originalEvent: { type: "click" } }]);
    });

    it("are links in inline mode", async () => {
        const { wrapper } = mountRoot({ interceptObjectNavigation: true, mode: "inline", ...ORDER }, { client: withDialogs });
        await settled();
        expect(wrapper.find(navigate).exists()).toBe(false);
    });
});

describe("the info panel", () => {
    it("opens, and closes by Escape", async () => {
        const { wrapper, chat } = mountRoot({}, { client: withDialogs });
        chat.toggleInfoPanel();
        await nextTick();
        expect(wrapper.find(".mtchat-layout__info").exists()).toBe(false);
        chat.toggleInfoPanel();
        await chat.selectDialog(first.id);
        chat.toggleInfoPanel();
        await nextTick();
        expect(wrapper.classes()).toEqual(expect.arrayContaining(["mtchat--info-open", "mtchat--view-info"]));
        await wrapper.find(".mtchat-layout__chat").trigger("keydown", { key: "Escape" });
        expect(wrapper.classes()).not.toContain("mtchat--info-open");
    });

    it("leaves Escape to who is writing", async () => {
        const { wrapper, chat } = mountRoot({}, { client: withDialogs });
        await chat.selectDialog(first.id);
        chat.toggleInfoPanel();
        await nextTick();
        await wrapper.find("input").trigger("keydown", { key: "Escape" });
        expect(wrapper.classes()).toContain("mtchat--info-open");
    });

    it("has no header where the chat has none", async () => {
        const { wrapper, chat } = mountRoot({ showHeader: false }, { client: withDialogs });
        await chat.selectDialog(first.id);
        chat.toggleInfoPanel();
        await nextTick();
        expect(wrapper.find(".mtchat-info").exists()).toBe(true);
        expect(wrapper.find(".mtchat-info__header").exists()).toBe(false);
    });
});

describe("slots", () => {
    it.each(["sidebar-action", "messages-empty", "composer-actions"])("%s has its place", async (name) => {
        const { wrapper, chat } = mountRoot({}, { client: withDialogs, slots: { [name]: "<b class='mine'>mine</b>" } });
        await chat.selectDialog(first.id);
        expect(wrapper.find(".mine").exists()).toBe(true);
    });
});

describe("what a host sees and does", () => {
    it("are all members of the contract", () => {
        const { chat } = mountRoot();
        const fields = ["client", "messages", "participatingDialogs", "availableDialogs", "archivedDialogs", "currentDialog", "isConnected", "isLoading", "mobileView"];
        for (const field of fields) expect(chat[field as never], field).not.toBeUndefined();
        const methods = [
            "selectDialog", "loadDialogs", "loadDialogsByObject", "loadArchivedDialogsByObject", "sendMessage", "joinDialog", "leaveDialog",
            "archiveDialog", "unarchiveDialog", "pinDialog", "unpinDialog", "toggleNotifications", "goBack", "toggleInfoPanel",
        ];
        for (const method of methods) expect(chat[method as never], method).toBeTypeOf("function");
    });

    it("shows lists and messages as plain values", async () => {
        const { client, chat } = mountRoot({}, { client: withDialogs });
        const message = aMessage({ dialog_id: first.id });
        await chat.selectDialog(first.id);
        client.show(first.id, rowsOf(message, anOutboxEntry({ dialog: first.id, content: "soon" })));
        expect(chat.participatingDialogs.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
        expect(chat.messages).toMatchObject([{ id: message.id }, { content: "soon", sender_id: "anna" }]);
        expect(chat.isConnected).toBe(true);
    });
});
