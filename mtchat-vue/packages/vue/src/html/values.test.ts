import { describe, expect, it } from "vitest";
import { decorate } from "../messages/decorate.js";
import { escapeValues } from "./values.js";

describe("escapeValues", () => {
    it.each([
        ["a tag in a value", '<span data-label="<pre x>">@a</span>', '<span data-label="&lt;pre x&gt;">@a</span>'],
        ["several values", '<a href="https://a.example/?<b>" rel=">">x</a>', '<a href="https://a.example/?&lt;b&gt;" rel="&gt;">x</a>'],
        ["what is escaped already", '<a href="https://a.example/?&lt;b&gt;&amp;">x</a>', '<a href="https://a.example/?&lt;b&gt;&amp;">x</a>'],
        ["text and tags without values", "<p>1 &lt; 2<br>x &gt; y</p>", "<p>1 &lt; 2<br>x &gt; y</p>"],
    ])("%s", (_, html, escaped) => {
        expect(escapeValues(html)).toBe(escaped);
        expect(escapeValues(escaped)).toBe(escaped);
    });

    it.each(['<span data-type="mention" data-label="<pre onmouseover=alert(1) x>">@a</span>', '<a href="https://a.example/?<pre><img/src/onerror=alert(1)>">a</a>'])(
        "so that what is put into tags later never gets into a value: %s",
        (html) => {
            expect(decorate(escapeValues(html), "anna")).toBe(escapeValues(html));
            // Without that it would.
            expect(decorate(html, "anna")).not.toBe(html);
        },
    );
});
