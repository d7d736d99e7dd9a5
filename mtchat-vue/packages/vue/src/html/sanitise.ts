import createPurify, { type Config, type DOMPurify } from "dompurify";
import { escapeHtml, plainText } from "./text.js";
import { safeUrl } from "./url.js";
import { escapeValues } from "./values.js";

/** The allow-list of the server, once more: nothing else ever gets into a page, whatever came over the wire. */
const TAGS = "p br strong b em i u s strike a ul ol li blockquote code pre span".split(" ");
const ATTRIBUTES = "href target rel data-type data-id data-label data-mention class".split(" ");

/** Which attributes a tag may have at all. */
const OF_TAG: Record<string, readonly string[]> = {
    A: ["href", "target", "rel"],
    SPAN: ["data-type", "data-id", "data-label", "data-mention", "class"],
    CODE: ["class"],
    PRE: ["class"],
};

const LANGUAGE = /^language-[A-Za-z0-9+#._-]{1,32}$/u;

const CONFIG: Config & { RETURN_TRUSTED_TYPE: false } = {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    ALLOWED_NAMESPACES: ["http://www.w3.org/1999/xhtml"],
    // Of what shows itself nowhere the text is not wanted either.
    FORBID_CONTENTS: ["script", "style", "template", "noscript", "iframe", "noembed", "noframes", "xmp", "title", "textarea", "svg", "math"],
    KEEP_CONTENT: true,
    RETURN_TRUSTED_TYPE: false,
};

/** Beyond this deep, text is as good as formatting, and some browsers give up. */
const DEEPEST = 200;

/** `null`: there is no DOM to be trusted. */
let purify: DOMPurify | null | undefined;

/**
 * What a user wrote, safe to be put into a page by `v-html`. Links open elsewhere and tell nothing; mentions have one form. Where
 * there is no DOM (rendering on a server) it is the text alone.
 */
export function sanitise(html: string): string {
    // Most messages are plain text.
    if (!html.includes("<")) return escapeText(html);
    if (purify === undefined && typeof document !== "undefined") purify = makePurify();
    if (!purify || isTooDeep(html)) return escapeHtml(plainText(html));
    const clean = untilAtRest(purify, html);
    return clean === null ? escapeHtml(plainText(html)) : escapeValues(clean);
}

/** How often what is left may be cleaned again. What the server let through needs one round. */
const MOST_ROUNDS = 4;

/** What no further round would change; `null` when there is no such thing, for it was made to be read differently each time. */
function untilAtRest(own: DOMPurify, html: string): string | null {
    let clean = own.sanitize(html, CONFIG);
    for (let round = 1; own.removed.length > 0; round += 1) {
        if (round > MOST_ROUNDS) return null;
        const again = own.sanitize(clean, CONFIG);
        if (again === clean) break;
        clean = again;
    }
    return clean;
}

/** Entities that are there stay; signs that are none become some. */
function escapeText(text: string): string {
    return text.replace(/&(?!(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});)/giu, "&amp;").replace(/>/gu, "&gt;");
}

function isTooDeep(html: string): boolean {
    let depth = 0;
    for (let at = html.indexOf("<"); at >= 0; at = html.indexOf("<", at + 1)) {
        depth += html.charAt(at + 1) === "/" ? -1 : /^<(?:br|img|hr|input)\b/iu.test(html.slice(at, at + 8)) ? 0 : 1;
        if (depth > DEEPEST) return true;
    }
    return false;
}

function makePurify(): DOMPurify | null {
    // An instance of its own: a host that uses the same library may have hooks on the shared one.
    const own = createPurify(window);
    if (!own.isSupported) return null;
    own.addHook("uponSanitizeAttribute", (node, data) => {
        data.keepAttr = OF_TAG[node.nodeName]?.includes(data.attrName) === true;
        if (!data.keepAttr) return;
        if (data.attrName === "class") keepClass(node, data);
        else if (data.attrName === "href") keepHref(data);
        else if (data.attrName === "target") data.keepAttr = data.attrValue === "_blank";
    });
    own.addHook("afterSanitizeAttributes", (node) => {
        if (node.nodeName === "A") finishLink(node);
        else if (node.nodeName === "SPAN") finishSpan(node);
    });
    return canBeTrusted(own) ? own : null;
}

/** The DOMs of unit tests parse otherwise than browsers. What does not get this right is not trusted with anything. */
function canBeTrusted(own: DOMPurify): boolean {
    return own.sanitize("<b>a</b><img src=x onerror=a()><div>c</div>", CONFIG) === "<b>a</b>c";
}

interface Attribute {
    attrValue: string;
    keepAttr: boolean;
}

function keepClass(node: Element, data: Attribute): void {
    const isKnown = (name: string) => (node.nodeName === "SPAN" ? name === "mtchat-mention" : LANGUAGE.test(name));
    data.attrValue = data.attrValue.split(/\s+/u).filter(isKnown).join(" ");
    data.keepAttr = data.attrValue !== "";
}

function keepHref(data: Attribute): void {
    const url = safeUrl(data.attrValue);
    data.attrValue = url ?? "";
    data.keepAttr = url !== null;
}

function finishLink(node: Element): void {
    // Always in the same order, so that doing it twice changes nothing.
    node.removeAttribute("target");
    node.setAttribute("rel", "noopener noreferrer nofollow ugc");
    if (node.hasAttribute("href")) node.setAttribute("target", "_blank");
}

/** Of all ways to write a mention one; of other spans nothing. */
function finishSpan(node: Element): void {
    const isMention =
        node.getAttribute("data-type") === "mention" || node.hasAttribute("data-mention") || node.getAttribute("class") === "mtchat-mention";
    const id = node.getAttribute("data-id") || node.getAttribute("data-mention");
    const label = node.getAttribute("data-label") || (node.textContent ?? "").replace(/^@/u, "");
    for (const name of OF_TAG["SPAN"] ?? []) node.removeAttribute(name);
    if (!isMention) return;
    node.setAttribute("data-type", "mention");
    if (id) node.setAttribute("data-id", id);
    node.setAttribute("data-label", label);
    node.setAttribute("class", "mtchat-mention");
}
