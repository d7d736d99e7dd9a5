/** A piece of a snippet. */
export interface SnippetPart {
    readonly text: string;
    readonly isHit: boolean;
}

/**
 * The server's snippet as pieces of text, so that nothing of it is ever put into a page as HTML: it is escaped text with its hits
 * in `<mark>`. Other tags, which it never has, are dropped.
 */
export function snippetParts(html: string): SnippetPart[] {
    const parts: SnippetPart[] = [];
    let isHit = false;
    for (const piece of html.split(/(<\/?mark>)/iu)) {
        if (/^<mark>$/iu.test(piece)) isHit = true;
        else if (/^<\/mark>$/iu.test(piece)) isHit = false;
        else {
            const text = decoded(piece.replace(/<[^<>]*>/gu, ""));
            if (text !== "") parts.push({ text, isHit });
        }
    }
    return parts;
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

function decoded(text: string): string {
    return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/giu, (whole, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined) return NAMED[name.toLowerCase()] ?? whole;
        const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex!, 16);
        return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}
