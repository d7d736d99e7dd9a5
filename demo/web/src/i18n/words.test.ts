import { describe, expect, it } from "vitest";
import { en } from "./en.js";
import { ru } from "./ru.js";
import { zh } from "./zh.js";

const sources = import.meta.glob<string>("../**/*.{vue,ts}", { query: "?raw", import: "default", eager: true });

function flat(words: object, before = ""): [string, string][] {
    return Object.entries(words).flatMap(([name, value]) => (typeof value === "string" ? [[before + name, value] as [string, string]] : flat(value, `${before}${name}.`)));
}
const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the host's words", () => {
    const english = new Map(flat(en));

    it.each([
        ["ru", ru],
        ["zh", zh],
    ])("%s says everything, with the same places to fill in", (_, words) => {
        const there = new Map(flat(words));
        expect([...there.keys()].sort()).toEqual([...english.keys()].sort());
        for (const [key, text] of english) expect(placeholders(there.get(key)!), key).toEqual(placeholders(text));
    });

    it("has every word that pages ask for", () => {
        const asked = Object.values(sources).flatMap((source) => [...source.matchAll(/\bt\((?:\w+ \? )?["']([\w.]+)["']/g)].map((match) => match[1]!));
        expect(asked.length).toBeGreaterThan(100);
        expect(asked.filter((key) => !english.has(key))).toEqual([]);
    });
});
