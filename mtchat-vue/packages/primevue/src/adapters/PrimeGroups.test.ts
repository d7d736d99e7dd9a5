import { flushPromises } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, ref } from "vue";
import PrimeAccordion from "./PrimeAccordion.vue";
import PrimeAccordionPanel from "./PrimeAccordionPanel.vue";
import PrimeTab from "./PrimeTab.vue";
import PrimeTabs from "./PrimeTabs.vue";
import { mountPrime } from "./testing.js";

const Tabs = defineComponent({
    components: { PrimeTabs, PrimeTab },
    setup: () => ({ chosen: ref("my") }),
    template: `<PrimeTabs v-model="chosen" aria-label="Chats">
        <PrimeTab value="my" label="My" :badge="3" /><PrimeTab value="all" label="Available" /><PrimeTab value="off" label="Off" disabled />
    </PrimeTabs>`,
});

describe("PrimeTabs", () => {
    it("show labels and badges, and which one is chosen", () => {
        const tabs = mountPrime(Tabs).findAll("[role=tab]");
        expect(tabs.map((tab) => tab.text())).toEqual(["My3", "Available", "Off"]);
        expect(tabs.map((tab) => tab.attributes("aria-selected"))).toEqual(["true", "false", "false"]);
    });

    it("are named as a list, and name no panel that is not there", () => {
        const wrapper = mountPrime(Tabs);
        expect(wrapper.find("[role=tablist]").attributes("aria-label")).toBe("Chats");
        expect(wrapper.find("[role=tab]").attributes("aria-controls")).toBeUndefined();
    });

    it("change by a click", async () => {
        const wrapper = mountPrime(Tabs);
        await wrapper.findAll("[role=tab]")[1]!.trigger("click");
        expect(wrapper.vm.chosen).toBe("all");
    });

    it("that are disabled can not be chosen", () => {
        expect(mountPrime(Tabs).findAll("[role=tab]")[2]!.attributes("disabled")).toBeDefined();
    });
});

const Accordion = defineComponent({
    components: { PrimeAccordion, PrimeAccordionPanel },
    props: { multiple: Boolean },
    setup: () => ({ open: ref<unknown>(null) }),
    template: `<PrimeAccordion v-model="open" :multiple="multiple">
        <PrimeAccordionPanel value="a" header="Archived">Old chats</PrimeAccordionPanel>
        <PrimeAccordionPanel value="b" header="Others">Others</PrimeAccordionPanel>
    </PrimeAccordion>`,
});

describe("PrimeAccordion", () => {
    const headers = (wrapper: ReturnType<typeof mountPrime>) => wrapper.findAll("[aria-expanded]");

    it("opens one panel at a time", async () => {
        const wrapper = mountPrime(Accordion);
        expect(headers(wrapper).map((header) => header.text())).toEqual(["Archived", "Others"]);
        await headers(wrapper)[0]!.trigger("click");
        await flushPromises();
        expect(wrapper.vm.open).toBe("a");
        await headers(wrapper)[1]!.trigger("click");
        expect(wrapper.vm.open).toBe("b");
        await headers(wrapper)[1]!.trigger("click");
        expect(wrapper.vm.open).toBeNull();
    });

    it("opens several when it is told to", async () => {
        const wrapper = mountPrime(Accordion, { props: { multiple: true } });
        await headers(wrapper)[0]!.trigger("click");
        await headers(wrapper)[1]!.trigger("click");
        expect(wrapper.vm.open).toEqual(["a", "b"]);
    });
});
