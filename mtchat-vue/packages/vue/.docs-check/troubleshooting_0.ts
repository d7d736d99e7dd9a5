import { defineConfig } from "vite";

export default defineConfig({ resolve: { dedupe: ["vue", "primevue", "@mtchat/vue"] } });

export {};
