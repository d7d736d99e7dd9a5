import { readHtml } from "./read.js";
import { plainText } from "./text.js";
import { safeUrl } from "./url.js";

/** What of a message is shown: text, or one of the tags that there are. */
export type SafeNode = string | SafeElement;

export interface SafeElement {
    readonly tag: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly children: readonly SafeNode[];
}

/** An element that is still open. */
interface Open {
    tag: string;
    attributes: Record<string, string>;
    children: SafeNode[];
}

/** The allow-list of the server, once more: nothing else ever gets into a page, whatever came over the wire. */
const TAGS = new Set("p br strong b em i u s strike a ul ol li blockquote code pre span".split(" "));
/** A paragraph ends where one of these begins. */
const BLOCKS = new Set(["p", "ul", "ol", "li", "blockquote", "pre"]);
const LISTS = new Set(["ul", "ol"]);

const LANGUAGE = /^language-[A-Za-z0-9+#._-]{1,32}$/u;

/** Beyond this deep, text is as good as formatting, and some browsers give up. */
const DEEPEST = 200;

/**
 * What a user wrote, as nodes of the allow-list. They are made here, not found: names of tags and attributes are this file's own, and whatever was
 * written can only be text or the value of an attribute. Links open elsewhere and tell nothing; mentions have one form.
 */
export function safeNodes(html: string): readonly SafeNode[] {
    const tree = new Tree();
    readHtml(html, tree);
    return tree.isTooDeep ? [plainText(html)] : tree.finished();
}

class Tree {
    isTooDeep = false;
    private readonly root: SafeNode[] = [];
    private readonly stack: Open[] = [];

    text(text: string): void {
        const children = this.children();
        const last = children.at(-1);
        const isFirstOfCode = last === undefined && this.stack.at(-1)?.tag === "pre";
        // As browsers do.
        const more = isFirstOfCode ? text.replace(/^\n/u, "") : text;
        if (typeof last === "string") children[children.length - 1] = last + more;
        else if (more !== "") children.push(more);
    }

    open(tag: string, attributes: ReadonlyMap<string, string>): void {
        if (!TAGS.has(tag)) return;
        if (BLOCKS.has(tag)) this.closeTo(this.lastOpen("p"));
        if (tag === "li") {
            const item = this.lastOpen("li");
            if (item > this.stack.findLastIndex((one) => LISTS.has(one.tag))) this.closeTo(item);
        }
        if (tag === "a") this.closeTo(this.lastOpen("a"));
        const element: Open = { tag, attributes: ATTRIBUTES[tag]?.(attributes) ?? {}, children: [] };
        this.children().push(element);
        if (tag === "br") return;
        this.isTooDeep ||= this.stack.push(element) > DEEPEST;
    }

    close(tag: string): void {
        this.closeTo(this.lastOpen(tag));
    }

    finished(): readonly SafeNode[] {
        this.closeTo(0);
        return this.root;
    }

    private children(): SafeNode[] {
        return this.stack.at(-1)?.children ?? this.root;
    }

    private lastOpen(tag: string): number {
        return this.stack.findLastIndex((one) => one.tag === tag);
    }

    private closeTo(depth: number): void {
        if (depth < 0) return;
        for (const { attributes, children } of this.stack.splice(depth)) if (attributes["data-label"] === "") attributes["data-label"] = wordsOf(children).replace(/^@/u, "");
    }
}

/** What of its attributes a tag keeps. */
const ATTRIBUTES: Record<string, (given: ReadonlyMap<string, string>) => Record<string, string>> = {
    a(given): Record<string, string> {
        const href = safeUrl(given.get("href"));
        const rel = "noopener noreferrer nofollow ugc";
        return href === null ? { rel } : { href, rel, target: "_blank" };
    },
    // Of all ways to write a mention one; of other spans nothing.
    span(given): Record<string, string> {
        const id = given.get("data-id") || given.get("data-mention");
        const isMention = given.get("data-type") === "mention" || given.has("data-mention") || classesOf(given).includes("mtchat-mention");
        if (!isMention) return {};
        return { "data-type": "mention", ...(id && { "data-id": id }), "data-label": given.get("data-label") ?? "", class: "mtchat-mention" };
    },
    code: languages,
    pre: languages,
};

function languages(given: ReadonlyMap<string, string>): Record<string, string> {
    const known = classesOf(given).filter((name) => LANGUAGE.test(name));
    return known.length > 0 ? { class: known.join(" ") } : {};
}

function classesOf(given: ReadonlyMap<string, string>): readonly string[] {
    return given.get("class")?.split(/\s+/u) ?? [];
}

function wordsOf(nodes: readonly SafeNode[]): string {
    return nodes.map((node) => (typeof node === "string" ? node : wordsOf(node.children))).join("");
}
