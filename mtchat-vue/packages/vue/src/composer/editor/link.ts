import { safeUrl } from "../../html/url.js";

/**
 * The address that somebody typed, whole: `example.com` becomes `https://example.com`. `null` when it leads to no web page: other
 * schemes, blanks, a word.
 */
export function normaliseLink(typed: string): string | null {
    const trimmed = typed.trim();
    if (trimmed === "") return null;
    const url = safeUrl(hasScheme(trimmed) ? trimmed : `https://${trimmed.replace(/^\/\//u, "")}`);
    return url !== null && namesHost(new URL(url).hostname) ? url : null;
}

/** `localhost:3000` has a port, `javascript:alert(1)` a scheme. */
function hasScheme(text: string): boolean {
    return /^[a-z][a-z0-9+.-]*:(?!\d+(?:[/?#]|$))/iu.test(text);
}

function namesHost(host: string): boolean {
    return host === "localhost" || host.startsWith("[") || /[^.]\.[^.]/u.test(host);
}
