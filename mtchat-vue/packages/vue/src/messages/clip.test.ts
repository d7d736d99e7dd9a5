import { describe, expect, it } from "vitest";
import { clipHtml } from "./clip.js";

describe("clipHtml", () => {
    it.each([
        ["a short text", "<p>a</p>"],
        ["a text of just so many characters", "a".repeat(10)],
        ["a text of just so many lines", "a<br>b<br>c"],
        ["tags that make it long, not the text", '<a href="https://a.example/long">a</a>'],
        ["an end that only closes", "<ul><li>a</li><li>b</li><li>c</li></ul>"],
    ])("leaves %s", (_, html) => {
        expect(clipHtml(html, 10, 3)).toEqual({ html, isClipped: false });
    });

    it.each([
        ["text", "abcdefghijkl", "abcdefghij…"],
        ["text in tags", "<p><b>abcdefghijkl</b>m</p>", "<p><b>abcdefghij…</b></p>"],
        ["text after tags", "<p>abcde</p><p>fghijklm</p>", "<p>abcde</p><p>fghij…</p>"],
        ["lines", "a<br>b<br>c<br>d", "a<br>b<br>c<br>…"],
        ["paragraphs", "<p>a</p><p>b</p><p>c</p><p>d</p>", "<p>a</p><p>b</p><p>c</p>…"],
        ["lines of code", "<pre><code>a\nb\nc\nd</code></pre>", "<pre><code>a\nb\nc\n…</code></pre>"],
        ["before an entity", "abcdefgh&amp;ij", "abcdefgh…"],
        ["before an emoji", "abcdefghi😀j", "abcdefghi…"],
    ])("cuts %s", (_, html, clipped) => {
        expect(clipHtml(html, 10, 3)).toEqual({ html: clipped, isClipped: true });
    });

    it("is done at once with what would stop a page", () => {
        const begin = performance.now();
        for (const html of ["a".repeat(1_000_000), "👩\u200d".repeat(100_000), "<br>".repeat(100_000), "<b>a</b>".repeat(100_000)]) {
            expect(clipHtml(html).html.length).toBeLessThan(60_000);
        }
        expect(performance.now() - begin).toBeLessThan(1_000);
    });
});
