import type { PartialRegistry } from "@mtchat/vue";
import PrimeAccordion from "./adapters/PrimeAccordion.vue";
import PrimeAccordionPanel from "./adapters/PrimeAccordionPanel.vue";
import PrimeButton from "./adapters/PrimeButton.vue";
import PrimeCheckbox from "./adapters/PrimeCheckbox.vue";
import PrimeContextMenu from "./adapters/PrimeContextMenu.vue";
import PrimeDialog from "./adapters/PrimeDialog.vue";
import PrimeInput from "./adapters/PrimeInput.vue";
import PrimeMenu from "./adapters/PrimeMenu.vue";
import PrimeRadioButton from "./adapters/PrimeRadioButton.vue";
import PrimeSpinner from "./adapters/PrimeSpinner.vue";
import PrimeTab from "./adapters/PrimeTab.vue";
import PrimeTabs from "./adapters/PrimeTabs.vue";
import PrimeTag from "./adapters/PrimeTag.vue";

/** PrimeVue in place of all primitives; for `provideRegistry` where `<MTChatPrime>` is not used. */
export const primevueRegistry = {
    MtButton: PrimeButton,
    MtDialog: PrimeDialog,
    MtMenu: PrimeMenu,
    MtContextMenu: PrimeContextMenu,
    MtInput: PrimeInput,
    MtCheckbox: PrimeCheckbox,
    MtRadioButton: PrimeRadioButton,
    MtTabs: PrimeTabs,
    MtTab: PrimeTab,
    MtAccordion: PrimeAccordion,
    MtAccordionPanel: PrimeAccordionPanel,
    MtTag: PrimeTag,
    MtSpinner: PrimeSpinner,
} satisfies Required<PartialRegistry>;
