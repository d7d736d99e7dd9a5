/** The beginning of a message as plain text. System messages are JSON, of which cards and words of the host have a text. */
export function excerpt(content: string, limit = 120): string {
    const text = plain(content).replace(/\s+/g, " ").trim();
    return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

function plain(content: string): string {
    if (content.startsWith("{")) {
        try {
            const { text, title, event } = JSON.parse(content);
            return text ?? title ?? event ?? "";
        } catch {
            return content;
        }
    }
    return new DOMParser().parseFromString(content.replace(/<\/(p|li|div|blockquote)>|<br>/g, " "), "text/html").body.textContent ?? "";
}
