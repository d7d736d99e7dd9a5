import type { MessageView, OutboxEntry } from "@mtchat/client";
import { describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import { aDialog, aMessage, anOutboxEntry, aSystemMessage, PEOPLE, rowsOf } from "../testing/fixtures.js";
import { StoryClient, storyChat } from "../testing/story-client.js";
import { type OpenRows, useFirstUnread } from "./first-unread.js";

const me = PEOPLE.anna.id;
const other = (id: string) => aMessage({ id });
const mine = (id: string) => aMessage({ id, sender_id: me });
type Things = readonly (MessageView | OutboxEntry | "gap")[];

function opened(unread: number, things: Things, more: Partial<OpenRows> = {}) {
    const client = new StoryClient();
    const dialog = aDialog({ id: "d", unread_count: unread });
    const open = shallowRef<OpenRows>({ id: "d", dialog, rows: rowsOf(...things), fresh: true, ...more });
    const first = useFirstUnread(open, storyChat(client));
    const now = (change: Partial<OpenRows>) => (open.value = { ...open.value, ...change });
    return { client, first, now };
}

describe("the first unread message", () => {
    it.each<[string, number, Things, string | null]>([
        ["nothing is unread", 0, [other("a")], null],
        ["the last one", 1, [other("a"), other("b")], "b"],
        ["all of them", 2, [other("a"), other("b")], "a"],
        ["not counting one's own and the dialog's", 2, [other("a"), other("b"), aSystemMessage(), mine("m"), other("c")], "b"],
        ["not counting what is on its way", 1, [other("a"), anOutboxEntry({ state: { failed: "FORBIDDEN" } })], "a"],
        ["further back than a gap", 2, [other("a"), "gap", other("b")], null],
        ["further back than the beginning", 3, [other("a"), other("b")], null],
        ["nothing is there", 1, [], null],
    ])("is known from the number of unread ones: %s", (_, unread, things, expected) => {
        expect(opened(unread, things).first.value).toBe(expected);
    });

    it("is asked of the server only where it is not loaded", async () => {
        expect(opened(1, [other("a")]).client.wanted("participants")).toEqual([]);
        const { client } = opened(5, ["gap", other("a")]);
        await vi.waitFor(() => expect(client.wanted("messages")).toEqual([["d", { limit: 200 }]]));
    });

    it("is asked for from where one has read up to, also before the client knows who takes part", async () => {
        const client = new StoryClient();
        Object.assign(client.answers, { participants: async () => [{ user_id: me, last_read_message_id: "r" }] });
        const open = shallowRef<OpenRows>({ id: "d", dialog: aDialog({ id: "d", unread_count: 5 }), rows: rowsOf("gap", other("a")), fresh: true });
        useFirstUnread(open, storyChat(client));
        await vi.waitFor(() => expect(client.wanted("messages")).toEqual([["d", { after: "r", limit: 200 }]]));
    });

    it("is none of one's business before one is in the dialog", () => {
        const { first, now } = opened(1, [other("a")], { dialog: aDialog({ id: "d", i_am_participant: false }) });
        expect(first.value).toBeNull();
        now({ dialog: aDialog({ id: "d", unread_count: 1 }) });
        expect(first.value).toBe("a");
    });

    it.each<[string, Things, string | null]>([
        ["somebody else says something", [other("c")], "b"],
        ["one says something", [anOutboxEntry()], null],
        ["one has said something on another device", [mine("m")], null],
        ["a page is loaded where one jumped to", ["gap", mine("m")], "b"],
    ])("holds until one says something: %s", (_, added, expected) => {
        const things = [other("a"), other("b")];
        const { first, now } = opened(1, things);
        now({ rows: added[0] === "gap" ? rowsOf(mine("m"), "gap", ...things) : rowsOf(...things, ...added) });
        expect(first.value).toBe(expected);
    });

    it("holds when what one said before is behind it, as after «mark as unread»", () => {
        const things = [other("a"), mine("m"), other("b")];
        const { first, now } = opened(2, things);
        now({ rows: rowsOf(...things, other("c")) });
        expect(first.value).toBe("a");
        now({ rows: rowsOf(...things, other("c"), mine("n")) });
        expect(first.value).toBeNull();
    });
});
