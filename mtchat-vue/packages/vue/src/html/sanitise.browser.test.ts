// @vitest-environment node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch } from "../../../../../client-wasm/driver/tests/chromium.mjs";

/** What the server is tested with. */
const CORPUS = readFileSync(join(import.meta.dirname, "../../../../../server/src/content/corpus.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

/** OWASP's classics and ways around earlier sanitisers, this one's own versions among them. */
const ATTEMPTS = [
    `<script>alert(1)</script>`,
    `<SCRIPT SRC=https://evil.example/x.js></SCRIPT>`,
    `<IMG SRC="javascript:alert('XSS');">`,
    `<IMG SRC=JaVaScRiPt:alert(1)>`,
    `<IMG """><SCRIPT>alert(1)</SCRIPT>"\\>`,
    `<img src=x onerror=&#0000106&#0000097alert(1)>`,
    `<a href="jav&#x09;ascript:alert(1)">x</a>`,
    `<a href="jav&#x0A;ascript:alert(1)">x</a>`,
    `<a href=" &#14;  javascript:alert(1)">x</a>`,
    `<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>`,
    `<a href="https://a.example" onclick=alert(1) style="x:expression(alert(1))">x</a>`,
    `<BODY BACKGROUND="javascript:alert(1)" ONLOAD=alert(1)>`,
    `<LINK REL="stylesheet" HREF="javascript:alert(1);">`,
    `<STYLE>@import'https://evil.example/x.css';</STYLE>`,
    `<META HTTP-EQUIV="refresh" CONTENT="0;url=javascript:alert(1);">`,
    `<TABLE BACKGROUND="javascript:alert(1)"><TD BACKGROUND="javascript:alert(1)">`,
    `<DIV STYLE="background-image: url(javascript:alert(1))">x</DIV>`,
    `<BASE HREF="javascript:alert(1);//">`,
    `<EMBED SRC="data:image/svg+xml;base64,PHN2Zz4=" AllowScriptAccess="always">`,
    `<input type=image src=x onerror=alert(1)><button formaction=javascript:alert(1)>x</button>`,
    `<form action=javascript:alert(1)><input type=submit></form>`,
    `<form><input name=attributes><input name=parentNode><input name=nodeName></form><img src=x onerror=alert(1)>`,
    `<a id=x href=https://a.example name=getElementById>x</a>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;/mglyph&gt;&lt;img&Tab;src=1&Tab;onerror=alert(1)&gt;">`,
    `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
    `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
    `<svg><desc><![CDATA[</desc><script>alert(1)</script>]]></svg>`,
    `<svg><annotation-xml><foreignobject><style><!--</style><p id="--><img src=x onerror=alert(1)>">`,
    `<noscript><style></noscript><img src=x onerror="alert(1)">`,
    `<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>`,
    `<select><template><img src=x onerror=alert(1)></template></select>`,
    `<template><s><template><s><img src=x onerror=alert(1)>@shafigullin</s></template></s></template>`,
    `<x-element is=x onfocus=alert(1) tabindex=0 autofocus>x</x-element>`,
    `<a href="https://a.example"><svg><animate attributeName=href values=javascript:alert(1)></svg>x</a>`,
    `<math href="javascript:alert(1)">x</math><math><maction actiontype="statusline#" xlink:href="javascript:alert(1)">x`,
    `<!--[if gte IE 4]><script>alert(1);</script><![endif]-->`,
    `<?php <img src=x onerror=alert(1)> ?>`,
    `<div><!--a<b--!><img src=x onerror=alert(1)>--></div>`,
    `<a href="https://a.example/\u0000" x=\u0000onclick=alert(1)>x</a>`,
    `<p slot=x part=y is=z contenteditable autofocus popover popovertarget=x draggable>x</p>`,
    `<span class="mtchat-mention mtchat-dialog mtchat-viewer" style="position:fixed;inset:0">x</span>`,
    `<span data-type="x" data-evil="1" data-id='"><img src=x onerror=alert(1)>'>x</span>`,
    `<code class="language-js evil" onclick=alert(1)>x</code><pre class="mtchat">x</pre>`,
    `<a href="https://a.example" target=_top rel=opener ping=https://evil.example download>x</a>`,
    `<b><p>`.repeat(30) + `<img src=x onerror=alert(1)>`,
    `<svg><foreignObject><p title="</foreignObject></svg><img src=x onerror=alert(1)>"></p></foreignObject></svg>`,
    `<math><annotation-xml encoding="text/html"><p><img src=x onerror=alert(1)></p></annotation-xml></math>`,
    `<svg xmlns="http://www.w3.org/1999/xhtml"><p onclick=alert(1)>x</p></svg><p xmlns="http://www.w3.org/2000/svg" xlink:href="javascript:alert(1)">x</p>`,
    `<template shadowrootmode=open><img src=x onerror=alert(1)></template><p><template shadowrootmode=closed><slot></slot></template></p>`,
    `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
    `<!--><img src=x onerror=alert(1)>--><!---><img src=x onerror=alert(1)>--><!-- --!><img src=x onerror=alert(1)>-->`,
    `<![CDATA[<img src=x onerror=alert(1)>]]><?xml-stylesheet href="javascript:alert(1)"?><!DOCTYPE x [<!ENTITY y "<img src=x onerror=alert(1)>">]>&y;`,
    `<plaintext><p>x</p></plaintext><xmp><p></xmp><img src=x onerror=alert(1)></xmp>`,
    `<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset><body onload=alert(1)><html onclick=alert(1)>`,
    `<p a="b>c" d='e<img src=x onerror=alert(1)>' f=g<img/src=x/onerror=alert(1)>x</p>`,
    `<p "<img src=x onerror=alert(1)>" '<img src=x onerror=alert(1)>'>x</p>`,
    `<p =x ="<img src=x onerror=alert(1)>">x</p><p a = "x>y" b= 'z>'>x</p>`,
    `<pre>\n\n<code>\n&lt;img src=x onerror=alert(1)&gt;</code></pre>`,
    `<constructor><__proto__ onclick=alert(1)>x</__proto__><p __proto__=x constructor=y innerHTML="<img src=x onerror=alert(1)>" onVnodeMounted=alert(1) key=x ref=y>x</p>`,
    `<a href="https://a.example"><ul><li><a href="javascript:alert(1)">x</a></li></ul></a><li><li><ul></li>`,
    `<p>${"<i>".repeat(199)}<img src=x onerror=alert(1)>`,
    `&lt;img src=x onerror=alert(1)&gt;&#60;script&#62;alert(1)&#x3c;/script&#x3e;`,
];

/** The attributes that may be left, by tag. */
const ALLOWED: Record<string, readonly string[]> = {
    A: ["href", "target", "rel"],
    SPAN: ["data-type", "data-id", "data-label", "class"],
    CODE: ["class"],
    PRE: ["class"],
};
const TAGS = "P BR STRONG B EM I U S STRIKE A UL OL LI BLOCKQUOTE CODE PRE SPAN".split(" ");

/** What a browser shows, and whether something ran. */
interface Seen {
    /** Cleaned, as a text. */
    html: string;
    /** Cleaned twice. */
    again: string;
    /** What is there of that, when a page takes it as HTML. */
    elements: Shown[];
    /** What is there when the chat itself shows it. */
    nodes: Shown[];
    /** All that can be read of it there. */
    words: { of: string; nodes: string };
    ran: number;
}

interface Shown {
    tag: string;
    namespace: string | null;
    attributes: Record<string, string>;
}

// What a browser makes of HTML only a browser knows: the DOM of unit tests is no measure for a sanitiser.
describe("in a browser", () => {
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
        const code = await bundle();
        browser = await launch();
        page = await browser.newPage();
        await page.addScriptTag({ content: `globalThis.ran = 0; globalThis.alert = () => { globalThis.ran += 1; };\n${code}` });
    }, 60_000);

    afterAll(async () => {
        await browser?.close();
    });

    it.each([
        ["the server's corpus", CORPUS],
        ["attempts", ATTEMPTS],
        ["all attempts in one", [ATTEMPTS.join(""), CORPUS.join("")]],
        ["attempts in a value", [...ATTEMPTS, ...CORPUS].map((line) => `<span class=mtchat-mention data-label="${line.replaceAll('"', "&quot;")}" data-id='${line.replaceAll("'", "&#39;")}'>x</span>`)],
        ["attempts in a list in a quote", [...ATTEMPTS, ...CORPUS].map((line) => `<blockquote><ul><li>${line}</li></ul></blockquote>`)],
        ["halves of attempts", [...ATTEMPTS, ...CORPUS].flatMap((line) => [line.slice(0, line.length / 2), line.slice(line.length / 2), line.slice(1)])],
    ])("nothing runs and nothing but the allow-list is left of %s", async (_, lines) => {
        for (const line of lines) {
            const seen = await show(page, line);
            expect(seen.ran, line).toBe(0);
            expect(seen.again, line).toBe(seen.html);
            expect(seen.words.nodes, line).toBe(seen.words.of);
            for (const shown of [...seen.elements, ...seen.nodes]) expectAllowed(shown, line);
        }
    });

    it("the check itself would notice", async () => {
        const elements = await page.evaluate(() => {
            const place = document.createElement("div");
            place.innerHTML = "<img><p onclick=x></p><a href=javascript:x></a><span class=evil></span><svg><a></a></svg>";
            return [...place.querySelectorAll("*")].map((element) => ({
                tag: element.tagName,
                namespace: element.namespaceURI,
                attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
            }));
        });
        expect(elements).toHaveLength(6);
        for (const element of elements) expect(() => expectAllowed(element, "")).toThrow();
    });

    it.each([
        ["formatting", "<p><strong>a</strong><b>b</b><em>c</em><i>d</i><u>e</u><s>f</s><strike>g</strike></p>"],
        ["lists", "<ul><li>a</li></ul><ol><li>b</li></ol>"],
        ["quotes and code", '<blockquote>a</blockquote><pre><code class="language-c++">b\n  c</code></pre>'],
        ["breaks", "a<br>b"],
        ["text", "<p>1 &lt; 2 &amp; 3</p>"],
        ["a mention", '<span data-type="mention" data-id="u1" data-label="Bob" class="mtchat-mention">@Bob</span>'],
        ["a link", '<a href="https://a.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow ugc" target="_blank">x</a>'],
    ])("what is allowed stays: %s", async (_, html) => {
        const seen = await show(page, html);
        expect(seen.html).toBe(html);
        // Code can be scrolled by keys, too.
        for (const { tag, attributes } of seen.nodes) if (tag === "PRE") delete attributes["tabindex"];
        expect(seen.nodes).toEqual(seen.elements);
        expect(seen.nodes.length > 0 || !html.includes("<")).toBe(true);
    });

    it("what the server lets through is shown as a browser reads it", async () => {
        for (const line of [...CORPUS, ...ATTEMPTS]) {
            const { html } = await show(page, line);
            // Made of what is left, so it is as the server writes it.
            const differs = await page.evaluate((clean) => {
                const [parsed, made] = [document.createElement("div"), document.createElement("div")];
                parsed.innerHTML = clean;
                (globalThis as unknown as Page$).rich(clean, made);
                for (const code of made.querySelectorAll("pre")) code.removeAttribute("tabindex");
                return parsed.isEqualNode(made.firstElementChild) ? null : [parsed.innerHTML, made.firstElementChild!.innerHTML];
            }, html);
            expect(differs, line).toBeNull();
        }
    });

    it.each([
        ['<span class="mtchat-mention">@Bob</span>', undefined],
        ['<span data-mention="u1">@Bob</span>', "u1"],
        ['<span data-type="mention" data-id="u1">@Bob</span>', "u1"],
        ['<span data-type="mention" data-id="u1" data-label="Bob" class="x mtchat-mention y">@Bob</span>', "u1"],
    ])("a mention gets its one form: %s", async (html, id) => {
        const { elements, nodes } = await show(page, html);
        expect(nodes).toEqual(elements);
        expect(nodes[0]?.attributes).toEqual({
            "data-type": "mention",
            ...(id === undefined ? {} : { "data-id": id }),
            "data-label": "Bob",
            class: "mtchat-mention",
        });
    });

    it("keeps the words around what goes", async () => {
        expect((await show(page, "<h1>Title</h1><div>a<script>alert(1)</script>b</div><p>c</p>")).html).toBe("Titleab<p>c</p>");
    });

    it("bears what is nested without end, and what has no end at all", async () => {
        expect((await show(page, "<b>".repeat(50_000) + "x")).html).toBe("x");
        const seen = await show(page, `${"<b>x</b>".repeat(6_000)}<img src=x onerror=alert(1)>`);
        expect(seen.nodes).toHaveLength(6_000);
        expect(seen.ran).toBe(0);
    });
});

