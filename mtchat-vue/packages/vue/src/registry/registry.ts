import { inject, provide, type Component, type InjectionKey } from "vue";
import { lazyPart } from "../lazy/part.js";
import MtButton from "../primitives/MtButton.vue";
import MtInput from "../primitives/MtInput.vue";
import MtSpinner from "../primitives/MtSpinner.vue";
import MtTab from "../primitives/MtTab.vue";
import MtTabs from "../primitives/MtTabs.vue";
import MtTag from "../primitives/MtTag.vue";

/** Those that are shown only when somebody acts come in chunks of their own. */
const OWN = {
    MtButton,
    MtDialog: lazyPart(() => import("../primitives/MtDialog.vue")),
    MtMenu: lazyPart(() => import("../primitives/MtMenu.vue"), { methods: ["toggle", "show", "hide"] }),
    MtContextMenu: lazyPart(() => import("../primitives/MtContextMenu.vue"), { methods: ["show", "hide"] }),
    MtInput,
    MtCheckbox: lazyPart(() => import("../primitives/MtCheckbox.vue")),
    MtRadioButton: lazyPart(() => import("../primitives/MtRadioButton.vue")),
    MtTabs,
    MtTab,
    MtAccordion: lazyPart(() => import("../primitives/MtAccordion.vue")),
    MtAccordionPanel: lazyPart(() => import("../primitives/MtAccordionPanel.vue")),
    MtTag,
    MtSpinner,
};

/** The primitives by name. Whatever stands behind a name keeps the props, events and methods of ours. */
export type ComponentRegistry = typeof OWN;

/** What a host puts in place of ours, for example adapters to PrimeVue. */
export type PartialRegistry = { [Name in keyof ComponentRegistry]?: Component };

/** How the primitives are found by what is below. */
export const REGISTRY_KEY: InjectionKey<ComponentRegistry> = Symbol("mtchat.registry");

/** Replace primitives for everything below; those not named stay as they are above. */
export function provideRegistry(partial: PartialRegistry): ComponentRegistry {
    const given = Object.entries(partial).filter(([, component]) => component !== undefined);
    const registry = { ...useRegistry(), ...Object.fromEntries(given) } as ComponentRegistry;
    provide(REGISTRY_KEY, registry);
    return registry;
}

/** The primitives to build with: ours, or what a host put in their place. */
export function useRegistry(): ComponentRegistry {
    return inject(REGISTRY_KEY, OWN);
}
