import { escapeHtml } from "../html/text.js";

/** What a simple text field says, as a message: each line is a line. */
export function htmlOfPlain(text: string): string {
    const trimmed = text.replace(/^\s*\n/u, "").trimEnd();
    if (trimmed.trim() === "") return "";
    return `<p>${escapeText(trimmed).replaceAll("\n", "<br>")}</p>`;
}

/**
 * The text of a message for a simple text field, or `null` when it has more than lines: then only the rich editor may change it,
 * since formatting and mentions would be lost.
 */
export function plainOfHtml(html: string): string | null {
    const inner = /^<p>((?:[^<]|<br>)*)<\/p>$/u.exec(html)?.[1] ?? (html.includes("<") ? null : html);
    if (inner === null) return null;
    return inner
        .replaceAll("<br>", "\n")
        .replaceAll("&lt;", "<")
        .replaceAll("&gt;", ">")
        .replaceAll("&quot;", '"')
        .replaceAll("&#39;", "'")
        .replaceAll("&nbsp;", "\u00a0")
        .replaceAll("&amp;", "&");
}

/** As the editor writes text: quotes need nothing between tags. */
export function escapeText(text: string): string {
    return escapeHtml(text).replaceAll("&quot;", '"').replaceAll("&#39;", "'");
}