function expectAllowed({ tag, namespace, attributes }: Shown, line: string): void {
    expect(TAGS, line).toContain(tag);
    expect(namespace, line).toBe("http://www.w3.org/1999/xhtml");
    for (const [name, value] of Object.entries(attributes)) {
        // Code can be scrolled by keys.
        if (name === "tabindex" && tag === "PRE" && value === "0") continue;
        expect(ALLOWED[tag] ?? [], `${line}: ${name}`).toContain(name);
        if (name === "href") expect(value, line).toMatch(/^https?:\/\//iu);
        if (name === "class") expect(value, line).toMatch(/^(?:mtchat-mention|language-\S+)(?: language-\S+)*$/u);
    }
}

async function bundle(): Promise<string> {
    const built = await build({
        configFile: false,
        logLevel: "silent",
        define: { "process.env.NODE_ENV": '"production"' },
        build: {
            write: false,
            lib: { entry: join(import.meta.dirname, "rich.page.ts"), formats: ["iife"], name: "page" },
        },
    });
    const [first] = Array.isArray(built) ? built : [built];
    if (first === undefined || !("output" in first)) throw new Error("nothing was built");
    return first.output[0].code;
}

/** What `rich.page.ts` puts there. */
interface Page$ {
    sanitise(html: string): string;
    rich(html: string, place: Element): () => void;
    ran: number;
}

function show(page: Page, line: string): Promise<Seen> {
    return page.evaluate(async (dirty) => {
        const { sanitise, rich } = globalThis as unknown as Page$;
        const html = sanitise(dirty);
        const [place, chat] = [document.createElement("div"), document.createElement("div")];
        document.body.append(place, chat);
        place.innerHTML = html;
        const remove = rich(dirty, chat);
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const inside = (root: Element) =>
            [...root.querySelectorAll("*")].map((element) => ({
                tag: element.tagName,
                namespace: element.namespaceURI,
                attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
            }));
        const seen = { html, again: sanitise(html), elements: inside(place), nodes: inside(chat.firstElementChild!), words: { of: place.textContent!, nodes: chat.textContent! } };
        remove();
        place.remove();
        chat.remove();
        return { ...seen, ran: (globalThis as unknown as Page$).ran };
    }, line);
}
