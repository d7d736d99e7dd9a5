/** Characters that show nothing, or turn the direction of what follows. */
const INVISIBLE = /[\s\\\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

/**
 * The address if it goes where it looks to go: absolute, http or https, without a user, blanks or invisible characters. Everything
 * else (`javascript:`, `data:`, `//host`, relative) is `null`, and is shown as text or not at all.
 */
export function safeUrl(url: string | null | undefined): string | null {
    if (!url) return null;
    const trimmed = url.replace(/^[ \t\r\n\f]+|[ \t\r\n\f]+$/gu, "");
    const authority = /^https?:\/\/([^/?#]*)/iu.exec(trimmed)?.[1];
    if (!authority || authority.includes("@") || INVISIBLE.test(trimmed)) return null;
    try {
        const parsed = new URL(trimmed);
        const isHonest = parsed.hostname !== "" && parsed.username === "" && parsed.password === "";
        return isHonest && /^https?:$/u.test(parsed.protocol) ? trimmed : null;
    } catch {
        return null;
    }
}

/** Where a picture or file may come from: http(s), or what this page made itself. */
export function safeMediaUrl(url: string | null | undefined): string | null {
    if (!url) return null;
    return url.startsWith("blob:") ? url : safeUrl(url);
}
