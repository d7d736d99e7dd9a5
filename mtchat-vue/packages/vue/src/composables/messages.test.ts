import { ApiError, type ClientState, type DialogItemView } from "@mtchat/client";
import { flushPromises } from "@vue/test-utils";
import { describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { aDialog, aMessage, anOutboxEntry, aParticipant, at, PEOPLE, rowsOf } from "../testing/fixtures.js";
import { type Answers, inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useMessages } from "./messages.js";

const d = "d";
const me = PEOPLE.anna.id;
const gone = () => Promise.reject(new ApiError("MESSAGE_NOT_FOUND", 404, "gone"));

function opened(more: { dialog?: Partial<DialogItemView>; state?: Partial<ClientState>; answers?: Answers } = {}) {
    const dialog = aDialog({ id: d, ...more.dialog });
    const client = new StoryClient({ dialogs: [dialog, aDialog({ id: "other" })], ...more.state }, more.answers);
    const id = ref<string | null>(d);
    return { client, id, messages: inScope(() => useMessages(id, storyChat(client))) };
}

const many = (count: number, more = {}) => Array.from({ length: count }, (_, place) => aMessage({ sent_at: at(place), ...more }));

describe("the messages of a dialog", () => {
    it("are followed while they are looked at", () => {
        const { client, id, messages } = opened();
        expect(client.wanted("open")).toEqual([[d]]);
        id.value = "other";
        expect([client.wanted("close"), client.wanted("open")]).toEqual([[[d]], [[d], ["other"]]]);
        messages.stop();
        expect(client.wanted("close")).toEqual([[d], ["other"]]);
    });

    it("are not asked for before one is in the dialog", () => {
        const { client } = opened({ dialog: { i_am_participant: false } });
        expect(client.wanted("open")).toEqual([]);
        client.set({ dialogs: [aDialog({ id: d })] });
        expect(client.wanted("open")).toEqual([[d]]);
        client.set({ dialogs: [] });
        expect(client.wanted("close")).toEqual([[d]]);
    });

    it("are loading until there is something, or nothing to come", () => {
        const { client, messages } = opened();
        expect(messages.isLoading.value).toBe(true);
        client.show(d, rowsOf(aMessage()), false);
        expect([messages.isLoading.value, messages.isFresh.value]).toEqual([false, false]);
        client.show(d, []);
        expect([messages.isLoading.value, messages.isFresh.value]).toEqual([false, true]);
    });

    it("are found by id, and the newest is known", () => {
        const { client, messages } = opened();
        const [one, two] = many(2);
        client.show(d, rowsOf(one!, two!, anOutboxEntry()));
        expect(messages.find(one!.id)).toBe(one);
        expect(messages.find("x")).toBeUndefined();
        expect(messages.newestId.value).toBe(two!.id);
    });

    it("make no new items when something else changes", () => {
        const { client, messages } = opened();
        client.show(d, rowsOf(...many(3)));
        const before = messages.items.value;
        client.set({ typing: new Map([[d, ["jonas"]]]), drafts: new Map([[d, "x"]]) });
        expect(messages.items.value).toBe(before);
    });
});

describe("the unread divider", () => {
    it("stands before the first of so many unread messages of others", () => {
        const { client, messages } = opened({ dialog: { unread_count: 2 } });
        const rows = [...many(3), aMessage({ sender_id: me }), aMessage({ message_type: "system", sender_id: null }), aMessage()];
        client.show(d, rowsOf(...rows));
        expect(messages.firstUnreadId.value).toBe(rows[2]!.id);
        expect(messages.items.value.map(({ kind }) => kind)).toContain("unread");
    });

    it("stays when it is read, and when more comes", () => {
        const { client, messages } = opened({ dialog: { unread_count: 1 } });
        const rows = many(3);
        client.show(d, rowsOf(...rows));
        client.set({ dialogs: [aDialog({ id: d, unread_count: 0 })] });
        client.show(d, rowsOf(...rows, aMessage()));
        expect(messages.firstUnreadId.value).toBe(rows[2]!.id);
    });

    it("goes when one says something, and when one leaves and comes back", () => {
        const { client, id, messages } = opened({ dialog: { unread_count: 1 } });
        const rows = many(3);
        client.show(d, rowsOf(...rows, anOutboxEntry({ state: { failed: "FORBIDDEN" } })));
        expect(messages.firstUnreadId.value).not.toBeNull();
        client.show(d, rowsOf(...rows, anOutboxEntry()));
        expect(messages.firstUnreadId.value).toBeNull();
        client.set({ dialogs: [aDialog({ id: d, unread_count: 1 }), aDialog({ id: "other" })] });
        id.value = "other";
        id.value = d;
        expect(messages.firstUnreadId.value).toBe(rows[2]!.id);
    });

    it("is not put up for what comes while one looks", () => {
        const { client, messages } = opened();
        client.show(d, rowsOf(...many(1)));
        client.set({ dialogs: [aDialog({ id: d, unread_count: 1 })] });
        client.show(d, rowsOf(...many(2)));
        expect(messages.firstUnreadId.value).toBeNull();
    });

    it("waits for the server's word", () => {
        const { client, messages } = opened({ dialog: { unread_count: 1 } });
        const rows = many(2);
        client.show(d, rowsOf(rows[0]!), false);
        expect(messages.firstUnreadId.value).toBeNull();
        client.show(d, rowsOf(...rows));
        expect(messages.firstUnreadId.value).toBe(rows[1]!.id);
    });

    it("is asked of the server when it is further back than what is loaded", async () => {
        const answers: Answers = { messages: async () => ({ messages: [], first_unread_message_id: "far", has_more_before: true, has_more_after: true }) };
        const participants = new Map([[d, [aParticipant({ user_id: me, last_read_message_id: "read" })]]]);
        const { client, messages } = opened({ dialog: { unread_count: 90 }, answers, state: { participants } });
        client.show(d, rowsOf("gap", ...many(50)));
        await flushPromises();
        expect(client.wanted("messages")).toEqual([[d, { after: "read", limit: 200 }]]);
        expect(messages.firstUnreadId.value).toBe("far");
    });

    it("takes no late answer for a dialog that is left", async () => {
        let answer: (page: { messages: []; first_unread_message_id: string; has_more_before: boolean; has_more_after: boolean }) => void = () => undefined;
        const answers: Answers = { messages: () => new Promise((resolve) => (answer = resolve)) };
        const { client, id, messages } = opened({ dialog: { unread_count: 90 }, answers });
        client.show(d, rowsOf("gap", ...many(50)));
        id.value = "other";
        answer({ messages: [], first_unread_message_id: "far", has_more_before: true, has_more_after: true });
        await flushPromises();
        expect(messages.firstUnreadId.value).toBeNull();
    });
});

describe("older and newer messages", () => {
    it("are there to load where there is a gap", () => {
        const { client, messages } = opened();
        const has = () => [messages.hasOlder.value, messages.hasNewer.value];
        const cases = [
            [rowsOf("gap", aMessage()), [true, false]],
            [rowsOf(aMessage(), "gap", anOutboxEntry()), [false, true]],
            [rowsOf(aMessage(), "gap", aMessage()), [false, false]],
            [[], [false, false]],
        ] as const;
        for (const [rows, expected] of cases) {
            client.show(d, rows);
            expect(has()).toEqual(expected);
        }
    });

    it("are loading until they are there, and asked for once", async () => {
        const { client, messages } = opened();
        const [old, ...rest] = many(3);
        client.show(d, rowsOf("gap", ...rest));
        const loaded = Promise.all([messages.loadOlder(), messages.loadOlder()]);
        expect([messages.isLoadingOlder.value, messages.isLoadingNewer.value]).toEqual([true, false]);
        await flushPromises();
        expect([client.wanted("older"), messages.isLoadingOlder.value]).toEqual([[[d]], true]);
        client.show(d, rowsOf(old!, ...rest));
        await loaded;
        expect(messages.isLoadingOlder.value).toBe(false);
        await messages.loadOlder();
        expect(client.wanted("older")).toHaveLength(1);
    });

    it("are not loading any more when they can not be had, or another dialog is looked at", async () => {
        const { client, id, messages } = opened({ answers: { newer: () => Promise.reject(new Error("no")) } });
        client.show(d, rowsOf("gap", aMessage(), "gap"));
        await expect(messages.loadNewer()).rejects.toThrow("no");
        expect(messages.isLoadingNewer.value).toBe(false);
        const older = messages.loadOlder();
        id.value = "other";
        expect(messages.isLoadingOlder.value).toBe(false);
        await older;
    });

    it("come into whichever gap one looks at", async () => {
        const { client, messages } = opened();
        const [one, two] = many(2);
        const gap = { gap: { after: one!.id, before: two!.id } };
        client.show(d, [{ gap: { after: null, before: one!.id } }, { message: one! }, gap, { message: two! }]);
        void messages.loadGap({ after: null, before: one!.id });
        void messages.loadGap(gap.gap, "below");
        void messages.loadGap({ after: "x", before: "y" });
        const filled = messages.loadGap(gap.gap);
        await flushPromises();
        expect([client.wanted("older"), client.wanted("jump")]).toEqual([[[d]], [[d, two!.id], [d, one!.id]]]);
        client.show(d, rowsOf(one!, two!));
        await filled;
    });
});

describe("a jump", () => {
    it("to what is loaded asks nobody", async () => {
        const { client, messages } = opened();
        const [one] = many(1);
        client.show(d, rowsOf(one!));
        expect(await messages.jumpTo(one!.id)).toBe(true);
        expect(client.wanted("jump")).toEqual([]);
    });

    it("to what is far away ends when it is there", async () => {
        const { client, messages } = opened();
        const far = aMessage();
        client.show(d, rowsOf("gap", ...many(2)));
        const jumped = messages.jumpTo(far.id);
        await vi.waitFor(() => expect(client.wanted("jump")).toEqual([[d, far.id]]));
        client.show(d, rowsOf("gap", far, "gap", ...many(2)));
        expect(await jumped).toBe(true);
    });

    it("to what is deleted goes nowhere", async () => {
        const { client, messages } = opened({ answers: { message: gone } });
        expect(await messages.jumpTo("x")).toBe(false);
        expect(client.wanted("jump")).toEqual([]);
    });

    it("ends when another dialog is looked at", async () => {
        const { client, id, messages } = opened();
        const jumped = messages.jumpTo("far");
        await vi.waitFor(() => expect(client.wanted("jump")).toHaveLength(1));
        id.value = "other";
        expect(await jumped).toBe(false);
    });

    it("back to the newest ends when nothing is missing there", async () => {
        const { client, messages } = opened();
        client.show(d, rowsOf(aMessage(), "gap"));
        const back = messages.toLatest();
        await flushPromises();
        client.show(d, rowsOf(aMessage()));
        await back;
        expect(client.wanted("latest")).toEqual([[d]]);
    });
});

describe("a message that is not loaded", () => {
    it("is asked for once, and again after a reconnection", async () => {
        const far = aMessage();
        const { client, messages } = opened({ answers: { message: async () => far } });
        expect(await Promise.all([messages.fetch(far.id), messages.fetch(far.id)])).toEqual([far, far]);
        expect(client.wanted("message")).toHaveLength(1);
        client.set({}, [{ connection: "connected" }]);
        await messages.fetch(far.id);
        expect(client.wanted("message")).toHaveLength(2);
    });

    it("is null when it is deleted, and an error when that is not known", async () => {
        const { client, messages } = opened({ answers: { message: gone } });
        expect(await messages.fetch("x")).toBeNull();
        client.answers.message = () => Promise.reject(new ApiError("NETWORK", 0, "offline"));
        await expect(messages.fetch("y")).rejects.toThrow("offline");
        client.answers.message = async () => aMessage({ id: "y" });
        expect((await messages.fetch("y"))?.id).toBe("y");
    });
});

describe("what is done with messages", () => {
    it("is wanted of the client", async () => {
        const { client, messages } = opened();
        const message = aMessage({ reactions: [{ emoji: "👍", count: 1, me: true }, { emoji: "🎉", count: 1, me: false }] });
        client.show(d, rowsOf(message));
        const { id } = message;
        await messages.markRead(id);
        await messages.edit(id, "new");
        await messages.remove(id);
        await messages.history(id);
        await messages.retry(id);
        await messages.discard(id);
        for (const emoji of ["👍", "🎉", "🚢"]) await messages.toggleReaction(id, emoji);
        expect(client.wants.slice(1)).toEqual([
            { what: "read", of: [d, id] },
            { what: "edit", of: [d, id, "new"] },
            { what: "remove", of: [d, id] },
            { what: "history", of: [d, id] },
            { what: "retry", of: [id] },
            { what: "discard", of: [id] },
            { what: "unreact", of: [d, id, "👍"] },
            { what: "react", of: [d, id, "🎉"] },
            { what: "react", of: [d, id, "🚢"] },
        ]);
    });
});
