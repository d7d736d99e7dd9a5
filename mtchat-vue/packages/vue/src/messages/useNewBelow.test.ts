import { describe, expect, it } from "vitest";
import { row } from "./messages-fixture.js";
import { countBelow, furthest } from "./useNewBelow.js";

const items = [row("a"), { kind: "unread", key: "unread" } as const, row("b"), row("mine", true), row("c")];

describe("countBelow", () => {
    it.each([
        [null, 0],
        ["a", 2],
        ["b", 1],
        ["mine", 1],
        ["c", 0],
        ["gone", 0],
    ])("after %s there are %i of others", (seen, count) => {
        expect(countBelow(items, seen)).toBe(count);
    });
});

describe("furthest", () => {
    it.each([
        [null, "a", "a"],
        ["a", "b", "b"],
        ["c", "a", "c"],
        ["gone", "a", "a"],
        ["gone", "too", "too"],
    ])("of %s and %s is %s", (one, other, expected) => {
        expect(furthest(items, one, other)).toBe(expected);
    });
});
