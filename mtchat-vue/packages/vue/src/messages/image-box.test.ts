import { describe, expect, it } from "vitest";
import { imageBox } from "./image-box.js";

describe("imageBox", () => {
    it.each([
        ["a small picture is not enlarged", 200, 100, { width: 200, height: 100 }],
        ["a wide one is as wide as can be", 3200, 1600, { width: 320, height: 160 }],
        ["a high one as high as can be", 1000, 4000, { width: 80, height: 320 }],
        ["a tiny one can still be hit", 1, 1, { width: 44, height: 44 }],
        ["a line is no line", 5000, 2, { width: 320, height: 44 }],
        ["of unknown size there is a place all the same", null, undefined, { width: 240, height: 180 }],
        ["nonsense is of unknown size", -5, 10, { width: 240, height: 180 }],
    ])("%s", (_, width, height, box) => {
        expect(imageBox(width, height)).toEqual(box);
    });
});
