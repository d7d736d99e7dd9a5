import { describe, expect, it } from "vitest";
import { safeNodes } from "./nodes.js";
import { sanitise } from "./sanitise.js";

const mention = (more: object) => [{ tag: "span", attributes: { "data-type": "mention", ...more, class: "mtchat-mention" }, children: ["@Bob"] }];

describe("nodes of what a user wrote", () => {
    it("are texts and the tags that there are", () => {
        expect(safeNodes("a<p>b<div>c<h1>d</h1></div><b>e</b></p>")).toEqual([
            "a",
            { tag: "p", attributes: {}, children: ["bcd", { tag: "b", attributes: {}, children: ["e"] }] },
        ]);
    });

    it.each("p br strong b em i u s strike a ul ol li blockquote code pre span".split(" "))("know %s", (tag) => {
        expect(safeNodes(`<${tag}>`)).toMatchObject([{ tag }]);
    });

    it.each("div img script style svg math template iframe form input button h1 table td video object embed link meta base html body head select x-y constructor __proto__ toString".split(" "))(
        "never are %s",
        (tag) => {
            expect(safeNodes(`<${tag}>a</${tag}><${tag} href=https://a.example class=mtchat-mention />`)).not.toContainEqual(expect.objectContaining({ tag: expect.anything() }));
        },
    );

    it.each(["p", "strong", "ul", "li", "blockquote", "span", "code", "pre", "a", "br"])("keep no attribute of %s that is not its own", (tag) => {
        const given = "onclick=x style=x id=x name=x is=x href=javascript:x target=_top rel=opener data-x=y class=x key=k ref=r innerHTML=x __proto__=x constructor=x";
        expect(safeNodes(`<${tag} ${given}>`)).toEqual([{ tag, attributes: tag === "a" ? { rel: "noopener noreferrer nofollow ugc" } : {}, children: [] }]);
    });

    it.each(["javascript:alert(1)", "data:text/html,x", "//a.example", "/x", "https://me@a.example", "https://a.example/\u202e", "java&#10;script:alert(1)", "mailto:a@b.example"])("link nowhere for %s", (url) => {
        expect(safeNodes(`<a href="${url}">x</a>`)).toEqual([{ tag: "a", attributes: { rel: "noopener noreferrer nofollow ugc" }, children: ["x"] }]);
    });

    it("link elsewhere, in a place of its own", () => {
        const attributes = { href: 'https://a.example/?a=1&b="2"', rel: "noopener noreferrer nofollow ugc", target: "_blank" };
        expect(safeNodes('<a href="https://a.example/?a=1&amp;b=&quot;2&quot;" target=_self>x</a>')).toEqual([{ tag: "a", attributes, children: ["x"] }]);
    });

    it.each([
        ["by its class", '<span class="x mtchat-mention y">@Bob</span>', { "data-label": "Bob" }],
        ["by its type", '<span data-type="mention" data-id="u1">@Bob</span>', { "data-id": "u1", "data-label": "Bob" }],
        ["of an older form", '<span data-mention="u1">@Bob</span>', { "data-id": "u1", "data-label": "Bob" }],
        ["with a label", '<span data-type="mention" data-id="u1" data-label="B">@Bob</span>', { "data-id": "u1", "data-label": "B" }],
        ["without an end", '<span data-type="mention" data-id="u1">@Bob', { "data-id": "u1", "data-label": "Bob" }],
    ])("know a mention %s", (_, html, attributes) => {
        expect(safeNodes(html)).toEqual(mention(attributes));
    });

    it.each([
        ["language-js evil language-c++", { class: "language-js language-c++" }],
        ["mtchat-mention mtchat", {}],
        ["language-", {}],
        [`language-${"x".repeat(33)}`, {}],
    ])("keep of classes of code languages: %s", (given, attributes) => {
        expect(safeNodes(`<pre class="${given}"><code class="${given}"></code></pre>`)).toEqual([{ tag: "pre", attributes, children: [{ tag: "code", attributes, children: [] }] }]);
    });

    it.each([
        ["paragraphs that do not end", "<p>a<p>b", "<p>a</p><p>b</p>"],
        ["a list in a paragraph", "<p>a<ul><li>b", "<p>a</p><ul><li>b</li></ul>"],
        ["items that do not end", "<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"],
        ["lists in lists", "<ol><li>a<ol><li>b</ol><li>c</ol>", "<ol><li>a<ol><li>b</li></ol></li><li>c</li></ol>"],
        ["links in links", '<a href="https://a.example">a<b><a>b</a></b></a>', '<a href="https://a.example" rel="noopener noreferrer nofollow ugc" target="_blank">a<b></b></a><a rel="noopener noreferrer nofollow ugc">b</a>'],
        ["ends of what was not begun", "a</p></b></div>b", "ab"],
        ["ends in the wrong order", "<b><i>a</b>b</i>c", "<b><i>a</i></b>bc"],
        ["the first line break of code", "<pre>\n\na\nb</pre>", "<pre>\n\na\nb</pre>"],
        ["words around what goes", "<h1>Title</h1><div>a<script>x</script>b</div><p>c</p>", "Titleab<p>c</p>"],
    ])("bear %s", (_, html, clean) => {
        expect(sanitise(html)).toBe(clean);
    });

    it("are text where they would lie too deep in each other, and no deeper elsewhere", () => {
        expect(safeNodes("<b>".repeat(50_000) + "x")).toEqual(["x"]);
        expect(safeNodes("<p>a" + "<i>".repeat(300) + "</i>".repeat(300) + "</p><p>b")).toEqual(["a b"]);
        expect(sanitise("<b>".repeat(200) + "x" + "</b>".repeat(200))).toBe("<b>".repeat(200) + "x" + "</b>".repeat(200));
        expect(sanitise("<b>x</b>".repeat(1_000))).toBe("<b>x</b>".repeat(1_000));
    });

    it("are there at once, whatever was written", () => {
        const begin = performance.now();
        for (const html of ["<p>", "<li>", "<a>", "<b></b>", "</b>", "<span class=mtchat-mention>@x</span>", "<b><p></b>", "x<!---->"]) safeNodes(html.repeat(1_000_000 / html.length));
        expect(performance.now() - begin).toBeLessThan(4_000);
    });
});
