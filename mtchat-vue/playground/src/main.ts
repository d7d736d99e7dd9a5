import { definePreset } from "@primeuix/themes";
import { registerLocale } from "@mtchat/vue";
import { en } from "@parts/i18n/locales/en/index.js";
import { ru } from "@parts/i18n/locales/ru/index.js";
import { zh } from "@parts/i18n/locales/zh/index.js";
import { loadParts } from "@parts/lazy/idle.js";
import Aura from "@primeuix/themes/aura";
import PrimeVue from "primevue/config";
import { createApp } from "vue";
import Playground from "./Playground.vue";
import { loadFamilies } from "./stories.js";

// Aura's own accent is too pale for white letters on it.
const preset = definePreset(Aura, {
    semantic: { colorScheme: { light: { primary: { color: "{primary.700}", hoverColor: "{primary.800}", activeColor: "{primary.900}" } } } },
});

const families = await loadFamilies();
// Pictures are taken of what is there: nothing comes later.
for (const [locale, messages] of Object.entries({ en, ru, zh })) registerLocale(locale, messages);
await loadParts();
createApp(Playground, { families })
    .use(PrimeVue, { theme: { preset, options: { darkModeSelector: ".p-dark" } } })
    .mount("#app");
