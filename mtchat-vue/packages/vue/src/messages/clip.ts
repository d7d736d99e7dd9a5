/** What of a message is shown before one asks for all of it. */
export const SHOWN_CHARACTERS = 4_000;
export const SHOWN_LINES = 60;

/** Safe HTML, and whether something of it is missing. */
export interface Clipped {
    readonly html: string;
    readonly isClipped: boolean;
}

/** After these a new line begins. */
const LINES = /^<(?:br|\/p|\/li|\/blockquote|\/pre)\b/u;

/**
 * The beginning of HTML that has been cleaned: no message is so long that the page stops. Cleaned HTML is well-formed, so what is
 * open where it ends can be closed.
 */
export function clipHtml(html: string, characters = SHOWN_CHARACTERS, lines = SHOWN_LINES): Clipped {
    if (html.length <= characters && !mayHaveLines(html, lines)) return { html, isClipped: false };
    const open: string[] = [];
    let room = characters;
    let left = lines;
    let at = 0;
    while (at < html.length) {
        if (html.charAt(at) === "<") {
            const end = html.indexOf(">", at) + 1 || html.length;
            const tag = html.slice(at, end);
            if (LINES.test(tag)) left -= 1;
            track(open, tag);
            at = end;
        } else {
            const end = html.indexOf("<", at) < 0 ? html.length : html.indexOf("<", at);
            const [taken, newlines] = measure(html, at, end, room, open.includes("pre") ? left : Infinity);
            room -= taken - at;
            if (open.includes("pre")) left -= newlines;
            at = taken;
            if (taken < end) return close(html, at, open);
        }
        if (left <= 0 && hasMore(html, at)) return close(html, at, open);
    }
    return { html, isClipped: false };
}

function mayHaveLines(html: string, lines: number): boolean {
    return (html.match(/\n|<(?:br|\/p|\/li|\/blockquote)\b/gu)?.length ?? 0) > lines;
}

/** Only tags that end are left: there is nothing more to see. */
function hasMore(html: string, at: number): boolean {
    return !/^(?:<\/[a-z]+>|\s)*$/u.test(html.slice(at, at + 200)) || html.length - at > 200;
}

function track(open: string[], tag: string): void {
    const name = /^<\/?([a-z]+)/u.exec(tag)?.[1];
    if (name === undefined || name === "br") return;
    if (tag.startsWith("</")) open.pop();
    else open.push(name);
}

/** Where to stop within a text: never inside an entity, a pair of surrogates or a joined emoji if that can be helped. */
function measure(html: string, from: number, to: number, room: number, lines: number): [end: number, newlines: number] {
    let end = to;
    let newlines = 0;
    for (let at = html.indexOf("\n", from); at >= 0 && at < to; at = html.indexOf("\n", at + 1)) {
        newlines += 1;
        if (newlines >= lines) {
            end = at + 1;
            break;
        }
    }
    if (end - from <= room) return [end, newlines];
    return [boundary(html, from, from + room), newlines];
}

function boundary(html: string, from: number, to: number): number {
    let end = to;
    const entity = html.lastIndexOf("&", end);
    if (entity >= from && end - entity < 10 && !html.slice(entity, end).includes(";")) end = entity;
    for (let back = 0; back < 30 && end > from && joins(html, end); back += 1) end -= 1;
    return end;
}

function joins(html: string, at: number): boolean {
    const code = html.charCodeAt(at);
    const before = html.charCodeAt(at - 1);
    return (code >= 0xdc00 && code <= 0xdfff) || code === 0x200d || before === 0x200d || code === 0xfe0f || (code >= 0x300 && code <= 0x36f);
}

function close(html: string, at: number, open: readonly string[]): Clipped {
    const ends = open.toReversed().map((name) => `</${name}>`);
    return { html: `${html.slice(0, at)}…${ends.join("")}`, isClipped: true };
}
