import { describe, expect, it } from "vitest";
import { en } from "./locales/en/index.js";
import { ru } from "./locales/ru/index.js";
import { zh } from "./locales/zh/index.js";
import type { Plural } from "./types.js";

type Texts = Map<string, string | Plural>;

const english = textsOf(en);

describe.each([
    ["ru", textsOf(ru)],
    ["zh", textsOf(zh)],
])("language %s", (locale, texts) => {
    it("says exactly what English says", () => {
        expect([...texts.keys()].sort()).toEqual([...english.keys()].sort());
    });

    it("has the same things to fill in", () => {
        const different = [...english].filter(([key, text]) => texts.has(key) && String(placeholders(text)) !== String(placeholders(texts.get(key)!)));
        expect(different.map(([key]) => key)).toEqual([]);
    });

    it("leaves nothing empty", () => {
        expect([...texts].filter(([, text]) => forms(text).some((form) => form.trim() === "")).map(([key]) => key)).toEqual([]);
    });

    it("has each plural form that it needs", () => {
        expect(lackingForms(locale, texts)).toEqual([]);
    });
});

describe("language en", () => {
    it("has each plural form that it needs", () => {
        expect(lackingForms("en", english)).toEqual([]);
    });

    it("gives things to fill in names without spaces", () => {
        const strange = [...english].filter(([, text]) => forms(text).some((form) => form.replace(/\{\w+\}/g, "").match(/[{}]/)));
        expect(strange.map(([key]) => key)).toEqual([]);
    });
});

/** Every text by `group.key`. */
function textsOf(source: object, prefix = "", into: Texts = new Map()): Texts {
    for (const [key, value] of Object.entries(source)) {
        if (typeof value === "string" || typeof value.other === "string") into.set(prefix + key, value);
        else textsOf(value, `${prefix}${key}.`, into);
    }
    return into;
}

function forms(text: string | Plural): string[] {
    return typeof text === "string" ? [text] : Object.values(text);
}

/** A single form may say its number in words («a message»), so of plurals the fullest counts. */
function placeholders(text: string | Plural): string[] {
    const all = forms(text).map((form) => [...form.matchAll(/\{\w+\}/g)].map(String).sort());
    return all.reduce((fullest, some) => (some.length > fullest.length ? some : fullest), []);
}

/** Keys of texts that some number would find no form of. */
function lackingForms(locale: string, texts: Texts): string[] {
    const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    const plurals = [...texts].filter(([, text]) => typeof text !== "string");
    return plurals.filter(([, text]) => needed.some((form) => !(text as Plural)[form])).map(([key]) => key);
}
