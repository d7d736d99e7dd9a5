import { describe, expect, it } from "vitest";
import { safeNodes } from "../html/nodes.js";
import { clip } from "./clip.js";

describe("clip", () => {
    it.each([
        ["a short text", "<p>a</p>"],
        ["a text of just so many characters", "a".repeat(10)],
        ["a text of just so many lines", "a<br>b<br>c"],
        ["tags that make it long, not the text", '<a href="https://a.example/long">a</a>'],
        ["entities that make it long", "&amp;".repeat(10)],
        ["an end that only closes", "<ul><li>a</li><li>b</li><li>c</li></ul>"],
        ["a blank end", "<p>a</p><p>b</p><p>c</p> \n"],
    ])("leaves %s", (_, html) => {
        const all = safeNodes(html);
        const clipped = clip(all, 10, 3);
        expect(clipped.isClipped).toBe(false);
        expect(clipped.nodes).toBe(all);
    });

    it.each([
        ["text", "abcdefghijkl", "abcdefghij…"],
        ["text in tags", "<p><b>abcdefghijkl</b>m</p>", "<p><b>abcdefghij…</b></p>"],
        ["text after tags", "<p>abcde</p><p>fghijklm</p>", "<p>abcde</p><p>fghij…</p>"],
        ["lines", "a<br>b<br>c<br>d", "a<br>b<br>c<br>…"],
        ["paragraphs", "<p>a</p><p>b</p><p>c</p><p>d</p>", "<p>a</p><p>b</p><p>c</p>…"],
        ["items", "<ul><li>a</li><li>b</li><li>c</li><li>d</li></ul>e", "<ul><li>a</li><li>b</li><li>c</li>…</ul>"],
        ["lines of code", "<pre><code>a\nb\nc\nd</code></pre>", "<pre><code>a\nb\nc\n…</code></pre>"],
        ["signs that are entities as one", "abcdefgh&amp;ij", "abcdefgh&amp;i…"],
        ["before an emoji", "abcdefghi😀j", "abcdefghi…"],
        ["before a joined emoji", "abcdef👩\u200d💻j", "abcdef…"],
    ])("cuts %s", (_, html, shown) => {
        expect(clip(safeNodes(html), 10, 3)).toEqual({ nodes: safeNodes(shown), isClipped: true });
    });

    it("leaves what it is given as it is", () => {
        const all = safeNodes("<p>abcdefghijkl<b>m</b></p><p>n</p>");
        clip(all, 10, 3);
        expect(all).toEqual(safeNodes("<p>abcdefghijkl<b>m</b></p><p>n</p>"));
    });

    it("is done at once with what would stop a page", () => {
        const begin = performance.now();
        for (const html of ["a".repeat(1_000_000), "👩\u200d".repeat(100_000), "<br>".repeat(100_000), "<p>a</p>".repeat(100_000)]) {
            expect(JSON.stringify(clip(safeNodes(html)).nodes).length).toBeLessThan(60_000);
        }
        expect(performance.now() - begin).toBeLessThan(2_000);
    });
});
