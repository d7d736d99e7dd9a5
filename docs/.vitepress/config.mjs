// The site of the documentation. `npm run generate` comes first: it makes the pages in `reference/`.
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { slugify } from "./markdown/anchors.mjs";
import { links } from "./markdown/links.mjs";
import { promql } from "./markdown/promql.mjs";
import { navOf, sidebarOf } from "./navigation/sidebars.mjs";
import { words } from "./navigation/words.mjs";
import { base, docs, pageOf, repository, repositoryUrl, served } from "./site.mjs";

/** Pages that there are in other languages. */
const translated = Object.fromEntries(["ru", "zh"].map((locale) => [locale, readdirSync(join(docs, locale), { recursive: true }).filter((page) => page.endsWith(".md"))]));

const localeOf = (locale) => {
    const { label, lang, title, description, theme } = words[locale];
    return { label, lang, title, description, themeConfig: { nav: navOf(locale), sidebar: sidebarOf(locale), translated, ...theme } };
};

/**
 * Words of a text. Chinese has no blanks between them: each character is one.
 * It is sent to the browser as text, so it stands alone.
 */
function tokenize(text) {
    return text
        .split(/[\s\p{Z}\p{P}\p{S}]+/u)
        .flatMap((word) => word.match(/[\p{Script=Han}]|[^\p{Script=Han}]+/gu) ?? []);
}

/** «Webhooks» are found by «webhook», as well as if it stood there. */
const processTerm = (word) => word.toLowerCase().replace(/(?<=[a-z]{3})s$/u, "");
const fuzzy = (word) => (word.length > 4 ? 0.2 : false);
/** The beginning of a word is enough, but not one letter: «a» is the beginning of too many. */
const prefix = (word) => word.length > 2;
/** What explains goes before what lists. Sent to the browser as text, too. */
function boostDocument(id) {
    if (id.includes("/guide/")) return 1.5;
    return /\/(?:reference|decisions|attacks|operations\/runbooks)\b/u.test(id) ? 0.8 : 1;
}

export default defineConfig({
    base,
    rewrites: pageOf,
    // All others must be there; these are of the reader's own machine.
    ignoreDeadLinks: "localhostLinks",
    lastUpdated: false,
    metaChunk: true,
    head: [
        ["link", { rel: "icon", type: "image/svg+xml", href: `${base}logo.svg` }],
        ["meta", { name: "theme-color", content: "#3b82f6" }],
    ],
    locales: { root: localeOf("root"), ru: localeOf("ru"), zh: localeOf("zh") },
    markdown: {
        anchor: { slugify },
        headers: { slugify },
        languages: [promql],
        theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
        config: (md) => md.use(links),
    },
    themeConfig: {
        logo: { src: "/logo.svg", alt: "" },
        i18nRouting: false,
        outline: { level: [2, 3] },
        socialLinks: [{ icon: "github", link: repositoryUrl, ariaLabel: "GitHub" }],
        search: {
            provider: "local",
            options: {
                ...words.root.search,
                locales: { ru: words.ru.search, zh: words.zh.search },
                miniSearch: {
                    options: { tokenize, processTerm },
                    searchOptions: { tokenize, fuzzy, prefix, boostDocument, combineWith: "AND", boost: { title: 4, text: 2, titles: 1 } },
                },
            },
        },
    },
    vite: {
        resolve: {
            alias: [
                { find: /^.*\/VPSidebarItem\.vue$/u, replacement: fileURLToPath(new URL("theme/SidebarItem.vue", import.meta.url)) },
                { find: /^.*\/composables\/langs(?:\.js)?$/u, replacement: fileURLToPath(new URL("theme/langs.mjs", import.meta.url)) },
                { find: /^.*\/VPNavBarSearchButton\.vue$/u, replacement: fileURLToPath(new URL("theme/SearchButton.vue", import.meta.url)) },
            ],
        },
        publicDir: fileURLToPath(new URL("public", import.meta.url)),
        // The index of the search is what it is.
        build: { chunkSizeWarningLimit: 4096 },
    },
    buildEnd: ({ outDir }) => {
        for (const [source, address] of Object.entries(served)) copyFileSync(join(repository, source), join(outDir, address));
    },
});
