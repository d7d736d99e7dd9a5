import { describe, expect, it } from "vitest";
import { aDialog, at, PEOPLE } from "../testing/fixtures.js";
import { isFound, passes, type Wish } from "./dialog-match.js";
import { inOrder } from "./dialog-order.js";

const wish = (more: Partial<Wish>): Wish => ({ object: null, search: "", filter: "all", ...more });

describe("a dialog", () => {
    const dialog = aDialog({ title: "Гамбург → Rīga" });

    it.each<[Partial<Wish>, boolean]>([
        [{}, true],
        [{ search: "гамБУРГ" }, true],
        [{ search: "rīga" }, true],
        [{ search: "altona" }, true],
        [{ search: PEOPLE.jonas.name }, false],
        [{ search: "order" }, false],
        [{ object: { type: "order", id: "1042" } }, true],
        [{ object: { type: "order", id: "1043" } }, false],
        [{ object: { type: "tender", id: "1042" } }, false],
        [{ object: { type: "order", id: "1042" }, search: "x" }, false],
    ])("is found as the server finds it: %o %s", (wanted, expected) => {
        expect(isFound(dialog, wish(wanted))).toBe(expected);
    });

    it.each([
        ['<span data-type="mention" data-id="a&amp;&quot;b" class="mtchat-mention">@A</span>', true],
        ['<span class="mtchat-mention" data-mention="a&amp;&quot;b">@A</span>', true],
        ['<span data-type="mention" data-id="a" class="mtchat-mention">@A</span>', false],
        ["a mention of data-id", false],
    ])("mentions whom its last message mentions: %s", (content, expected) => {
        const last_message = { id: "m", content, sent_at: at(0), message_type: "user" as const };
        expect(passes(aDialog({ unread_count: 1, last_message }), "mentions", 'a&"b')).toBe(expected);
    });
});

describe("the order of dialogs", () => {
    it("is pinned ones, then activity, then age, whatever order they come in", () => {
        const dialogs = [
            aDialog({ id: "1", created_at: at(-2), last_message_at: null }),
            aDialog({ id: "2", last_message_at: at(-1) }),
            aDialog({ id: "3", last_message_at: at(5) }),
            aDialog({ id: "4", last_message_at: at(1), is_pinned: true }),
            aDialog({ id: "5", last_message_at: at(-1) }),
        ];
        const ids = inOrder(dialogs).map(({ id }) => id);
        expect(ids).toEqual(["4", "3", "5", "2", "1"]);
        expect(inOrder([...dialogs].reverse()).map(({ id }) => id)).toEqual(ids);
    });
});
