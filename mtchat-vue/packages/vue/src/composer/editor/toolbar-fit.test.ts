import { describe, expect, it } from "vitest";
import { fitting } from "./toolbar-fit.js";

describe("a toolbar in a narrow place", () => {
    it.each([
        [400, 11, 34, 11],
        [374, 11, 34, 11],
        [373, 11, 34, 9],
        [200, 11, 34, 4],
        [40, 11, 34, 1],
        [0, 11, 34, 11],
    ])("of %i px shows, of %i buttons of %i px, %i", (width, count, size, shown) => {
        expect(fitting(width, count, size)).toBe(shown);
    });
});
