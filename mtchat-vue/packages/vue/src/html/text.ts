import { readHtml } from "./read.js";

/** What HTML says, in one line: for previews, labels and searches. */
export function plainText(html: string): string {
    return textOf(html).replace(/\s+/gu, " ").trim();
}

/** The same with its lines: for copying. */
export function textLines(html: string): string {
    return textOf(html)
        .replace(/\u00a0/gu, " ")
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n")
        .replace(/\n{3,}/gu, "\n\n")
        .trim();
}

/** Text as HTML that shows just that. */
export function escapeHtml(text: string): string {
    return text.replace(/[&<>"']/gu, (sign) => ESCAPES[sign] ?? sign);
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** After these a new line begins. */
const BLOCKS = new Set(["p", "li", "blockquote", "pre", "ul", "ol", "div"]);

function textOf(html: string): string {
    let text = "";
    readHtml(html, {
        text: (more) => (text += more),
        open: (tag) => (text += tag === "li" ? "• " : tag === "br" ? "\n" : ""),
        close: (tag) => (text += BLOCKS.has(tag) ? "\n" : ""),
    });
    return text;
}
