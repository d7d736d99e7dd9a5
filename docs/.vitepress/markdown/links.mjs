// Documents link to each other as files of the repository, so that they can be read there. Here these links become links between pages.
import { dirname, extname, join, normalize, relative } from "node:path";
import { adopted, docs, kindOf, pageOf, repositoryUrl, served } from "../site.mjs";

const ELSEWHERE = /^(?:[a-z][a-z+.-]*:|\/\/|#|\/)/iu;

/** A plugin of markdown-it. */
export function links(md) {
    md.core.ruler.push("repository-links", (state) => {
        // Titles are rendered by themselves, of no document.
        if (state.env?.path === undefined) return;
        const source = sourceOf(state.env);
        for (const token of state.tokens) {
            for (const link of token.children ?? []) {
                if (link.type === "link_open") link.attrSet("href", linkOf(link.attrGet("href"), source));
                if (link.type === "image" && state.env.frontmatter?.from) link.attrSet("src", imageOf(link.attrGet("src"), source));
            }
        }
    });
}

/** The document that is being rendered, as a place in the repository. */
function sourceOf({ frontmatter, realPath, path }) {
    const place = relative(docs, realPath ?? path);
    return { place: frontmatter?.from ?? join("docs", place), page: pageOf(place) };
}

function linkOf(href, { place, page }) {
    if (ELSEWHERE.test(href)) return href;
    const [path, anchor] = href.split("#", 2);
    const target = normalize(join(dirname(place), decodeURI(path))).replace(/\/$/u, "");
    const end = anchor === undefined ? "" : `#${anchor}`;
    if (served[target] !== undefined) return served[target];
    const found = siteOf(target);
    if (found !== null) {
        const to = relative(dirname(page), found);
        return `${to.startsWith(".") ? to : `./${to}`}${end}`;
    }
    const kind = kindOf(target);
    if (kind === null) throw new Error(`${place} links to ${href}, which is not there`);
    return `${repositoryUrl}/${kind}/main/${target}${end}`;
}

/** The page for a place of the repository; null when there is none. */
function siteOf(target) {
    if (adopted[target] !== undefined) return adopted[target];
    if (!target.startsWith("docs/") && target !== "docs") return null;
    const inside = target.slice(5);
    if (extname(inside) === ".md") return pageOf(inside);
    if (kindOf(target) !== "tree") return null;
    const main = ["index.md", "README.md"].map((name) => join(inside, name)).find((name) => kindOf(join("docs", name)) !== null);
    return main === undefined ? null : pageOf(main);
}

function imageOf(src, { place, page }) {
    if (ELSEWHERE.test(src)) return src;
    const target = normalize(join(dirname(place), src));
    if (kindOf(target) !== "blob") throw new Error(`${place} shows ${src}, which is not there`);
    return relative(join("docs", dirname(page)), target);
}
