import type { Row } from "@mtchat/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import { aMessage, rowsOf } from "../testing/fixtures.js";
import { inScope, StoryClient, storyChat } from "../testing/story-client.js";
import { usePaging } from "./paging.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function pagingOf(rows: readonly Row[]) {
    const client = new StoryClient();
    const id = ref<string | null>("d");
    const shown = shallowRef(rows);
    return { client, id, shown, paging: inScope(() => usePaging(id, shown, storyChat(client))) };
}

describe("waiting for rows", () => {
    it("ends at once where it is so already", async () => {
        expect(await pagingOf([]).paging.until(() => true)).toBe(true);
    });

    it("ends when it is so", async () => {
        const { shown, paging } = pagingOf([]);
        const there = paging.until(() => shown.value.length > 1);
        shown.value = rowsOf(aMessage());
        shown.value = rowsOf(aMessage(), aMessage());
        expect(await there).toBe(true);
    });

    it.each<[string, (given: ReturnType<typeof pagingOf>) => void]>([
        ["another dialog is meant", ({ id }) => (id.value = "other")],
        ["none is", ({ id }) => (id.value = null)],
        ["nobody is there any more", ({ paging }) => paging.stop()],
        ["it takes too long", () => vi.advanceTimersByTime(30_000)],
    ])("ends in vain when %s", async (_, happens) => {
        const given = pagingOf([]);
        const there = given.paging.until(() => false);
        happens(given);
        expect(await there).toBe(false);
        expect(vi.getTimerCount()).toBe(0);
    });
});

describe("loading at an end", () => {
    it("goes on being possible after it was in vain", async () => {
        const { client, paging } = pagingOf(rowsOf("gap", aMessage()));
        const first = paging.loadOlder();
        await vi.advanceTimersByTimeAsync(30_000);
        await first;
        expect(paging.isLoadingOlder.value).toBe(false);
        void paging.loadOlder();
        expect([client.wanted("older").length, paging.isLoadingOlder.value]).toEqual([2, true]);
    });

    it("is not over when only the other end is different", async () => {
        const [gap, message] = rowsOf("gap", aMessage());
        const { shown, paging } = pagingOf([gap!, message!]);
        void paging.loadOlder();
        await vi.advanceTimersByTimeAsync(0);
        shown.value = [gap!, message!, ...rowsOf(aMessage())];
        await vi.advanceTimersByTimeAsync(0);
        expect(paging.isLoadingOlder.value).toBe(true);
        shown.value = rowsOf(aMessage(), ...[]);
        await vi.advanceTimersByTimeAsync(0);
        expect(paging.isLoadingOlder.value).toBe(false);
    });

    it("does nothing where there is no dialog, or nothing to load", async () => {
        const { client, id, paging } = pagingOf(rowsOf(aMessage()));
        await paging.loadOlder();
        await paging.loadNewer();
        id.value = null;
        await paging.toLatest();
        await paging.loadGap({ after: "a", before: "b" });
        expect(client.wants).toEqual([]);
    });
});
