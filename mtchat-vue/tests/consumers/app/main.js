import { MTChat } from "@mtchat/vue";
import { createApp, h } from "vue";
import { config } from "./config.js";

createApp({ render: () => h(MTChat, { config }) }).mount("#app");
