/**
 * What HTML says, in one line: for previews, labels and searches. Without a DOM, so that it also works where pages are rendered on
 * a server, and in one pass, so that no text can make it slow.
 */
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

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** After these a new line begins. */
const BLOCKS = new Set(["p", "li", "blockquote", "pre", "ul", "ol", "div", "br"]);

/** Of these the text is nobody's words. */
const SILENT = new Set(["script", "style"]);

function textOf(html: string): string {
    if (!html.includes("<")) return decode(html);
    const parts: string[] = [];
    let at = 0;
    while (at < html.length) {
        const open = html.indexOf("<", at);
        if (open < 0) break;
        const close = html.indexOf(">", open);
        // Without an end it is no tag but a sign that somebody wrote.
        if (close < 0) break;
        if (!/[a-z/!?]/iu.test(html.charAt(open + 1))) {
            parts.push(decode(html.slice(at, open + 1)));
            at = open + 1;
            continue;
        }
        parts.push(decode(html.slice(at, open)));
        const name = tagName(html, open, close);
        const isEnd = html.charAt(open + 1) === "/";
        if (name === "li" && !isEnd) parts.push("• ");
        else if (name === "br" || (isEnd && BLOCKS.has(name))) parts.push("\n");
        at = close + 1;
        if (SILENT.has(name) && !isEnd) at = endOf(html, name, at);
    }
    parts.push(decode(html.slice(at)));
    return parts.join("");
}

function tagName(html: string, open: number, close: number): string {
    return /^<\/?([a-z][a-z0-9]*)/iu.exec(html.slice(open, Math.min(close, open + 16)))?.[1]?.toLowerCase() ?? "";
}

function endOf(html: string, name: string, from: number): number {
    const end = html.toLowerCase().indexOf(`</${name}`, from);
    return end < 0 ? html.length : end;
}

function decode(text: string): string {
    if (!text.includes("&")) return text;
    return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/giu, (all, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return NAMED[name.toLowerCase()] ?? all;
        const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? "", 16);
        return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : "\ufffd";
    });
}
