import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextTick } from "vue";
import { aConfig, aDialog, aMessage, anOutboxEntry, aParticipant, PEOPLE, rowsOf } from "../../testing/fixtures.js";
import { inScope, StoryClient, storyChat } from "../../testing/story-client.js";
import { MTChatApi } from "../api.js";
import { useChat, type UseChatOptions, type UseChatReturn } from "./index.js";

const made = vi.hoisted(() => ({ client: null as unknown, options: null as unknown }));
vi.mock(import("../../chat/index.js"), async (original) => ({
    ...(await original()),
    createChat: ((_: unknown, options: unknown) => {
        made.options = options;
        return storyChat(made.client as StoryClient);
    }) as never,
}));

const order = aDialog({ title: "Order", object_type: "order", object_id: "7", last_message_at: "2026-11-02T00:00:00Z" });
const tender = aDialog({ title: "Tender", object_type: "tender", object_id: "1", last_message_at: "2026-11-01T00:00:00Z" });
const joinable = aDialog({ title: "Joinable", i_am_participant: false });

let client: StoryClient;
let chat: UseChatReturn & { stop(): void };
beforeEach(() => {
    client = new StoryClient({ dialogs: [order, tender], available: [joinable] });
    client.answers.open = (dialog) => {
        if (!client.state.timelines.has(dialog)) client.show(dialog, []);
        return { dialog, close: () => undefined };
    };
    made.client = client;
});
afterEach(() => chat.stop());

function use(options: Partial<UseChatOptions> = {}): void {
    chat = inScope(() => useChat({ config: aConfig(), ...options }));
}

const settled = async () => {
    for (let turn = 0; turn < 8; turn += 1) await nextTick();
};

describe("useChat: dialogs", () => {
    it("lists one's own, and those that one may join", async () => {
        use();
        expect(chat.participatingDialogs.value.map(({ title }) => title)).toEqual(["Order", "Tender"]);
        await chat.loadAvailableDialogs();
        expect(chat.availableDialogs.value.map(({ title }) => title)).toEqual(["Joinable"]);
    });

    it("connects at once unless it is not to", () => {
        use({ autoConnect: false });
        expect(made.options).toMatchObject({ autoConnect: false });
        void chat.connect();
        chat.disconnect();
        expect(client.wants.map(({ what }) => what)).toEqual(expect.arrayContaining(["connect", "disconnect"]));
    });

    it("opens one, and is there when it is", async () => {
        use();
        const opening = chat.selectDialog(order.id);
        expect(chat.currentDialog.value).toEqual(order);
        await opening;
        expect(chat.isLoadingMessages.value).toBe(false);
        await chat.selectDialog(null);
        expect(chat.currentDialog.value).toBeNull();
    });

    it("does not wait for what can not come", async () => {
        client.answers.open = undefined;
        use();
        client.set({ connection: "offline" });
        await expect(chat.selectDialog(order.id)).resolves.toBeUndefined();
    });

    it("opens the dialog it is made for", async () => {
        use({ dialogId: tender.id });
        expect(chat.currentDialog.value).toEqual(tender);
        chat.stop();
        client.answers.dialogOfObject = async () => order;
        use({ mode: "inline", objectType: "order", objectId: "7" });
        await settled();
        expect(chat.currentDialog.value).toEqual(order);
    });

    it("opens the newest of an object, if there is one", async () => {
        use();
        client.answers.dialogOfObject = async (type) => (type === "tender" ? tender : null);
        await expect(chat.loadDialogByObject("tender", "1")).resolves.toEqual(tender);
        expect(chat.currentDialog.value).toEqual(tender);
        await expect(chat.loadDialogByObject("order", "0")).resolves.toBeNull();
        expect(chat.currentDialog.value).toEqual(tender);
    });

    it("lists those of an object only, on demand", async () => {
        client.answers.dialogsOfObject = async () => [order];
        use();
        await chat.loadDialogsByObject("order", "7");
        await settled();
        expect(chat.participatingDialogs.value.map(({ title }) => title)).toEqual(["Order"]);
    });

    it("searches", async () => {
        use();
        client.answers.dialogs = async () => ({ dialogs: [tender] });
        chat.setSearchQuery("tend");
        await settled();
        expect(chat.searchQuery.value).toBe("tend");
        expect(chat.participatingDialogs.value.map(({ title }) => title)).toEqual(["Tender"]);
    });
});

