import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";
import { safeNodes } from "./nodes.js";
import { RichText } from "./RichText.js";

const show = (html: string, me?: string) => mount(RichText, { props: { nodes: safeNodes(html), ...(me !== undefined && { me }) }, attrs: { class: "place" } });
const mention = (id: string) => `<span data-type="mention" data-id="${id}" data-label="N" class="mtchat-mention">@N</span>`;

describe("rich text", () => {
    it.each([
        ["text", "1 &lt; 2 &amp; 3"],
        ["formatting", "<p><strong>a</strong><em>b</em><u>c</u><s>d</s><br></p>"],
        ["lists, quotes and code", '<ul><li>a</li></ul><ol><li>b</li></ol><blockquote>c</blockquote><p><code class="language-js">d</code></p>'],
        ["a link", '<a href="https://a.example/?a=1&amp;b" rel="noopener noreferrer nofollow ugc" target="_blank">x</a>'],
        ["a mention", mention("u1")],
    ])("shows %s", (_, html) => {
        expect(show(html).element.innerHTML).toBe(html);
    });

    it("marks mentions of oneself and no others", () => {
        const shown = show(mention("me") + mention("other") + mention("me2"), "me");
        expect(shown.findAll("[data-me]").map((one) => one.attributes("data-id"))).toEqual(["me"]);
    });

    it("marks nothing for nobody", () => {
        expect(show('<span class="mtchat-mention">@N</span><span>x</span>').find("[data-me]").exists()).toBe(false);
    });

    it("finds ids with signs", () => {
        expect(show(mention("a&amp;&quot;b'c"), `a&"b'c`).find("[data-me]").exists()).toBe(true);
    });

    it.each(['<p>&lt;span data-type="mention" data-id="me"&gt; &lt;pre&gt;</p>', '<span class="mtchat-mention" data-label=\'<pre onmouseover=alert(1) x><i data-id="me">\'>@a</span>'])(
        "leaves text and values that look like tags: %s",
        (html) => {
            const shown = show(html, "me");
            expect(shown.find("[data-me], pre, i").exists()).toBe(false);
        },
    );

    it("lets code be scrolled by keys", () => {
        expect(show('<pre class="language-js">a</pre><pre>b</pre>').findAll('pre[tabindex="0"]')).toHaveLength(2);
    });

    it("changes as the text does", async () => {
        const shown = show("<p>a<b>b</b></p>");
        await shown.setProps({ nodes: safeNodes("<p>c</p>d") });
        expect(shown.element.innerHTML).toBe("<p>c</p>d");
        expect(shown.classes()).toEqual(["place"]);
    });

    it.each(["a<!-- -->b<x>c</x>", "a\r\nb\0c", "<pre>\n\na</pre>", "<p>a<p>b", "1 < 2"])("is the same on a server and in the page: %j", async (html) => {
        const render = () => createSSRApp({ render: () => h(RichText, { nodes: safeNodes(html) }) });
        const place = document.createElement("div");
        place.innerHTML = await renderToString(render());
        const before = place.innerHTML;
        render().mount(place);
        expect(place.innerHTML).toBe(before);
    });
});
