import type { JSONContent } from "@tiptap/core";
import { escapeHtml, plainText } from "../../html/text.js";
import { escapeText } from "../plain.js";
import { normaliseLink } from "./link.js";

/**
 * The document as a message: HTML with nothing but what the server lets through, so that what one sees while it is on its way is what
 * others get. A document without a word is `""`; empty lines around it go.
 *
 * From the document and not from the DOM, because the editor's DOM has classes and attributes that are only for the editor.
 */
export function htmlOut(doc: JSONContent): string {
    if (isBlank(doc)) return "";
    return trimmed(doc.content ?? [], isBlank)
        .map((block, index, all) => blockOut(block, index === 0, index === all.length - 1))
        .join("");
}

/**
 * A message, or what is pasted, for the editor. An empty paragraph has a break in messages, since without it a page shows no line; the
 * editor needs none.
 */
export function htmlIn(html: string): string {
    return withoutForms(html).replaceAll("<p><br></p>", "<p></p>");
}

const FORM = /<\/?form(?![\w-])[^>]*>?/giu;
/** What is left of one tag may be another; beyond so many it was made to be. */
const MOST_FORMS_IN_FORMS = 20;

/** Fields in a form stand in the way of the form's own properties by their names, and the editor would stumble over that. */
function withoutForms(html: string): string {
    let clean = html;
    for (let turn = 0; clean.search(FORM) >= 0; turn += 1) {
        if (turn > MOST_FORMS_IN_FORMS) return escapeHtml(plainText(html));
        clean = clean.replace(FORM, "");
    }
    return clean;
}

/** There is nothing to see in it. */
export function isBlank(node: JSONContent): boolean {
    if (node.type === "mention") return false;
    if (node.text !== undefined) return node.text.trim() === "";
    return (node.content ?? []).every(isBlank);
}

function blockOut(node: JSONContent, isFirst = false, isLast = false): string {
    switch (node.type) {
        case "paragraph":
            return `<p>${inlineOut(withoutEdges(node.content ?? [], isFirst, isLast)) || "<br>"}</p>`;
        case "bulletList":
            return `<ul>${blocksOut(node)}</ul>`;
        case "orderedList":
            return `<ol>${blocksOut(node)}</ol>`;
        case "listItem":
            return `<li>${blocksOut(node)}</li>`;
        case "blockquote":
            return `<blockquote>${blocksOut(node)}</blockquote>`;
        case "codeBlock":
            return codeOut(node);
        default:
            return blocksOut(node);
    }
}

function blocksOut(node: JSONContent): string {
    return (node.content ?? []).map((child) => blockOut(child)).join("");
}

function codeOut(node: JSONContent): string {
    const language = node.attrs?.["language"];
    const attribute = typeof language === "string" && /^[a-z0-9+#._-]{1,32}$/iu.test(language) ? ` class="language-${language}"` : "";
    const text = (node.content ?? []).map((child) => child.text ?? "").join("");
    return `<pre><code${attribute}>${escapeText(text)}</code></pre>`;
}

type Tag = readonly [open: string, close: string];

/** Neighbours that share a mark are in one tag. */
function inlineOut(nodes: readonly JSONContent[]): string {
    const open: Tag[] = [];
    const parts: string[] = [];
    const closeTo = (depth: number) => {
        while (open.length > depth) parts.push(open.pop()![1]);
    };
    for (const node of nodes) {
        const tags = tagsOf(node);
        const shared = tags.findIndex((tag, depth) => open[depth]?.[0] !== tag[0]);
        closeTo(shared < 0 ? tags.length : shared);
        for (const tag of tags.slice(open.length)) {
            open.push(tag);
            parts.push(tag[0]);
        }
        parts.push(leafOut(node));
    }
    closeTo(0);
    return parts.join("");
}

/** From the outside in, whatever order they were set in. */
const MARKS: readonly (readonly [name: string, tag: string])[] = [
    ["link", "a"],
    ["bold", "strong"],
    ["italic", "em"],
    ["underline", "u"],
    ["strike", "s"],
    ["code", "code"],
];

function tagsOf(node: JSONContent): readonly Tag[] {
    return MARKS.flatMap(([name, tag]): Tag[] => {
        const mark = node.marks?.find(({ type }) => type === name);
        if (mark === undefined) return [];
        if (name !== "link") return [[`<${tag}>`, `</${tag}>`]];
        const url = normaliseLink(String(mark.attrs?.["href"] ?? ""));
        return url === null ? [] : [[`<a href="${attributeOut(url)}" target="_blank" rel="noopener noreferrer nofollow ugc">`, "</a>"]];
    });
}

function leafOut(node: JSONContent): string {
    if (node.type === "hardBreak") return "<br>";
    if (node.type === "mention") return mentionOut(String(node.attrs?.["id"] ?? ""), String(node.attrs?.["label"] ?? ""));
    return escapeText(node.text ?? "").replace(/\r?\n/gu, "<br>");
}

function mentionOut(id: string, label: string): string {
    return `<span data-type="mention" data-id="${attributeOut(id)}" data-label="${attributeOut(label)}" class="mtchat-mention">@${escapeText(label)}</span>`;
}

function attributeOut(value: string): string {
    return escapeText(value).replaceAll('"', "&quot;");
}

/** Line breaks at the very beginning and end of a message say nothing. */
function withoutEdges(nodes: readonly JSONContent[], isFirst: boolean, isLast: boolean): readonly JSONContent[] {
    const isNothing = (node: JSONContent) => node.type === "hardBreak" || (node.text !== undefined && node.text.trim() === "");
    const from = isFirst ? nodes.findIndex((node) => !isNothing(node)) : 0;
    const to = isLast ? nodes.findLastIndex((node) => !isNothing(node)) + 1 : nodes.length;
    return from < 0 ? [] : nodes.slice(from, to);
}

function trimmed(nodes: readonly JSONContent[], isEmpty: (node: JSONContent) => boolean): readonly JSONContent[] {
    const from = nodes.findIndex((node) => !isEmpty(node));
    return from < 0 ? [] : nodes.slice(from, nodes.findLastIndex((node) => !isEmpty(node)) + 1);
}
