import { mount } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { defineComponent, h, ref } from "vue";
import MtTab from "./MtTab.vue";
import MtTabs from "./MtTabs.vue";

afterEach(() => (document.body.innerHTML = ""));

describe("MtTabs", () => {
    it("says which is selected, and Tab reaches only that", () => {
        const { tabs } = listTabs("available");
        expect(tabs().map((tab) => tab.getAttribute("aria-selected"))).toEqual(["false", "true", "false"]);
        expect(tabs().map((tab) => tab.tabIndex)).toEqual([-1, 0, -1]);
    });

    it("can be reached though none is selected", async () => {
        const { tabs, wrapper } = listTabs(undefined);
        await wrapper.vm.$nextTick();
        expect(tabs().map((tab) => tab.tabIndex)).toEqual([0, -1, -1]);
    });

    it("shows a count beside the name, 0 too", () => {
        const { tabs } = listTabs("mine");
        expect(tabs().map((tab) => tab.querySelector(".mtchat-tab__badge")?.textContent)).toEqual(["3", "0", undefined]);
    });

    it("is chosen by a click", async () => {
        const { tabs, selected, wrapper } = listTabs("mine");
        tabs()[1]!.click();
        await wrapper.vm.$nextTick();
        expect(selected.value).toBe("available");
        expect(tabs()[1]!.tabIndex).toBe(0);
    });

    it.each([
        ["ArrowRight", "available"],
        ["ArrowLeft", "available"],
        ["End", "available"],
        ["Home", "mine"],
        ["ArrowDown", "mine"],
    ])("%s from «mine» goes to «%s», over what is disabled", (key, value) => {
        const { tabs, selected } = listTabs("mine");
        tabs()[0]!.focus();
        tabs()[0]!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        expect(selected.value).toBe(value);
        expect(document.activeElement!.textContent).toContain(value);
    });

    it("a tab alone says where it belongs", () => {
        expect(() => mount(MtTab, { props: { value: 1 }, global: { config: { warnHandler: () => {} } } })).toThrow("<MtTabs>");
    });
});

function listTabs(initial: string | undefined) {
    const selected = ref<string | number | undefined>(initial);
    const Host = defineComponent(
        () => () =>
            h(MtTabs, { modelValue: selected.value, "onUpdate:modelValue": (value: string | number) => (selected.value = value) }, () => [
                h(MtTab, { value: "mine", label: "mine", badge: 3 }),
                h(MtTab, { value: "available", label: "available", badge: 0 }),
                h(MtTab, { value: "closed", label: "closed", disabled: true }),
            ]),
    );
    const wrapper = mount(Host, { attachTo: document.body });
    return { wrapper, selected, tabs: () => wrapper.findAll<HTMLElement>("[role=tab]").map((tab) => tab.element) };
}
