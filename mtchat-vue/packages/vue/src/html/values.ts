/** A tag as browsers write it: values are in quotes, and a quote in them is an entity. In text `<` is one, so nothing else begins so. */
const TAG = /<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")+>/gu;

/**
 * Well-formed HTML with no `<` and `>` but those of tags. Browsers differ in whether they leave them in values, and whoever looks for a tag in the
 * text would take what stands in a value for one.
 */
export function escapeValues(html: string): string {
    return html.replace(TAG, (tag) => `${tag.slice(0, -1).replaceAll("<", (sign, at: number) => (at === 0 ? sign : "&lt;")).replaceAll(">", "&gt;")}>`);
}
