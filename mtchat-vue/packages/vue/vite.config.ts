import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin, type UserConfig } from "vite";
import { stylesInScripts } from "./vite.styles.js";
import manifest from "./package.json" with { type: "json" };

/** Their data is JSON, which a browser or Node can not import by itself: it goes into a lazy chunk of ours. */
const INLINED = ["emojibase-data"];
const packages = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)].filter((name) => !INLINED.includes(name));

/** Dependencies stay imports, so that a host has each once; and the core's program stays a lazy chunk of whoever bundles. */
const isExternal = (id: string): boolean => !id.includes("?") && packages.some((name) => id === name || id.startsWith(`${name}/`));

/** Where no bundler comes after us, what bundlers replace is replaced here. */
const define = {
    "process.env.NODE_ENV": '"production"',
    __VUE_OPTIONS_API__: "true",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};

/** What is of a dependency may not lie in a folder of that name: npm would not publish it. */
const fileOf = ({ name }: { name: string }): string => `${name.replaceAll("node_modules", "vendor")}.js`;

/**
 * The entry that puts styles into the page passes everything else on from a file that does nothing: a bundler then looks past it, and what
 * the host does not name is not loaded at once.
 */
const pureBarrel: Plugin = {
    name: "mtchat:pure-barrel",
    enforce: "pre",
    resolveId: (source, importer) => (source === "../index.js" && importer?.endsWith("/src/styles/styled.ts") ? { id: "./unstyled.js", external: true } : null),
};

/** ES modules for bundlers and Node, and `style.css`. */
const modules: UserConfig = {
    plugins: [vue(), pureBarrel],
    build: {
        target: "es2022",
        // Whoever builds an application minifies it; a stack trace of the package should say something.
        minify: false,
        cssMinify: true,
        cssCodeSplit: false,
        // The types are there already.
        emptyOutDir: false,
        lib: {
            entry: {
                index: "src/styles/styled.ts",
                unstyled: "src/index.ts",
                element: "src/element/index.ts",
                "locales/en": "src/i18n/locales/en/index.ts",
                "locales/ru": "src/i18n/locales/ru/index.ts",
                "locales/zh": "src/i18n/locales/zh/index.ts",
            },
            formats: ["es"],
            cssFileName: "style",
        },
        rolldownOptions: {
            external: isExternal,
            // A module stays a file: only so can a host's bundler tell what is shown at once from what is not.
            output: { preserveModules: true, preserveModulesRoot: "src", entryFileNames: fileOf, chunkFileNames: "chunks/[name]-[hash].js" },
        },
    },
};

/** `mt-chat.js` with chunks beside it: all that a page without a bundler needs. */
const standalone: UserConfig = {
    plugins: [vue(), stylesInScripts()],
    define,
    build: {
        target: "es2022",
        minify: "oxc",
        cssCodeSplit: false,
        emptyOutDir: false,
        lib: { entry: { "mt-chat": "src/element/index.ts" }, formats: ["es"], cssFileName: "standalone" },
        rolldownOptions: { output: { entryFileNames: "[name].js", chunkFileNames: "mt-chat/[name]-[hash].js" } },
    },
};

/** One script for pages that load Vue by a script too: `MTChatVue`, also as `MtchatVue`. */
const umd: UserConfig = {
    plugins: [vue(), stylesInScripts()],
    // A script has no address of its own; pdf.js asks for one in Node only.
    define: { ...define, "import.meta.url": '""' },
    build: {
        target: "es2022",
        minify: "oxc",
        cssCodeSplit: false,
        emptyOutDir: false,
        lib: { entry: "src/styles/styled.ts", formats: ["umd"], name: "MTChatVue", fileName: () => "mtchat-vue.umd.js", cssFileName: "umd" },
        rolldownOptions: {
            external: ["vue"],
            output: {
                exports: "named",
                globals: { vue: "Vue" },
                codeSplitting: false,
                footer: '(function(g){if(g.MTChatVue)g.MtchatVue=g.MTChatVue})(typeof globalThis!=="undefined"?globalThis:self);',
            },
        },
    },
};

export default defineConfig(({ mode }) => ({ umd, standalone })[mode] ?? modules);
