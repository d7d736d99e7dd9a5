import { type SafeNode, safeNodes } from "./nodes.js";

/**
 * What a user wrote, as HTML that is safe to be put into a page: for hosts that show messages themselves. The chat's own parts make nodes
 * of it instead (`RichText`).
 */
export function sanitise(html: string): string {
    return htmlOf(safeNodes(html));
}

function htmlOf(nodes: readonly SafeNode[]): string {
    return nodes.map((node) => (typeof node === "string" ? escaped(node) : elementOut(node))).join("");
}

function elementOut({ tag, attributes, children }: Exclude<SafeNode, string>): string {
    const values = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(value).replaceAll('"', "&quot;")}"`);
    const begin = `<${tag}${values.join("")}>`;
    if (tag === "br") return begin;
    const inner = htmlOf(children);
    // The first line break of code is not read, so one more has to stand there.
    return `${begin}${tag === "pre" && inner.startsWith("\n") ? "\n" : ""}${inner}</${tag}>`;
}

/** Quotes need nothing between tags. */
function escaped(text: string): string {
    return text.replace(/[&<>]/gu, (sign) => (sign === "&" ? "&amp;" : sign === "<" ? "&lt;" : "&gt;"));
}
