import { readFileSync } from "node:fs";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";

/** The styles are in the script, which puts them into the page; for pages that are rendered on a server they are files too. */
function styleFiles(): Plugin {
    const read = (name: string) => readFileSync(new URL(`./src/theme/${name}`, import.meta.url), "utf8");
    return {
        name: "mtchat-prime:style-files",
        generateBundle() {
            this.emitFile({ type: "asset", fileName: "theme/aura.css", source: read("aura.css") });
            this.emitFile({ type: "asset", fileName: "style.css", source: `${read("aura.css")}\n${read("adapters.css")}` });
        },
    };
}

export default defineConfig({
    plugins: [vue(), styleFiles()],
    build: {
        target: "es2022",
        minify: false,
        cssMinify: true,
        emptyOutDir: false,
        lib: { entry: { index: "src/index.ts" }, formats: ["es"] },
        rolldownOptions: {
            external: (id) => /^(vue|primevue|@mtchat\/vue)(\/|$)/.test(id),
            output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
        },
    },
});
