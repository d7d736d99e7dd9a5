// The host brings the styles with the page, so that it is never without them; hence the entry that puts in none.
export default defineNuxtConfig({
    compatibilityDate: "2026-01-01",
    css: ["@mtchat/vue/style.css"],
    telemetry: false,
    devtools: { enabled: false },
});
