import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Stories and the host page stand on the sources, so that what is changed is seen at once; that the packages work is what consumers' tests say.
export default defineConfig({
    // Relative, so that the built site works wherever it is put.
    base: "./",
    plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("mt-chat") } } })],
    resolve: {
        alias: [
            { find: /^@mtchat\/vue$/, replacement: at("../packages/vue/src/styles/styled.ts") },
            { find: /^@mtchat\/vue\/element$/, replacement: at("../packages/vue/src/element/index.ts") },
            { find: /^@mtchat\/vue-primevue$/, replacement: at("../packages/primevue/src/index.ts") },
            { find: /^@parts\//, replacement: `${at("../packages/vue/src")}/` },
        ],
        dedupe: ["vue", "primevue"],
    },
    build: { target: "es2022", rolldownOptions: { input: { index: at("index.html"), host: at("host.html") } } },
});
