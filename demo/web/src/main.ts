import Aura from "@primeuix/themes/aura";
import { definePreset } from "@primeuix/themes";
import PrimeVue from "primevue/config";
import ConfirmationService from "primevue/confirmationservice";
import ToastService from "primevue/toastservice";
import { createApp, watchEffect } from "vue";
import "primeicons/primeicons.css";
import App from "./App.vue";
import { router } from "./router.js";
import { locale, theme } from "./stores/preferences.js";
import "./styles/base.css";
import "./styles/admin.css";

const shades = (name: string) => Object.fromEntries([50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950].map((shade) => [shade, `{${name}.${shade}}`]));
const preset = definePreset(Aura, {
    semantic: {
        primary: shades("blue"),
        colorScheme: {
            // A shade darker than Aura's: words on grey are to be read as well.
            light: { surface: { 0: "#ffffff", ...shades("slate") }, text: { mutedColor: "{surface.600}" }, primary: { color: "{blue.600}", hoverColor: "{blue.700}", activeColor: "{blue.800}" } },
            dark: { surface: { 0: "#ffffff", ...shades("neutral") }, formField: { background: "#252525", borderColor: "#48484c" } },
        },
    },
    components: { togglebutton: { colorScheme: { light: { root: { color: "{surface.600}" } } } } },
});

watchEffect(() => {
    document.documentElement.classList.toggle("dark-mode", theme.value === "dark");
    document.documentElement.lang = locale.value;
});

createApp(App)
    .use(router)
    .use(PrimeVue, { theme: { preset, options: { darkModeSelector: ".dark-mode", cssLayer: false } } })
    .use(ToastService)
    .use(ConfirmationService)
    .mount("#app");
