/** Whose token it is, after its claim `sub`; `null`: it does not say. Nothing is verified, that is for the server. */
export function subjectOf(token: string): string | null {
    const part = token.split(".")[1];
    if (part === undefined) return null;
    try {
        const text = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
        const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
        const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
        const subject = (claims as { sub?: unknown } | null)?.sub;
        if (typeof subject === "string" && subject !== "") return subject;
        // The server takes whole numbers as their decimal digits.
        return Number.isSafeInteger(subject) ? String(subject) : null;
    } catch {
        return null;
    }
}

/** A name for what is of this user of this server, and of nobody else. */
export function scopeOf(url: string, user: string): string {
    return `${encodeURIComponent(url)}/${encodeURIComponent(user)}`;
}
