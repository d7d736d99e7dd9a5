/** Who is told what stands in HTML, one after the other. */
export interface HtmlReader {
    text(text: string): void;
    /** `attributes`: names in small letters, values without entities. */
    open(tag: string, attributes: ReadonlyMap<string, string>): void;
    close(tag: string): void;
}

/** Of these the text is nobody's words. In those after the bar tags count, so that they can lie in each other. */
const [SILENT, NESTING] = "script style noscript iframe noembed noframes xmp title textarea|template svg math".split("|").map((names) => new Set(names.split(" ")));

const TAG = /<(\/?)([a-z][^\s/>]*)/iy;
const ATTRIBUTE = /[\s/]*(?:>|([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'][^\s>]*))?)?)/y;
const COMMENT = /<!--(?:-?>|[^]*?(?:--!?>|$))|<[!?/][^>]*>/y;

/**
 * Read HTML as browsers do, in one pass and without a DOM, so that it works the same where pages are rendered on a server, and no text can make it
 * slow. Where it is broken this guesses otherwise than a browser would, which is no matter: what is told is put into no page as HTML.
 */
export function readHtml(source: string, reader: HtmlReader): void {
    const html = source.replace(/\r\n?|\0/gu, (sign) => (sign === "\0" ? "" : "\n"));
    let at = 0;
    let said = 0;
    const say = (end: number) => {
        if (end > said) reader.text(decode(html.slice(said, end)));
    };
    for (let open = html.indexOf("<"); open >= 0; open = html.indexOf("<", at)) {
        const tag = matchAt(TAG, html, open);
        const attributes = new Map<string, string>();
        at = tag ? endOfTag(html, TAG.lastIndex, attributes) : matchAt(COMMENT, html, open) ? COMMENT.lastIndex : 0;
        if (at === 0) {
            // Without an end it is no tag but a sign that somebody wrote.
            if (/[a-z!?/]/iu.test(html.charAt(open + 1))) break;
            at = open + 1;
            continue;
        }
        say(open);
        said = at;
        if (!tag) continue;
        const name = tag[2]!.toLowerCase();
        if (tag[1]) reader.close(name);
        else if (SILENT!.has(name) || NESTING!.has(name)) said = at = html.startsWith("/>", at - 2) ? at : endOfSilence(html, name, at);
        else reader.open(name, attributes);
    }
    say(html.length);
}

/** After the `>` of a tag; 0: there is none. */
function endOfTag(html: string, from: number, attributes: Map<string, string>): number {
    for (let at = from; ; at = ATTRIBUTE.lastIndex) {
        const found = matchAt(ATTRIBUTE, html, at);
        if (!found) return 0;
        if (found[1] === undefined) return ATTRIBUTE.lastIndex;
        const name = found[1].toLowerCase();
        // Said twice, the first counts.
        if (!attributes.has(name)) attributes.set(name, decode(found[2] ?? found[3] ?? found[4] ?? ""));
    }
}

function endOfSilence(html: string, name: string, from: number): number {
    const tags = new RegExp(`<(/?)${name}(?=[\\s/>])`, "giu");
    tags.lastIndex = from;
    let depth = 1;
    for (let tag = tags.exec(html); tag !== null; tag = tags.exec(html)) {
        if (tag[1]) depth -= 1;
        else if (NESTING!.has(name)) depth += 1;
        if (depth === 0) return tag.index;
    }
    return html.length;
}

function matchAt(pattern: RegExp, html: string, at: number): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(html);
}

/** What servers and editors write; all other signs are written as themselves. */
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function decode(text: string): string {
    return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/giu, (all, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return NAMED[name.toLowerCase()] ?? all;
        const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? "", 16);
        return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : "\ufffd";
    });
}
