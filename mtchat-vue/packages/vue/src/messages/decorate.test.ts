import { describe, expect, it } from "vitest";
import { decorate } from "./decorate.js";

const mention = (id: string) => `<span data-type="mention" data-id="${id}" data-label="N" class="mtchat-mention">@N</span>`;

describe("decorate", () => {
    it("marks mentions of oneself and no others", () => {
        const html = decorate(mention("me") + mention("other") + mention("me2"), "me");
        expect(html.match(/data-me/gu)).toHaveLength(1);
        expect(html).toContain('data-id="me" data-me="true"');
    });

    it("finds ids as they are written in HTML", () => {
        expect(decorate(mention("a&amp;&quot;b'c"), `a&"b'c`)).toContain("data-me");
    });

    it("leaves text that looks like one", () => {
        const text = '&lt;span data-type="mention" data-id="me"&gt; &lt;pre&gt;';
        expect(decorate(text, "me")).toBe(text);
    });

    it("lets code be scrolled by keys", () => {
        expect(decorate('<pre class="language-js">a</pre><pre>b</pre>', "me")).toBe('<pre tabindex="0" class="language-js">a</pre><pre tabindex="0">b</pre>');
    });
});
