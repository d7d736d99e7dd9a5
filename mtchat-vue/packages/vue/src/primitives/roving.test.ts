import { describe, expect, it } from "vitest";
import { rove, typedAhead } from "./roving.js";

describe("where arrow keys lead among four", () => {
    it.each([
        ["ArrowDown", 0, 1],
        ["ArrowDown", 3, 0],
        ["ArrowDown", -1, 0],
        ["ArrowUp", 2, 1],
        ["ArrowUp", 0, 3],
        ["ArrowUp", -1, 3],
        ["Home", 2, 0],
        ["End", 0, 3],
        ["ArrowRight", 0, null],
        ["Enter", 0, null],
    ])("in a column %s from %i to %s", (key, from, to) => {
        expect(rove(key, from, 4, { orientation: "vertical" })).toBe(to);
    });

    it.each([
        ["ArrowRight", false, 2],
        ["ArrowLeft", false, 0],
        ["ArrowRight", true, 0],
        ["ArrowLeft", true, 2],
        ["ArrowDown", false, null],
    ])("in a row %s, right to left %s, from 1 to %s", (key, rtl, to) => {
        expect(rove(key, 1, 4, { orientation: "horizontal", rtl })).toBe(to);
    });

    it("nowhere where there is nothing", () => {
        expect(rove("Home", -1, 0, { orientation: "vertical" })).toBeNull();
    });
});

describe("typing the beginning of a name", () => {
    const labels = ["Reply", "Edit", " Remove", "Удалить", "Выделить"];

    it.each([
        ["e", -1, 1],
        ["RE", -1, 0],
        ["rem", 0, 2],
        ["r", 0, 2],
        ["r", 2, 0],
        ["rr", 0, 2],
        ["в", 0, 4],
        ["x", 0, -1],
    ])("%s from %i finds %i", (typed, from, found) => {
        expect(typedAhead(labels, typed, from)).toBe(found);
    });
});
