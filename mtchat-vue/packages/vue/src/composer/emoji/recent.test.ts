import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forgetRecentEmoji, MAX_RECENT, recentEmoji, rememberEmoji } from "./recent.js";

beforeEach(() => {
    localStorage.clear();
    forgetRecentEmoji();
});
afterEach(() => vi.restoreAllMocks());

describe("emoji that were chosen last", () => {
    it("come newest first, each once, and outlive a reload", () => {
        for (const emoji of ["👍", "🚢", "👍"]) rememberEmoji(emoji);
        forgetRecentEmoji();
        expect(recentEmoji()).toEqual(["👍", "🚢"]);
    });

    it("are not too many", () => {
        for (let n = 0; n < MAX_RECENT + 5; n += 1) rememberEmoji(String(n));
        expect(recentEmoji()).toHaveLength(MAX_RECENT);
    });

    it.each(["nonsense", "{}", "[1, null]", "null"])("are none when %s is kept", (value) => {
        localStorage.setItem("mtchat.emoji", value);
        expect(recentEmoji()).toEqual([]);
    });

    it("are remembered until the page goes where nothing may be kept", () => {
        vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
            throw new DOMException("no", "SecurityError");
        });
        rememberEmoji("🚢");
        expect(recentEmoji()).toEqual(["🚢"]);
    });
});