describe("useChat: membership", () => {
    it.each([
        ["joinDialog", "join", [{ display_name: "A.", company: "N." }]],
        ["leaveDialog", "leave", []],
        ["archiveDialog", "archive", []],
        ["unarchiveDialog", "unarchive", []],
        ["pinDialog", "pin", []],
        ["unpinDialog", "unpin", []],
    ] as const)("%s", async (method, wanted, rest) => {
        use();
        await (chat[method] as (...args: unknown[]) => Promise<void>)("d", ...rest);
        expect(client.wanted(wanted)).toEqual([["d", ...rest]]);
    });

    it("joins as the user's profile says, unless told otherwise", async () => {
        use();
        await chat.joinDialog("d");
        const { name, company, email, phone } = PEOPLE.anna;
        expect(client.wanted("join")).toEqual([["d", { display_name: name, company, email, phone }]]);
    });

    it.each([
        [true, false],
        [false, true],
    ])("notifications that are on: %s become %s", async (before, after) => {
        client.set({ dialogs: [{ ...order, notifications_enabled: before }] });
        use();
        await chat.toggleNotifications(order.id);
        expect(client.wanted("notifications")).toEqual([[order.id, after]]);
    });

    it("tells what goes wrong, and forgets it when all is well again", async () => {
        use();
        client.answers.pin = () => Promise.reject(new Error("no"));
        await expect(chat.pinDialog("d")).rejects.toThrow("no");
        expect(chat.error.value?.message).toBe("no");
        await chat.unpinDialog("d");
        expect(chat.error.value).toBeNull();
    });
});

describe("useChat: messages", () => {
    const message = aMessage({ dialog_id: order.id });
    beforeEach(async () => {
        client.set({ participants: new Map([[order.id, [aParticipant({ user_id: "jonas", is_online: true }), aParticipant({ user_id: "anna" })]]]) });
        client.show(order.id, rowsOf(message));
        use();
        await chat.selectDialog(order.id);
    });

    it("are those of the open dialog, with those on their way", () => {
        const entry = anOutboxEntry({ dialog: order.id, content: "soon", reply_to: message.id });
        client.show(order.id, rowsOf(message, entry));
        expect(chat.messages.value).toMatchObject([message, { id: entry.id, content: "soon", sender_id: "anna", reply_to_id: message.id }]);
        expect(chat.messages.value[1]).toBe(chat.messages.value[1]);
    });

    it("are sent, as an answer where one is written", async () => {
        chat.setReplyTo(message);
        expect(chat.replyToMessage.value).toEqual(message);
        const sent = await chat.sendMessage("Yes");
        expect(client.wanted("send")).toEqual([[order.id, "Yes", { replyTo: message.id, attachments: [] }]]);
        expect(sent).toMatchObject({ dialog_id: order.id, content: "Yes", reply_to_id: message.id });
        expect(chat.replyToMessage.value).toBeNull();
    });

    it("can not be sent where nothing is open", async () => {
        await chat.selectDialog(null);
        expect(await chat.sendMessage("Hi")).toBeUndefined();
        expect(client.wanted("send")).toEqual([]);
    });

    it("are edited and deleted", async () => {
        chat.setEditMessage(message);
        expect(chat.editingMessage.value).toEqual(message);
        await chat.editMessage(message.id, "new");
        await chat.deleteMessage(message.id);
        expect(client.wanted("edit")).toEqual([[order.id, message.id, "new"]]);
        expect(client.wanted("remove")).toEqual([[order.id, message.id]]);
        expect(chat.editingMessage.value).toBeNull();
    });

    it("are read up to the newest, or up to one", async () => {
        await chat.markAsRead();
        await chat.markAsRead("earlier");
        expect(client.wanted("read")).toEqual([
            [order.id, message.id],
            [order.id, "earlier"],
        ]);
    });

    it("that are quoted are looked up once needed; deleted ones are null", async () => {
        expect(chat.getReplyMessage(message.id)).toEqual(message);
        const far = aMessage({ dialog_id: order.id });
        expect(chat.getReplyMessage(far.id)).toBeUndefined();
        client.answers.message = async () => far;
        await chat.fetchReplyMessage(far.id);
        expect(chat.getReplyMessage(far.id)).toEqual(far);
        expect(chat.replyMessagesCache.value.get(far.id)).toEqual(far);
    });

    it("are jumped to, with a pause after it", async () => {
        vi.useFakeTimers();
        const jump = chat.jumpToMessage(message.id);
        expect(chat.isJumpingToMessage.value).toBe(true);
        await expect(jump).resolves.toBe(true);
        expect([chat.isJumpingToMessage.value, chat.jumpCooldown.value]).toEqual([false, true]);
        vi.advanceTimersByTime(300);
        expect(chat.jumpCooldown.value).toBe(false);
        vi.useRealTimers();
    });

    it("know who is online", () => {
        expect(chat.participants.value.map(({ user_id }) => user_id)).toEqual(["anna", "jonas"]);
        expect([...chat.onlineUsers.value]).toEqual(["jonas"]);
        expect(chat.isUserOnline("jonas")).toBe(true);
        client.set({ presence: new Map([["jonas", false], ["wei", true]]) });
        expect([...chat.onlineUsers.value]).toEqual(["wei"]);
        expect(chat.isUserOnline("jonas")).toBe(false);
    });

    it("have an API beside them", () => {
        expect(chat.api).toBeInstanceOf(MTChatApi);
        expect(chat.subscribe(order.id)).toBeUndefined();
        expect(chat.unsubscribe(order.id)).toBeUndefined();
    });
});
