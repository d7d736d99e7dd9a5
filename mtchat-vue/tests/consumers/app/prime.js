import { MTChatPrime } from "@mtchat/vue-primevue";
import Aura from "@primeuix/themes/aura";
import PrimeVue from "primevue/config";
import { createApp, h } from "vue";
import { config } from "./config.js";

createApp({ render: () => h(MTChatPrime, { config }) })
    .use(PrimeVue, { theme: { preset: Aura } })
    .mount("#app");
