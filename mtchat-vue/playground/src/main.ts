import Aura from "@primeuix/themes/aura";
import PrimeVue from "primevue/config";
import { createApp } from "vue";
import Playground from "./Playground.vue";
import { loadFamilies } from "./stories.js";

const families = await loadFamilies();
createApp(Playground, { families })
    .use(PrimeVue, { theme: { preset: Aura, options: { darkModeSelector: ".p-dark" } } })
    .mount("#app");
