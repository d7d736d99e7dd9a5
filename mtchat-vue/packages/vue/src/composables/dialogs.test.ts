import { ApiError, type ClientState, type DialogItemView } from "@mtchat/client";
import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { ref } from "vue";
import { aDialog, at, PEOPLE } from "../testing/fixtures.js";
import { type Answers, inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useDialogs } from "./dialogs.js";
import type { DialogFilter, ObjectRef } from "./types.js";

const order = (id: string): ObjectRef => ({ type: "order", id });
const ids = (dialogs: readonly DialogItemView[]) => dialogs.map(({ id }) => id).join(" ");
/** A dialog by its name, with a last message so many minutes after noon. */
const named = (id: string, minutes = 0, more: Partial<DialogItemView> = {}) => aDialog({ id, title: id, last_message_at: at(minutes), ...more });
const joinable = (id: string, more: Partial<DialogItemView> = {}) => aDialog({ id, title: id, i_am_participant: false, ...more });

function list(state: Partial<ClientState> = {}, answers: Answers = {}) {
    const client = new StoryClient(state, answers);
    const object = ref<ObjectRef | null>(null);
    const search = ref("");
    const filter = ref<DialogFilter>("all");
    const available = ref(true);
    const chat = storyChat(client);
    return { client, chat, object, search, filter, available, dialogs: inScope(() => useDialogs({ object, search, filter, available }, chat)) };
}

describe("the list of dialogs", () => {
    it("has those that one is in by activity, pinned ones first, without archived ones", () => {
        const { dialogs } = list({ dialogs: [named("a", 1), named("b", 3), named("c", 2, { is_pinned: true }), named("x", 9, { is_archived: true })] });
        expect([ids(dialogs.participating.value), ids(dialogs.archived.value)]).toEqual(["c b a", ""]);
    });

    it("is loading until the client knows, and then may be empty", () => {
        const { client, dialogs } = list({ fresh: false });
        expect(dialogs.isLoading.value).toBe(true);
        client.set({ dialogs: [named("a")] });
        expect(dialogs.isLoading.value).toBe(false);
        client.set({ dialogs: [], fresh: true });
        expect([dialogs.isLoading.value, dialogs.participating.value]).toEqual([false, []]);
    });

    it("is the same list while something else happens", () => {
        const { client, dialogs } = list({ dialogs: [named("a")] });
        const before = dialogs.participating.value;
        client.set({ typing: new Map([["a", ["jonas"]]]) });
        expect(dialogs.participating.value).toBe(before);
    });

    it("goes on where the client has more", async () => {
        const { client, dialogs } = list({ moreDialogs: true });
        expect(dialogs.hasMore.value).toBe(true);
        await dialogs.loadMore();
        expect(client.wanted("moreDialogs")).toHaveLength(1);
    });

    it("shows what one may join while somebody wants to see it", () => {
        const { client, chat, available, dialogs } = list({ available: [joinable("j")] });
        const second = inScope(() => useDialogs({}, chat));
        expect(ids(dialogs.available.value)).toBe("j");
        available.value = false;
        dialogs.stop();
        expect(client.wanted("showAvailable")).toEqual([[true]]);
        second.stop();
        expect(client.wanted("showAvailable")).toEqual([[true], [false]]);
    });
});

describe("archived dialogs", () => {
    it("come from the server when they are wanted, page by page", async () => {
        const pages = [{ dialogs: [named("x", 2, { is_archived: true })], next_cursor: "c" }, { dialogs: [named("y", 1, { is_archived: true })] }];
        const { client, dialogs } = list({}, { dialogs: async () => pages.shift()! });
        const loading = dialogs.loadArchived();
        expect(dialogs.isLoadingArchived.value).toBe(true);
        await loading;
        expect([ids(dialogs.archived.value), dialogs.hasMoreArchived.value, dialogs.isLoadingArchived.value]).toEqual(["x", true, false]);
        await dialogs.loadArchived();
        await dialogs.loadArchived();
        expect([ids(dialogs.archived.value), dialogs.hasMoreArchived.value]).toEqual(["x y", false]);
        expect(client.wanted("dialogs").map(([query]) => (query as { cursor?: string }).cursor)).toEqual([undefined, "c"]);
    });

    it("are as the client knows them: brought back, archived just now, or gone", async () => {
        const x = named("x", 2, { is_archived: true });
        const { client, dialogs } = list({ dialogs: [named("a"), named("z", 1, { is_archived: true })] }, { dialogs: async () => ({ dialogs: [x] }) });
        await dialogs.loadArchived();
        expect(ids(dialogs.archived.value)).toBe("x z");
        client.set({ dialogs: [{ ...x, is_archived: false }, named("a", 0, { is_archived: true })] });
        expect([ids(dialogs.participating.value), ids(dialogs.archived.value)]).toEqual(["x", "a"]);
        client.set({ dialogs: [] }, [{ dialog_gone: "x" }]);
        expect(ids(dialogs.archived.value)).toBe("");
    });

    it("that can not be had are an error, and are tried again", async () => {
        const { client, dialogs } = list({}, { dialogs: () => Promise.reject(new ApiError("NETWORK", 0, "offline")) });
        await dialogs.loadArchived();
        expect([dialogs.error.value?.message, dialogs.isLoadingArchived.value]).toEqual(["offline", false]);
        client.answers.dialogs = async () => ({ dialogs: [named("x", 0, { is_archived: true })] });
        await dialogs.reload();
        expect([dialogs.error.value, ids(dialogs.archived.value)]).toEqual([null, "x"]);
    });
});

