import assert from "node:assert/strict";
import * as styled from "@mtchat/vue";
import * as unstyled from "@mtchat/vue/unstyled";
import "@mtchat/vue/element";
import { MTChatPrime } from "@mtchat/vue-primevue";
import PrimeVue from "primevue/config";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";
import { config } from "./config.js";

for (const [name, component] of Object.entries({ styled: styled.MTChat, unstyled: unstyled.MTChat, prime: MTChatPrime })) {
    for (const props of [{}, { mode: "inline", objectType: "order", objectId: "1042" }]) {
        const html = await renderToString(createSSRApp({ render: () => h(component, { config, ...props }) }).use(PrimeVue));
        assert.match(html, /class="[^"]*\bmtchat\b/, name);
    }
}
// Rendering left nothing behind that keeps the process.
