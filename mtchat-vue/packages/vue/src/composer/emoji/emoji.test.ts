import { describe, expect, it } from "vitest";
import { loadEmoji, searchEmoji, type Tone, withTone } from "./emoji.js";

describe("emoji", () => {
    it.each([
        ["en", "thumbs up", "👍️"],
        ["ru", "большой палец вверх", "👍️"],
        ["zh", "拇指向上", "👍️"],
        ["de", "thumbs up", "👍️"],
    ])("in %s are found by %j", async (locale, query, emoji) => {
        expect(searchEmoji(await loadEmoji(locale), query).map((one) => one.emoji)).toContain(emoji);
    });

    it.each(["en", "ru", "zh"])("have each a name in %s", async (locale) => {
        const groups = await loadEmoji(locale);
        expect(groups.map(({ key }) => key)).toEqual(["smileys", "people", "nature", "food", "travel", "activities", "objects", "symbols", "flags"]);
        expect(groups.flatMap(({ emoji }) => emoji).filter(({ name }) => name === "")).toEqual([]);
    });

    it("are found by all words, names that begin so first", async () => {
        const groups = await loadEmoji("en");
        const [first] = searchEmoji(groups, "ship");
        expect(first?.emoji).toBe("🚢");
        expect(searchEmoji(groups, "red heart").every(({ words }) => words.includes("red") && words.includes("heart"))).toBe(true);
        expect(searchEmoji(groups, "  ")).toEqual([]);
        expect(searchEmoji(groups, "qqqq")).toEqual([]);
        expect(searchEmoji(groups, "e", 10)).toHaveLength(10);
    });

    it.each<[string, boolean, Tone, string]>([
        ["👋", true, 0, "👋"],
        ["👋", true, 1, "👋🏻"],
        ["👋", true, 5, "👋🏿"],
        ["✌️", true, 3, "✌🏽"],
        ["👩‍💻", true, 2, "👩🏼‍💻"],
        ["🚢", false, 3, "🚢"],
    ])("%s (takes tones: %s) in tone %i is %s", (emoji, takesTone, tone, toned) => {
        expect(withTone({ emoji, takesTone }, tone)).toBe(toned);
    });
});
