import { describe, expect, it } from "vitest";
import { AVATAR_COLOURS, avatarColour, initials } from "./initials.js";

describe("initials", () => {
    it.each([
        ["Anna Petersen", "AP"],
        ["anna maria petersen", "AP"],
        ["Иван Соколов", "ИС"],
        ["Madonna", "M"],
        ["  (Dr.)  Jan   Olsen ", "DO"],
        ["Сотрудник компании", "СК"],
        ["王小明", "小明"],
        ["王芳", "王芳"],
        ["O'Neil Shaun", "OS"],
        ["𝒜lice Bob", "𝒜B"],
        ["7 Seas", "7S"],
        ["🚚", "?"],
        ["", "?"],
    ])("of %j are %j", (name, letters) => {
        expect(initials(name)).toBe(letters);
    });
});

describe("the colour of an avatar", () => {
    it("is the same for the same person", () => {
        expect(avatarColour("user-1")).toBe(avatarColour("user-1"));
    });

    it("differs among people", () => {
        const colours = new Set(Array.from({ length: 200 }, (_, n) => avatarColour(`user-${n}`)));
        expect(colours.size).toBe(AVATAR_COLOURS.length);
    });

    it.each(AVATAR_COLOURS)("%s can be read under white letters", (colour) => {
        expect(1.05 / (luminance(colour) + 0.05)).toBeGreaterThanOrEqual(4.5);
    });
});

/** As WCAG 2.1 defines it. */
function luminance(hex: string): number {
    const [r, g, b] = [1, 3, 5].map((at) => {
        const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
