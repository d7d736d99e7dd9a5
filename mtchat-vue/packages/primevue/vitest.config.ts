import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
    plugins: [vue()],
    // The tests are of the adapters as they stand beside the sources of the chat, built or not.
    resolve: { alias: { "@mtchat/vue": fileURLToPath(new URL("../vue/src/styles/styled.ts", import.meta.url)) } },
    test: { environment: "happy-dom", include: ["src/**/*.test.ts"], setupFiles: ["../vue/src/testing/parts.ts"], css: { include: [/(aura|tokens)\.css/] }, testTimeout: 20_000 },
});
