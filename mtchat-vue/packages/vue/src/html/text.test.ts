import { describe, expect, it } from "vitest";
import { escapeHtml, plainText, textLines } from "./text.js";

describe("plainText", () => {
    it.each([
        ["nothing", "", ""],
        ["text", "Hello", "Hello"],
        ["marks", "<p>Hello <strong>Bob</strong></p>", "Hello Bob"],
        ["paragraphs", "<p>one</p><p>two</p>", "one two"],
        ["breaks", "one<br>two<br/>three", "one two three"],
        ["entities", "a&lt;b&gt;c&amp;d&nbsp;e&quot;f&#39;g&#x41;", "a<b>c&d e\"f'gA"],
        ["entities once only", "&amp;lt;b&amp;gt;", "&lt;b&gt;"],
        ["unknown entities", "&copyleft; &zz; &", "&copyleft; &zz; &"],
        ["broken code points", "&#0;&#xd800;&#x110000;", "\ufffd\ufffd\ufffd"],
        ["a list", "<ul><li>one</li><li>two</li></ul>", "• one • two"],
        ["signs that are no tags", "1 < 2 and 3 > 2", "1 < 2 and 3 > 2"],
        ["a tag without an end", "a <b", "a <b"],
        ["a mention", '<span data-type="mention" data-id="u">@Bob</span>, hi', "@Bob, hi"],
        ["scripts", "a<script>alert(1)</script>b<style>p{}", "ab"],
    ])("%s", (_, html, text) => {
        expect(plainText(html)).toBe(text);
    });

    it("takes no time to speak of for what is made to be slow", () => {
        const begin = performance.now();
        plainText("<".repeat(200_000));
        plainText("&".repeat(200_000));
        plainText("<a".repeat(100_000) + ">");
        expect(performance.now() - begin).toBeLessThan(1_000);
    });
});

describe("textLines", () => {
    it("keeps lines, as one would copy them", () => {
        expect(textLines("<p>one</p><p>two<br>three</p><pre>  x\n    y</pre>")).toBe("one\ntwo\nthree\n  x\n    y");
    });
});

describe("escapeHtml", () => {
    it("makes any text safe to show", () => {
        expect(escapeHtml(`<img src="x" onerror='a'>&`)).toBe("&lt;img src=&quot;x&quot; onerror=&#39;a&#39;&gt;&amp;");
    });
});