describe("a search", () => {
    const pages: Answers = {
        dialogs: async ({ type, cursor } = {}) => {
            if (type === "available") return { dialogs: [joinable("join hamburg")] };
            return cursor === undefined ? { dialogs: [named("hamburg 1", 1), named("hamburg 2", 0, { is_archived: true })], next_cursor: "c" } : { dialogs: [named("hamburg 3")] };
        },
    };

    it("finds one's own, archived ones too, and those that one may join", async () => {
        const { search, dialogs } = list({ dialogs: [named("riga")] }, pages);
        search.value = " Hamburg ";
        await flushPromises();
        expect([ids(dialogs.participating.value), ids(dialogs.archived.value), ids(dialogs.available.value)]).toEqual(["hamburg 1", "hamburg 2", "join hamburg"]);
        expect([dialogs.isSearching.value, dialogs.hasMore.value]).toEqual([false, true]);
        await dialogs.loadMore();
        expect([ids(dialogs.participating.value), dialogs.hasMore.value]).toEqual(["hamburg 1 hamburg 3", false]);
        search.value = "";
        expect(ids(dialogs.participating.value)).toBe("riga");
    });

    it("shows at once what the client has, by title and company, and new ones as they come", async () => {
        const { client, search, dialogs } = list({ dialogs: [named("порт Гамбург"), named("riga", 0, { participants: [] })] }, pages);
        search.value = "ПОРТ";
        await Promise.resolve();
        expect(ids(dialogs.participating.value)).toBe("порт Гамбург");
        await flushPromises();
        client.set({ dialogs: [named("by company", 5), ...client.state.dialogs] });
        expect(ids(dialogs.participating.value)).toContain("by company");
    });

    it("does not take for found what was loaded of the archive before", async () => {
        const { client, search, dialogs } = list({}, { dialogs: async ({ archived } = {}) => ({ dialogs: archived ? [named("riga", 0, { is_archived: true })] : [] }) });
        await dialogs.loadArchived();
        search.value = "hamburg";
        await flushPromises();
        expect(ids(dialogs.archived.value)).toBe("");
        client.set({ dialogs: [named("riga")] });
        expect(ids(dialogs.participating.value)).toBe("");
    });

    it("shows what was found as the client knows it now", async () => {
        const { client, search, dialogs } = list({}, pages);
        search.value = "hamburg";
        await flushPromises();
        client.set({ dialogs: [named("hamburg 1", 1, { unread_count: 3, title: "renamed" })] });
        expect(dialogs.participating.value[0]).toMatchObject({ unread_count: 3, title: "renamed" });
    });

    it("is not changed by the late answer of an older one", async () => {
        const answers: ((page: { dialogs: DialogItemView[] }) => void)[] = [];
        const { search, dialogs } = list({}, { dialogs: () => new Promise((resolve) => answers.push(resolve)) });
        search.value = "one";
        await flushPromises();
        search.value = "two";
        await flushPromises();
        expect(answers).toHaveLength(4);
        for (const place of [2, 3]) answers[place]!({ dialogs: place === 2 ? [named("two")] : [] });
        await flushPromises();
        for (const place of [0, 1]) answers[place]!({ dialogs: [named("one")] });
        await flushPromises();
        expect([ids(dialogs.participating.value), dialogs.isSearching.value]).toEqual(["two", false]);
    });

    it("is no longer than what the server takes", async () => {
        const { client, search } = list({}, pages);
        search.value = "🚢".repeat(300);
        await flushPromises();
        expect(client.wanted("dialogs")[0]).toEqual([{ type: "participating", limit: 50, search: "🚢".repeat(200) }]);
    });

    it("that fails says so and is made again by hand or after a reconnection", async () => {
        const { client, search, dialogs } = list({}, { dialogs: () => Promise.reject(new ApiError("NETWORK", 0, "offline")) });
        search.value = "x";
        await flushPromises();
        expect([dialogs.error.value?.message, dialogs.isLoading.value]).toEqual(["offline", false]);
        client.answers.dialogs = async () => ({ dialogs: [named("x")] });
        await dialogs.reload();
        expect([dialogs.error.value, ids(dialogs.participating.value)]).toEqual([null, "x"]);
        client.answers.dialogs = async ({ type } = {}) => ({ dialogs: type === "available" ? [] : [named("x2")] });
        client.set({ connection: "waiting" });
        await flushPromises();
        client.set({ connection: "connected" });
        await flushPromises();
        expect(ids(dialogs.participating.value)).toBe("x2");
    });
});

