// Every link, anchor and picture of the built pages leads somewhere. Addresses of others are only read: nothing is asked of the network.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";

const ATTRIBUTE = /<(a|img|link|script|source)\b[^>]*?\s(href|src)="([^"]*)"/gu;
const PLACE = /\s(?:id|name)="([^"]*)"/gu;

/** What is wrong, and how much was looked at. */
export function checkLinks(folder, base) {
    const pages = htmlBelow(folder);
    const texts = new Map(pages.map((page) => [page, readFileSync(join(folder, page), "utf8")]));
    const anchors = new Map(pages.map((page) => [page, new Set([...texts.get(page).matchAll(PLACE)].map(([, id]) => decode(id)))]));
    const problems = new Set();
    const counts = { pages: pages.length, links: 0, anchors: 0, pictures: 0, elsewhere: 0 };

    for (const [page, text] of texts) {
        for (const [, tag, , given] of text.matchAll(ATTRIBUTE)) {
            const problem = judge(page, tag, decode(given));
            if (problem !== null) problems.add(`${page}: ${problem}`);
        }
    }
    return { problems: [...problems], counts };

    function judge(page, tag, link) {
        if (/^(?:mailto:|tel:|data:)/u.test(link)) return null;
        if (/^(?:[a-z][a-z+.-]*:|\/\/)/iu.test(link)) {
            counts.elsewhere += 1;
            return judgeAddress(link);
        }
        const [path, anchor] = link.split("#", 2);
        if (tag === "img") counts.pictures += 1;
        else counts.links += 1;
        const target = path === "" ? page : fileOf(page, decodeURI(path.split("?")[0]));
        if (target === null || !existsSync(join(folder, target)) || statSync(join(folder, target)).isDirectory()) return `${link} leads nowhere`;
        if (anchor === undefined || anchor === "") return null;
        counts.anchors += 1;
        // What a page makes for itself in the browser is there as soon as it runs.
        if (page === target && anchor === "VPContent") return null;
        return anchors.get(target)?.has(decodeURIComponent(anchor)) ? null : `${link} names no place of ${target}`;
    }

    function fileOf(page, path) {
        const whole = path.startsWith("/") ? path : posix.join(base, dirname(page), path);
        if (!whole.startsWith(base)) return null;
        const inside = whole.slice(base.length);
        if (inside === "" || inside.endsWith("/")) return `${inside}index.html`;
        return existsSync(join(folder, inside)) ? inside : `${inside}.html`;
    }
}

function judgeAddress(link) {
    if (!URL.canParse(link, "https://site.example")) return `${link} is no address`;
    const { protocol, hostname } = new URL(link, "https://site.example");
    if (!["http:", "https:"].includes(protocol)) return `${link} has the scheme ${protocol}`;
    return hostname.includes(".") || hostname === "localhost" ? null : `${link} has no host`;
}

function htmlBelow(folder) {
    const found = readdirSync(folder, { recursive: true, withFileTypes: true });
    return found.filter((one) => one.isFile() && one.name.endsWith(".html")).map((one) => relative(folder, join(one.parentPath ?? one.path, one.name)));
}

function decode(text) {
    return text.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
}
