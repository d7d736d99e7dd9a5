import { flushPromises, mount } from "@vue/test-utils";
import PrimeVue from "primevue/config";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useRegistry, type MTChatConfig } from "@mtchat/vue";
import { defineComponent, h } from "vue";
import { EXPOSED } from "./exposed.js";
import MTChatPrime from "./MTChatPrime.vue";
import { primevueRegistry } from "./registry.js";

/** The chat without a chat: what matters here is what it gets, says and exposes. */
const MTChat = defineComponent({
    name: "MTChat",
    props: ["config", "theme", "objectId", "showTabs"],
    emits: ["message-sent"],
    setup: (props, { slots, expose }) => {
        const registry = useRegistry();
        expose(Object.fromEntries(EXPOSED.map((name) => [name, name === "client" ? registry : `the chat's ${name}`])));
        return () =>
            h("div", { class: ["mtchat", `mtchat--${props.theme}`] }, [
                slots["sidebar-action"]?.(),
                slots["header-menu-actions"]?.({ dialog: { title: "Order 1042" }, closeMenu: () => {}, menuItemClass: "item" }),
            ]);
    },
});

const config = { baseUrl: "https://chat.example", userId: "ann" } as MTChatConfig;
const page = document.documentElement;
let wrapper: ReturnType<typeof show>;

function show(props: Record<string, unknown> = {}, slots = {}) {
    const attrs = { config, ...props };
    return mount(MTChatPrime, { attachTo: document.body, props: attrs as object, slots, global: { plugins: [PrimeVue], stubs: { MTChat } } });
}

beforeEach(() => {
    window.matchMedia ??= (() => ({ matches: false, addEventListener() {}, removeEventListener() {} })) as unknown as typeof window.matchMedia;
});

afterEach(() => {
    wrapper.unmount();
    page.className = "";
    document.body.innerHTML = "";
});

describe("<MTChatPrime>", () => {
    it("gives props and listeners to the chat", () => {
        const sent = vi.fn();
        wrapper = show({ "object-id": "1042", showTabs: false, onMessageSent: sent });
        const chat = wrapper.findComponent(MTChat);
        expect(chat.props()).toMatchObject({ config, objectId: "1042", showTabs: false });
        chat.vm.$emit("message-sent", "m");
        expect(sent).toHaveBeenCalledWith("m");
    });

    it("keeps class and style on its own root", () => {
        wrapper = show({ class: "mine", style: "height: 300px" });
        expect(wrapper.find<HTMLElement>(".mtchat-prime.mine").element.style.height).toBe("300px");
        expect(wrapper.find(".mtchat.mine").exists()).toBe(false);
    });

    it("exposes what the chat exposes", () => {
        wrapper = show();
        const exposed = wrapper.vm as unknown as Record<string, unknown>;
        expect(EXPOSED.filter((name) => name !== "client").map((name) => exposed[name])).toEqual(
            EXPOSED.filter((name) => name !== "client").map((name) => `the chat's ${name}`),
        );
    });

    it("puts PrimeVue in place of all primitives", () => {
        wrapper = show();
        expect(wrapper.vm).toHaveProperty("client");
        expect((wrapper.vm as unknown as { client: object }).client).toEqual(primevueRegistry);
    });

    it("forwards slots with what they are given", () => {
        wrapper = show({}, {
            "sidebar-action": "<b>New</b>",
            "header-menu-actions": '<template #header-menu-actions="{ dialog, menuItemClass }"><i :class="menuItemClass">{{ dialog.title }}</i></template>',
        });
        expect(wrapper.find(".mtchat b").text()).toBe("New");
        expect(wrapper.find(".mtchat i.item").text()).toBe("Order 1042");
    });
});

describe("the theme of <MTChatPrime>", () => {
    const shown = () => [wrapper.findComponent(MTChat).props("theme"), wrapper.find(".mtchat-prime").classes().find((name) => /--(light|dark)$/.test(name))];

    it.each([
        ["", "light"],
        ["dark-mode", "dark"],
        ["p-dark", "dark"],
    ])("is that of a page of class %j", async (name, wanted) => {
        page.className = name;
        wrapper = show();
        await flushPromises();
        expect(shown()).toEqual([wanted, `mtchat-prime--${wanted}`]);
    });

    it("follows the page", async () => {
        wrapper = show();
        page.classList.add("p-dark");
        await vi.waitFor(() => expect(shown()[0]).toBe("dark"));
        page.classList.remove("p-dark");
        await vi.waitFor(() => expect(shown()[0]).toBe("light"));
    });

    it("is what the host says, whatever the page is", async () => {
        page.className = "p-dark";
        wrapper = show({ theme: "light" });
        await flushPromises();
        expect(shown()).toEqual(["light", "mtchat-prime--light"]);
        await wrapper.setProps({ theme: "dark" });
        expect(shown()).toEqual(["dark", "mtchat-prime--dark"]);
    });

    it("is also that of its overlays, which go with it", async () => {
        wrapper = show({ theme: "dark" });
        await flushPromises();
        expect(document.querySelector("body > .mtchat-prime--dark > .mtchat--dark")).not.toBeNull();
        wrapper.unmount();
        expect(document.querySelector("body > .mtchat-prime--dark > .mtchat")).toBeNull();
        wrapper = show();
    });
});
