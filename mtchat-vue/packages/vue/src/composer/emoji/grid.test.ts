import { describe, expect, it } from "vitest";
import { gridMove } from "./grid.js";

// 0 1 2 3
// 4 5 6 7
// 8 9
describe("arrow keys in a grid of 10 in rows of 4", () => {
    it.each([
        ["ArrowRight", 0, 1],
        ["ArrowRight", 3, 4],
        ["ArrowRight", 9, 9],
        ["ArrowLeft", 4, 3],
        ["ArrowLeft", 0, 0],
        ["ArrowDown", 1, 5],
        ["ArrowDown", 6, 9],
        ["ArrowDown", 8, 8],
        ["ArrowUp", 5, 1],
        ["ArrowUp", 2, null],
        ["Home", 7, 0],
        ["End", 0, 9],
        ["a", 0, null],
    ])("%s from %i goes to %j", (key, from, to) => {
        expect(gridMove(key, from, 10, 4)).toBe(to);
    });

    it("goes the other way from right to left", () => {
        expect(gridMove("ArrowLeft", 0, 10, 4, true)).toBe(1);
        expect(gridMove("ArrowRight", 1, 10, 4, true)).toBe(0);
    });
});
