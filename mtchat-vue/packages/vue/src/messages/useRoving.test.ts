import { describe, expect, it } from "vitest";
import { row } from "./messages-fixture.js";
import { next } from "./useRoving.js";

const items = [{ kind: "day", key: "d", at: "2026-11-24" } as const, row("a"), { kind: "unread", key: "unread" } as const, row("b"), row("c")];

describe("keys", () => {
    it.each([
        ["ArrowUp", 3, 1],
        ["ArrowDown", 1, 3],
        ["ArrowUp", 1, null],
        ["ArrowDown", 4, null],
        ["Home", 4, 1],
        ["End", 1, 4],
        ["a", 1, null],
    ])("%s at %i leads to %s", (key, from, to) => {
        expect(next(key, from, items)).toBe(to);
    });

    it("lead nowhere in an empty list", () => {
        expect(["Home", "End", "ArrowUp", "ArrowDown"].map((key) => next(key, -1, []))).toEqual([null, null, null, null]);
    });
});
