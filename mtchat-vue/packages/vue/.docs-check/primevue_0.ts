import { MTChatPrime } from "@mtchat/vue-primevue";
import Aura from "@primeuix/themes/aura";
import PrimeVue from "primevue/config";
import { createApp, h } from "vue";

const config = {
    baseUrl: "https://chat.example",
    userId: "anna",
    scopeConfig: {},
    userProfile: { displayName: "Anna Schmidt", company: "Northwind Freight" },
};

createApp({ render: () => h(MTChatPrime, { config }) })
    .use(PrimeVue, { theme: { preset: Aura, options: { darkModeSelector: ".p-dark" } } })
    .mount("#app");

export {};
