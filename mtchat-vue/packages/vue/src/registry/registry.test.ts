import { mount } from "@vue/test-utils";
import { describe, expect, it } from "vitest";
import { defineComponent, h, type Component } from "vue";
import { MtButton, MtTag } from "../primitives/index.js";
import { provideRegistry, useRegistry, type ComponentRegistry, type PartialRegistry } from "./index.js";

const HostButton = defineComponent((_, { slots }) => () => h("b", slots.default?.()));

describe("registry", () => {
    it("has our primitives when a host brings none", () => {
        const registry = registryBelow();
        expect(Object.keys(registry).sort()).toEqual([
            "MtAccordion",
            "MtAccordionPanel",
            "MtButton",
            "MtCheckbox",
            "MtContextMenu",
            "MtDialog",
            "MtInput",
            "MtMenu",
            "MtRadioButton",
            "MtSpinner",
            "MtTab",
            "MtTabs",
            "MtTag",
        ]);
        expect(registry.MtButton).toBe(MtButton);
    });

    it("gives a host's in place of ours and leaves the others", () => {
        const registry = registryBelow({ MtButton: HostButton, MtTag: undefined });
        expect(registry.MtButton).toBe(HostButton);
        expect(registry.MtTag).toBe(MtTag);
    });

    it("adds up when one is inside of another", () => {
        const HostTag = defineComponent(() => () => h("i"));
        const registry = registryBelow({ MtButton: HostButton }, { MtTag: HostTag });
        expect(registry.MtButton).toBe(HostButton);
        expect(registry.MtTag).toBe(HostTag);
    });
});

/** What is seen below providers, outermost first. */
function registryBelow(...partials: PartialRegistry[]): ComponentRegistry {
    let seen: ComponentRegistry | undefined;
    const Seer: Component = defineComponent(() => {
        seen = useRegistry();
        return () => null;
    });
    const tree = partials.reduceRight<Component>(
        (inner, partial) =>
            defineComponent(() => {
                provideRegistry(partial);
                return () => h(inner);
            }),
        Seer,
    );
    mount(tree);
    return seen!;
}
