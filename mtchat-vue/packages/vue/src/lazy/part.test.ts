import { flushPromises, mount } from "@vue/test-utils";
import { describe, expect, it, vi } from "vitest";
import { defineComponent, h, nextTick, useTemplateRef } from "vue";
import { loadParts } from "./idle.js";
import { lazyPart } from "./part.js";

const Greeting = defineComponent({
    props: { name: { type: String, default: "" } },
    emits: ["bye"],
    setup: (props, { slots, emit }) => () => h("p", { onClick: () => emit("bye", props.name) }, [`Hello ${props.name}`, slots["default"]?.()]),
});

describe("a part in a chunk of its own", () => {
    it("is loaded when it is shown, and has its props, slots and events", async () => {
        const load = vi.fn(async () => ({ default: Greeting }));
        const onBye = vi.fn();
        const wrapper = mount(lazyPart(load), { props: { name: "Ann", onBye }, slots: { default: () => "!" } });
        expect(wrapper.text()).toBe("");
        await flushPromises();
        expect(wrapper.text()).toBe("Hello Ann!");
        await wrapper.setProps({ name: "Bob" });
        await wrapper.find("p").trigger("click");
        expect(wrapper.text()).toBe("Hello Bob!");
        expect(onBye).toHaveBeenCalledWith("Bob");
        expect(load).toHaveBeenCalledOnce();
    });

    it("is shown without a turn once it is loaded", async () => {
        const Part = lazyPart(async () => ({ default: Greeting }));
        await loadParts();
        expect(mount(Part, { props: { name: "Ann" } as never }).text()).toBe("Hello Ann");
    });

    it("says when it can not be loaded, and can be asked for again", async () => {
        const load = vi.fn<() => Promise<{ default: typeof Greeting }>>().mockRejectedValueOnce(new Error("offline")).mockResolvedValue({ default: Greeting });
        const wrapper = mount(lazyPart(load));
        await flushPromises();
        expect(wrapper.find("[role=alert]").exists()).toBe(true);
        await wrapper.find("button").trigger("click");
        await flushPromises();
        expect(wrapper.text()).toBe("Hello");
    });

    it("does what it was asked to do before it was there, with the event as it was", async () => {
        const shown = vi.fn();
        const Menu = defineComponent({
            setup(_, { expose }) {
                expose({ show: (event: MouseEvent) => shown(event.clientX, event.currentTarget, event.composedPath()[0]) });
                return () => h("i");
            },
        });
        const Part = lazyPart(async () => ({ default: Menu }), { methods: ["show"] });
        const Host = defineComponent(() => {
            const menu = useTemplateRef<{ show(event: Event): void }>("menu");
            return () => [h("button", { onContextmenu: (event: Event) => menu.value?.show(event) }), h(Part, { ref: "menu" } as never)];
        });
        const wrapper = mount(Host);
        const button = wrapper.find("button").element;
        const event = new MouseEvent("contextmenu", { clientX: 7, bubbles: true, cancelable: true });
        button.dispatchEvent(event);
        expect(event.defaultPrevented).toBe(true);
        await flushPromises();
        await nextTick();
        expect(shown).toHaveBeenCalledWith(7, button, button);
    });
});