describe("the dialogs of an object", () => {
    const answers: Answers = {
        dialogsOfObject: async (_type, id) => [named(`own ${id}`, 0, { object_id: id }), named(`old ${id}`, 0, { object_id: id, is_archived: true }), joinable(`join ${id}`, { object_id: id })],
    };

    it("are all that there are, and no others", async () => {
        const { client, object, dialogs } = list({ dialogs: [named("other", 0, { object_id: "9" })] }, answers);
        object.value = order("7");
        await flushPromises();
        expect([ids(dialogs.participating.value), ids(dialogs.available.value), ids(dialogs.archived.value)]).toEqual(["own 7", "join 7", ""]);
        await dialogs.loadArchived();
        expect(ids(dialogs.archived.value)).toBe("old 7");
        client.set({ dialogs: [named("new", 1, { object_id: "7" }), ...client.state.dialogs] });
        expect(ids(dialogs.participating.value)).toBe("new own 7");
    });

    it("of another object never show those of the one before", async () => {
        const { client, object, dialogs } = list({}, answers);
        object.value = order("7");
        await flushPromises();
        client.answers.dialogsOfObject = () => new Promise(() => undefined);
        object.value = order("8");
        await flushPromises();
        expect([dialogs.participating.value, dialogs.isLoading.value]).toEqual([[], true]);
    });

    it("are asked for once while the same object is meant", async () => {
        const { client, object } = list({}, answers);
        object.value = order("7");
        await flushPromises();
        object.value = order("7");
        await flushPromises();
        expect(client.wanted("dialogsOfObject")).toEqual([["order", "7", {}]]);
    });

    it("go when one is removed from them", async () => {
        const { client, object, dialogs } = list({}, answers);
        object.value = order("7");
        await flushPromises();
        client.set({}, [{ dialog_gone: "own 7" }, { available_gone: "join 7" }]);
        expect([ids(dialogs.participating.value), ids(dialogs.available.value)]).toEqual(["", ""]);
    });
});

describe("a filter", () => {
    const mention = `<span data-type="mention" data-id="${PEOPLE.anna.id}" class="mtchat-mention">@Anna</span>`;
    const last = { id: "m", content: mention, sent_at: at(0), message_type: "user" } as const;
    const all = [named("read"), named("unread", 1, { unread_count: 2 }), named("asked", 2, { unread_count: 1, last_message: last }), named("answered", 3, { last_message: last })];

    it.each<[DialogFilter, string]>([
        ["all", "answered asked unread read"],
        ["unread", "asked unread"],
        ["mentions", "asked"],
    ])("%s leaves what it says", (wanted, expected) => {
        const { client, filter, dialogs } = list({ dialogs: all });
        filter.value = wanted;
        expect(ids(dialogs.participating.value)).toBe(expected);
        expect(client.wanted("dialogs")).toEqual([]);
    });

    it("asks the server where the client has not everything", async () => {
        const { client, filter, dialogs } = list({ dialogs: all, moreDialogs: true }, { dialogs: async () => ({ dialogs: [named("far", -9, { unread_count: 1 })] }) });
        filter.value = "unread";
        await flushPromises();
        expect(client.wanted("dialogs")).toEqual([[{ type: "participating", limit: 50, unread: true }]]);
        expect(ids(dialogs.participating.value)).toBe("asked unread far");
    });
});
