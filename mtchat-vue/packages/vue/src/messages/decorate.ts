import { escapeHtml } from "../html/text.js";

/**
 * Let mentions of oneself stand out, and let code that scrolls be scrolled by keys. `html` has been cleaned, so tags begin just so, and
 * nothing else does: in text `<` is an entity, and in values `"` is one.
 */
export function decorate(html: string, me: string): string {
    const mention = `<span data-type="mention" data-id="${escapeHtml(me).replaceAll("&#39;", "'")}"`;
    return html.replaceAll(mention, `${mention} data-me="true"`).replace(/<pre(?=[ >])/gu, '<pre tabindex="0"');
}
