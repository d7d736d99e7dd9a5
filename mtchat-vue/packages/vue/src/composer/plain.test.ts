import { describe, expect, it } from "vitest";
import { htmlOfPlain, plainOfHtml } from "./plain.js";

describe("a message of a simple text field", () => {
    it.each([
        ["", ""],
        ["  \n ", ""],
        ["Hello", "<p>Hello</p>"],
        ["Hello \n", "<p>Hello</p>"],
        ["one\ntwo", "<p>one<br>two</p>"],
        ['a <b> & "c"', '<p>a &lt;b&gt; &amp; "c"</p>'],
        ["&lt;", "<p>&amp;lt;</p>"],
    ])("%j becomes %j", (text, html) => {
        expect(htmlOfPlain(text)).toBe(html);
    });

    it.each(["Hello", "one\ntwo", 'a <b> & "c"', "&amp;lt; it's", "👍 да"])("%j comes back as it was", (text) => {
        expect(plainOfHtml(htmlOfPlain(text))).toBe(text);
    });

    it("takes a text without tags", () => {
        expect(plainOfHtml("just &amp; text")).toBe("just & text");
    });

    it.each(["<p>a</p><p>b</p>", "<p><strong>a</strong></p>", "<ul><li><p>a</p></li></ul>"])("does not take %j, which has more to it", (html) => {
        expect(plainOfHtml(html)).toBeNull();
    });
});
