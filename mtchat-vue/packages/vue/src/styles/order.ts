/** What others build on comes first: tokens, then base rules, then primitives; parts may refine those. */
const FIRST = ["../theme/tokens.css", "../theme/base.css", "../primitives/", "../icons/"];

const place = (path: string): number => {
    const found = FIRST.findIndex((beginning) => path.startsWith(beginning));
    return found === -1 ? FIRST.length : found;
};

/** Style files as one text. */
export function joined(files: Readonly<Record<string, string>>): string {
    return Object.keys(files)
        .sort((a, b) => place(a) - place(b))
        .map((path) => files[path])
        .join("\n");
}
