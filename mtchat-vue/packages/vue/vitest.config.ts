import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
    plugins: [vue()],
    test: { environment: "happy-dom", include: ["src/**/*.test.ts"], setupFiles: ["src/testing/parts.ts"], css: false, testTimeout: 20_000, hookTimeout: 60_000 },
});
