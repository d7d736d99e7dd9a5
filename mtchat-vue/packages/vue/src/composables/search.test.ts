import type { SearchHit, SearchPage } from "@mtchat/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import { at } from "../testing/fixtures.js";
import { type Answers, inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { useSearch } from "./search.js";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

const hit = (id: string): SearchHit => ({
    message: { id, dialog_id: "d", sender_id: "jonas", sent_at: at(0), seq: 1 },
    snippet: `<mark>${id}</mark>`,
    dialog: { id: "d", title: null, object_type: "order", object_id: "1" },
    rank: 1,
});

function searchOf(answers: Answers = {}) {
    const client = new StoryClient({}, answers);
    const dialog = ref<string | undefined>("d");
    return { client, dialog, search: inScope(() => useSearch(dialog, storyChat(client))) };
}

/** Write, and wait until it is searched. */
async function write(search: { query: { value: string } }, text: string): Promise<void> {
    search.query.value = text;
    vi.advanceTimersByTime(300);
    await flush();
}

describe("a search in messages", () => {
    it("begins a moment after the last key", async () => {
        const { client, search } = searchOf();
        search.query.value = "c";
        vi.advanceTimersByTime(299);
        search.query.value = " container ";
        vi.advanceTimersByTime(299);
        expect([client.wanted("search"), search.isSearching.value]).toEqual([[], true]);
        vi.advanceTimersByTime(1);
        expect(client.wanted("search")).toEqual([[{ text: "container", dialog: "d" }]]);
    });

    it("goes on where there is more, until there is none", async () => {
        const pages: SearchPage[] = [{ results: [hit("1")], next_cursor: "c" }, { results: [hit("2")] }];
        const { client, search } = searchOf({ search: async () => pages.shift()! });
        await write(search, "x");
        expect([search.hits.value.length, search.hasMore.value, search.isSearching.value]).toEqual([1, true, false]);
        await search.more();
        await search.more();
        expect([search.hits.value.map(({ message }) => message.id), search.hasMore.value]).toEqual([["1", "2"], false]);
        expect(client.wanted("search")[1]).toEqual([{ text: "x", dialog: "d", cursor: "c" }]);
    });

    it("takes no late answer for another text or another dialog", async () => {
        const answers: ((page: SearchPage) => void)[] = [];
        const { dialog, search } = searchOf({ search: () => new Promise((resolve) => answers.push(resolve)) });
        await write(search, "one");
        await write(search, "two");
        answers[1]!({ results: [hit("two")] });
        answers[0]!({ results: [hit("one")] });
        await flush();
        expect(search.hits.value.map(({ message }) => message.id)).toEqual(["two"]);
        dialog.value = undefined;
        expect([search.hits.value, search.isSearching.value]).toEqual([[], true]);
    });

    it("of nothing finds nothing, and asks nobody", async () => {
        const { client, search } = searchOf({ search: async () => ({ results: [hit("1")] }) });
        await write(search, "x");
        search.clear();
        expect([search.query.value, search.hits.value, search.isSearching.value]).toEqual(["", [], false]);
        await write(search, "  ");
        expect(client.wanted("search")).toHaveLength(1);
    });

    it("that fails says so", async () => {
        const { search } = searchOf({ search: () => Promise.reject(new Error("offline")) });
        await write(search, "x");
        expect([search.error.value?.message, search.isSearching.value]).toEqual(["offline", false]);
    });

    it("ends with its scope", () => {
        const { client, search } = searchOf();
        search.query.value = "x";
        search.stop();
        vi.runAllTimers();
        expect(client.wanted("search")).toEqual([]);
    });
});

async function flush(): Promise<void> {
    for (let round = 0; round < 5; round += 1) await Promise.resolve();
}
