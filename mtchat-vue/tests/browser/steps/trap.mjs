// A page in which nothing can run, go anywhere or come into a place where it does not belong without being noticed.
import { expect } from "../stage.mjs";

/** Lay traps into a page, before anything is loaded. `caught()` comes back: all that went wrong until now. */
export async function lay(page, { hosts }) {
    const outside = [];
    page.on("request", (request) => {
        const url = new URL(request.url());
        if (/^(?:data|blob|about):$/u.test(url.protocol)) return;
        if (!hosts.has(url.host) || url.pathname.includes("beacon")) outside.push(`a request: ${request.url()}`);
    });
    page.on("popup", (popup) => outside.push(`a window: ${popup.url()}`));
    page.on("dialog", (dialog) => {
        outside.push(`a dialog: ${dialog.message()}`);
        void dialog.dismiss();
    });
    page.on("frameattached", (frame) => outside.push(`a frame: ${frame.url()}`));
    // Foreign hosts are asked for nothing even if a page tries.
    await page.route((url) => url.hostname.endsWith(".example"), (route) => route.abort());
    await page.addInitScript(inPage);
    let left = 0;
    page.on("framenavigated", (frame) => frame === page.mainFrame() && (left += 1));
    return {
        /** From now on the page stays where it is. */
        settle: () => (left = 0),
        async caught() {
            const inside = await page.evaluate(() => [...window.__caught, ...("polluted" in {} ? ["a prototype"] : [])]);
            return [...outside, ...inside, ...(left > 0 ? [`the page went to ${page.url()}`] : [])];
        },
        /** Ids of the messages that have been in the page. */
        seen: () => page.evaluate(() => [...window.__seen.keys()]),
        /** What they said there, by id. */
        texts: async () => new Map(await page.evaluate(() => [...window.__seen])),
    };
}

export async function nothingRan(trap, what) {
    const caught = await trap.caught();
    expect(caught.length === 0, `nothing to run while ${what}`, caught.slice(0, 20).join("\n"));
}

/** The traps catch something: without that, nothing caught would say nothing. */
export async function trapsWork(stage) {
    const page = await stage.browser.newPage();
    const trap = await lay(page, { hosts: new Set([new URL(stage.site.origin).host]) });
    await page.goto(`${stage.site.origin}/index.html`);
    await page.evaluate(() => {
        const bait = '<img src=x onerror=alert(1)><a href="javascript:1">a</a><img src="https://evil.example/x"><div class="mtchat-body__text"><style></style></div>';
        const place = document.body.appendChild(document.createElement("div"));
        place.id = "chat";
        place.innerHTML = bait;
    });
    for (const sign of ["alert(1)", "a handler", "a link", "a request", "in a text"]) {
        await stage.until(`a trap to tell of ${sign}`, async () => (await trap.caught()).some((one) => one.startsWith(sign)));
    }
    await page.close();
}

/** In the page: what attempts would call, and an eye on every node that comes into the chat, for however short a time. */
function inPage() {
    const caught = [];
    const seen = new Map();
    Object.assign(window, { __caught: caught, __seen: seen });
    const tell = (what) => caught.length < 200 && caught.push(what);
    for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = (...said) => void tell(`${name}(${said.map(String).join()})`);
    Object.defineProperty(document, "cookie", { get: () => (tell("the cookie was read"), ""), set: () => tell("a cookie was set") });
    document.write = document.writeln = () => tell("document.write");

    /** Where what users wrote stands as HTML, and what may be there; the editor has some elements of its own. */
    const BODIES = ".mtchat-body__text, .mtchat-history__content, .ProseMirror";
    const ALLOWED = new Set("P BR STRONG B EM I U S STRIKE A UL OL LI BLOCKQUOTE CODE PRE SPAN".split(" "));
    const ATTRIBUTES = /^(?:href|target|rel|class|data-(?:type|id|label|me|placeholder|decoration-id|decoration-content)|tabindex|contenteditable|draggable)$/u;
    /** Nothing of the chat is made of these, wherever it is. */
    const NEVER = new Set("SCRIPT IFRAME OBJECT EMBED BASE META LINK FRAME FRAMESET APPLET PORTAL FENCEDFRAME MARQUEE".split(" "));
    const place = (element) => `<${element.localName}${[...element.attributes].map(({ name, value }) => ` ${name}="${value.slice(0, 80)}"`).join("")}>`;

    const look = (element) => {
        if (element.dataset?.messageId) seen.set(element.dataset.messageId, element.querySelector(".mtchat-body__text")?.textContent ?? "");
        if (NEVER.has(element.nodeName.toUpperCase())) tell(`an element: ${place(element)}`);
        for (const { name, value } of element.attributes) {
            if (/^on/iu.test(name)) tell(`a handler: ${place(element)}`);
            if (/^(?:href|src|action|formaction|data|poster|xlink:href|srcdoc|srcset|background)$/iu.test(name)) address(element, name, value);
        }
        const body = element.closest(BODIES);
        if (body !== null && body !== element) written(element);
    };
    const address = (element, name, value) => {
        // The chat's own pictures of signs stand in the page.
        if (name === "href" && element.nodeName === "A") {
            if (!/^(?:https?:\/\/|mailto:|tel:)/u.test(value) || !/^(?:https?|mailto|tel):$/u.test(element.protocol)) tell(`a link: ${place(element)}`);
        } else if (!/^(?:https?:\/\/127\.0\.0\.1|blob:http:\/\/127\.0\.0\.1)/u.test(value) && !value.startsWith("data:image/svg+xml")) tell(`an address: ${place(element)}`);
    };
    const written = (element) => {
        // The editor's own, which no text can make.
        if (element.nodeName === "IMG" && element.className === "ProseMirror-separator" && element.attributes.length <= 2) return;
        if (!ALLOWED.has(element.nodeName)) tell(`in a text: ${place(element)}`);
        for (const { name } of element.attributes) {
            if (!ATTRIBUTES.test(name)) tell(`an attribute in a text: ${place(element)}`);
        }
        for (const name of element.classList) {
            if (!/^(?:mtchat-(?:mention|link|code|code-block|editor__query)|language-\S+|ProseMirror-\S+|is-\S+|suggestion)$/u.test(name)) tell(`a class in a text: ${place(element)}`);
        }
        if (element.nodeName === "A" && element.target === "_blank" && !/noopener/u.test(element.rel)) tell(`an opener: ${place(element)}`);
    };
    const all = (node) => {
        if (!(node instanceof Element)) return;
        look(node);
        for (const element of node.querySelectorAll("*")) look(element);
    };
    const inChat = (node) => node instanceof Element && (node.getRootNode() instanceof ShadowRoot || node.closest("#chat") !== null);
    const watch = (root) =>
        new MutationObserver((records) => {
            for (const { type, target, addedNodes } of records) {
                if (type === "attributes") inChat(target) && look(target);
                else for (const node of addedNodes) inChat(node) && all(node);
            }
        }).observe(root, { subtree: true, childList: true, attributes: true });
    watch(document);
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (options) {
        const root = attach.call(this, options);
        watch(root);
        return root;
    };
}
