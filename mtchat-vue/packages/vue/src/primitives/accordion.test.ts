import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h, ref } from "vue";
import MtAccordion from "./MtAccordion.vue";
import MtAccordionPanel from "./MtAccordionPanel.vue";
import type { AccordionValue } from "./types.js";

describe("MtAccordion", () => {
    it.each<[boolean, AccordionValue | undefined, string, AccordionValue]>([
        [false, undefined, "archive", "archive"],
        [false, "archive", "files", "files"],
        [false, "archive", "archive", null],
        [true, null, "archive", ["archive"]],
        [true, ["archive"], "files", ["archive", "files"]],
        [true, ["archive", "files"], "archive", ["files"]],
    ])("several %s, open %s: a click on «%s» leaves %s", async (multiple, open, clicked, left) => {
        const { value, click } = accordion(open, multiple);
        await click(clicked);
        expect(value.value).toEqual(left);
    });

    it("makes what is in a panel only when it is opened", async () => {
        const { wrapper, click } = accordion(null);
        expect(wrapper.text()).not.toContain("in archive");
        await click("archive");
        expect(wrapper.text()).toContain("in archive");
    });

    it("says what each button opens", async () => {
        const { wrapper, click } = accordion(null);
        const header = wrapper.get("button");
        const region = wrapper.get(`[id="${header.attributes("aria-controls")}"]`);
        expect(header.attributes("aria-expanded")).toBe("false");
        expect(region.attributes()).toMatchObject({ role: "region", "aria-labelledby": header.attributes("id") });
        await click("archive");
        expect(header.attributes("aria-expanded")).toBe("true");
    });
});

function accordion(initial: AccordionValue | undefined, multiple = false) {
    const value = ref(initial);
    const panel = (name: string) => h(MtAccordionPanel, { value: name, header: name }, () => `in ${name}`);
    const Host = defineComponent(
        () => () => h(MtAccordion, { modelValue: value.value, multiple, "onUpdate:modelValue": (next: AccordionValue) => (value.value = next) }, () => [panel("archive"), panel("files")]),
    );
    const wrapper = mount(Host);
    const click = (name: string) => wrapper.findAll("button").find((button) => button.text() === name)!.trigger("click");
    return { wrapper, value, click };
}
