/** All styles of the package as one text. The library build puts `dist/css.js` in the place of this module, made of `dist/style.css`. */
const files = import.meta.glob<string>("../**/*.css", { query: "?inline", import: "default", eager: true });

/** What others build on comes first: tokens, then base rules, then primitives; parts may refine those. */
const FIRST = ["../theme/tokens.css", "../theme/base.css", "../primitives/", "../icons/"];

const place = (path: string): number => {
    const found = FIRST.findIndex((beginning) => path.startsWith(beginning));
    return found === -1 ? FIRST.length : found;
};

export default Object.keys(files)
    .sort((a, b) => place(a) - place(b))
    .map((path) => files[path])
    .join("\n");
