import { describe, expect, it } from "vitest";
import { snippetParts } from "./snippet.js";

describe("a snippet", () => {
    it("is text with hits in it", () => {
        expect(snippetParts("Hello, <mark>Bob</mark>!")).toEqual([
            { text: "Hello, ", isHit: false },
            { text: "Bob", isHit: true },
            { text: "!", isHit: false },
        ]);
    });

    it.each([
        ["&lt;b&gt; &amp;amp; &quot;x&quot; &#39;y&#39; &#x41;", "<b> &amp; \"x\" 'y' A"],
        ["&unknown; &#0; &#x110000;", "&unknown; &#0; &#x110000;"],
        ["<img src=x onerror=alert(1)>text", "text"],
        ["<script>alert(1)</script>", "alert(1)"],
        ["5 < 6", "5 < 6"],
        ["", ""],
    ])("%j says %j", (html, text) => {
        expect(
            snippetParts(html)
                .map((part) => part.text)
                .join(""),
        ).toBe(text);
    });

    it("ends a hit that has no end with the text", () => {
        expect(snippetParts("a <mark>b")).toEqual([
            { text: "a ", isHit: false },
            { text: "b", isHit: true },
        ]);
    });
});
