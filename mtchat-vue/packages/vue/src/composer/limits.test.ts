import { describe, expect, it } from "vitest";
import { COUNT_FROM, MAX_LENGTH, countedLength, lengthOf } from "./limits.js";

describe("the length of a message", () => {
    it.each([
        ["", 0],
        ["abc", 3],
        ["<p>я</p>", 8],
        ["👍", 1],
        ["👍🏽", 2],
        ["a👍b", 3],
    ])("of %j is %i, as the server counts", (html, length) => {
        expect(lengthOf(html)).toBe(length);
    });

    it("is not shown before it matters", () => {
        expect(countedLength("a".repeat(COUNT_FROM - 1))).toBeNull();
        expect(countedLength("a".repeat(COUNT_FROM))).toBe(COUNT_FROM);
    });

    it("lets as many emoji in as letters", () => {
        expect(countedLength("👍".repeat(COUNT_FROM - 1))).toBeNull();
        expect(countedLength("👍".repeat(MAX_LENGTH))).toBe(MAX_LENGTH);
    });
});
