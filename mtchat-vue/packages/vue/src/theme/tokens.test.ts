import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contrast, over } from "./contrast.js";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const themes = { light: tokensOf(".mtchat--light"), dark: { ...tokensOf(".mtchat--light"), ...tokensOf(".mtchat--dark") } };

const NAMES = [
    ...["bg", "bg-secondary", "bg-hover", "hover", "input-bg", "input-border", "text", "text-secondary", "text-on-primary"],
    ...["primary", "primary-hover", "primary-bg", "focus-ring", "focus-ring-strong"],
    ...["danger", "danger-hover", "danger-light", "success", "warning", "border", "shadow"],
];
const MEASURES = [
    ...["header-height", "resizer-width", "spacing-xs", "spacing-sm", "spacing-md", "spacing-lg"],
    ...["border-radius", "border-radius-md", "border-radius-lg", "font-family"],
];

const READABLE: readonly (readonly [text: string, ...backgrounds: string[]])[] = [
    ["text", "bg", "bg-secondary", "bg-hover", "input-bg", "primary-bg", "danger-light"],
    ["text-secondary", "bg", "bg-secondary", "bg-hover", "input-bg", "primary-bg"],
    ["primary", "bg", "bg-secondary", "bg-hover", "primary-bg"],
    ["text-on-primary", "primary", "primary-hover", "danger", "danger-hover"],
    ["danger", "bg", "bg-secondary", "danger-light"],
    ["success", "bg", "bg-secondary"],
    ["warning", "bg", "bg-secondary"],
    ["bg", "text"],
];

describe.each(Object.entries(themes))("theme %s", (theme, tokens) => {
    it("defines every name that is promised", () => {
        const own = theme === "dark" ? tokensOf(".mtchat--dark") : tokens;
        expect(NAMES.filter((name) => !(name in own))).toEqual([]);
        expect(MEASURES.filter((name) => !(name in tokens))).toEqual([]);
    });

    const pairs = READABLE.flatMap(([text, ...backgrounds]) => backgrounds.map((background) => [text, background] as const));
    it.each(pairs)("%s can be read on %s", (text, background) => {
        expect(contrast(tokens[text]!, tokens[background]!)).toBeGreaterThanOrEqual(4.5);
    });

    it.each(["bg", "bg-secondary", "primary-bg"])("text can be read on %s under the pointer", (background) => {
        const seen = over(tokens["hover"]!, tokens[background]!);
        expect(contrast(tokens["text"]!, seen)).toBeGreaterThanOrEqual(4.5);
    });

    it.each(["bg", "bg-secondary", "bg-hover"])("the focus is seen on %s", (background) => {
        expect(contrast(tokens["focus-ring-strong"]!, tokens[background]!)).toBeGreaterThanOrEqual(3);
    });
});

it("measures contrast as WCAG does", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
    expect(over("rgb(0 0 0 / 50%)", "#ffffff")).toBe("#808080");
});

function tokensOf(selector: string): Record<string, string> {
    const block = css.slice(css.indexOf(`${selector} {`));
    const body = block.slice(0, block.indexOf("\n}"));
    return Object.fromEntries([...body.matchAll(/--mtchat-([\w-]+):\s*([^;]+);/g)].map((match) => [match[1]!, match[2]!]));
}
