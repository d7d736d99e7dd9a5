import "@mtchat/vue-primevue/theme/aura.css";

export {};
