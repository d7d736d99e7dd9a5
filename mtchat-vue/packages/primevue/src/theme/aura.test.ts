import { describe, expect, it } from "vitest";
import tokens from "../../../vue/src/theme/tokens.css?raw";
import css from "./aura.css?raw";

const namesIn = (text: string) => [...new Set([...text.matchAll(/(--mtchat-[\w-]+)\s*:/g)].map(([, name]) => name!))].sort();
/** All tokens that hosts may set; others are derived from them. */
const PUBLIC = [
    ...["bg", "bg-secondary", "bg-hover", "hover", "input-bg", "input-border", "text", "text-secondary", "text-on-primary"],
    ...["primary", "primary-hover", "primary-bg", "focus-ring", "focus-ring-strong", "danger", "danger-hover", "danger-light", "success", "warning"],
    ...["border", "shadow", "header-height", "resizer-width", "spacing-xs", "spacing-sm", "spacing-md", "spacing-lg"],
    ...["border-radius", "border-radius-md", "border-radius-lg", "font-family"],
].map((name) => `--mtchat-${name}`);

function block(selector: string): string {
    const begins = css.indexOf(`\n${selector} {`);
    return css.slice(begins, css.indexOf("}", begins));
}

describe("the theme aura.css", () => {
    it("knows the tokens of the chat", () => {
        expect(namesIn(tokens)).toEqual(expect.arrayContaining(PUBLIC));
    });

    it.each(["light", "dark"])("says all of them, %s", (theme) => {
        const said = [...namesIn(block(":where(.mtchat-prime)")), ...namesIn(block(`:where(.mtchat-prime--${theme})`))];
        expect([...new Set(said)].sort()).toEqual([...PUBLIC].sort());
    });

    it("hands all of them to the chat, so that what a host sets on .mtchat-prime wins", () => {
        expect(namesIn(block(".mtchat-prime > .mtchat.mtchat"))).toEqual([...PUBLIC].sort());
    });
});
