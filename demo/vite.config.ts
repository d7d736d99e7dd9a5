import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.DEMO_SERVER ?? "http://127.0.0.1:8090";

/** What browsers ask for compressed lies beside it, compressed once and well. */
const compressed = {
    name: "compressed",
    closeBundle() {
        for (const file of readdirSync(at("dist"), { recursive: true, encoding: "utf8" }).filter((name) => /\.(js|mjs|css|html|svg|wasm)$/.test(name))) {
            const bytes = readFileSync(at(`dist/${file}`));
            if (bytes.length > 1_024) writeFileSync(at(`dist/${file}.gz`), gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
        }
    },
};

export default defineConfig({
    root: at("web"),
    plugins: [vue(), compressed],
    resolve: {
        // The packages' sources: what is changed there is seen here at once, and no build has to come first. Hosts import the packages.
        alias: [
            { find: /^@mtchat\/vue$/, replacement: at("../mtchat-vue/packages/vue/src/styles/styled.ts") },
            { find: /^@mtchat\/vue-primevue$/, replacement: at("../mtchat-vue/packages/primevue/src/index.ts") },
        ],
        dedupe: ["vue", "primevue", "@mtchat/client"],
    },
    build: { outDir: at("dist"), emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 1_500, rolldownOptions: { checks: { pluginTimings: false, ineffectiveDynamicImport: false } } },
    server: {
        host: "127.0.0.1",
        port: 5190,
        fs: { allow: [at("..")] },
        // `npm run dev` beside a running demo: pages from here, everything else from there.
        proxy: { "/demo-api": server, "/api": { target: server, ws: true } },
    },
    test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
