/** MTChat with the components and the theme of PrimeVue. The host installs PrimeVue; everything of `@mtchat/vue` is here too. */
import type { MTChat } from "@mtchat/vue";
import Prime from "./MTChatPrime.vue";
import { installPrimeStyles } from "./styles.js";

installPrimeStyles();

export * from "@mtchat/vue";

/** `<MTChat>` with PrimeVue: the same props, events, slots and exposed members. */
export const MTChatPrime = Prime as unknown as typeof MTChat;

export { primevueRegistry } from "./registry.js";
export { default as PrimeAccordion } from "./adapters/PrimeAccordion.vue";
export { default as PrimeAccordionPanel } from "./adapters/PrimeAccordionPanel.vue";
export { default as PrimeButton } from "./adapters/PrimeButton.vue";
export { default as PrimeCheckbox } from "./adapters/PrimeCheckbox.vue";
export { default as PrimeContextMenu } from "./adapters/PrimeContextMenu.vue";
export { default as PrimeDialog } from "./adapters/PrimeDialog.vue";
export { default as PrimeInput } from "./adapters/PrimeInput.vue";
export { default as PrimeMenu } from "./adapters/PrimeMenu.vue";
export { default as PrimeRadioButton } from "./adapters/PrimeRadioButton.vue";
export { default as PrimeSpinner } from "./adapters/PrimeSpinner.vue";
export { default as PrimeTab } from "./adapters/PrimeTab.vue";
export { default as PrimeTabs } from "./adapters/PrimeTabs.vue";
export { default as PrimeTag } from "./adapters/PrimeTag.vue";
