/** Characters that the server takes in one message, its HTML included. */
export const MAX_LENGTH = 50_000;

/** From here on one is shown how many there are. */
export const COUNT_FROM = 48_000;

/** Code points, as the server counts them. */
export function lengthOf(html: string): number {
    let pairs = 0;
    for (let at = 0; at < html.length; at += 1) {
        const unit = html.charCodeAt(at);
        if (unit >= 0xd800 && unit < 0xdc00) pairs += 1;
    }
    return html.length - pairs;
}

/** How many characters there are, once that matters; else `null`. */
export function countedLength(html: string): number | null {
    // Of short texts nobody counts: this is asked at each key.
    if (html.length < COUNT_FROM) return null;
    const length = lengthOf(html);
    return length < COUNT_FROM ? null : length;
}
