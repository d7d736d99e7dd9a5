import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h } from "vue";
import { storyChat } from "../testing/story-client.js";
import { injectChat, provideChat } from "./context.js";

const Below = defineComponent({
    setup() {
        const chat = injectChat();
        return () => h("p", chat.me);
    },
});

describe("the chat of a component", () => {
    it("is that of the component above", () => {
        const Above = defineComponent({
            setup() {
                provideChat(storyChat());
                return () => h("div", h(Below));
            },
        });
        expect(mount(Above).text()).toBe("anna");
    });

    it("is missed by name where there is none", () => {
        const options = { global: { config: { warnHandler: () => undefined } } };
        expect(() => mount(Below, options)).toThrow(/<MTChat>.*provideChat/);
    });
});
