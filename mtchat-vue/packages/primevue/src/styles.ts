import { installStyles } from "@mtchat/vue";
import adapters from "./theme/adapters.css?inline";
import aura from "./theme/aura.css?inline";

/** Put the theme and what the adapters need into the page, where there is one. */
export function installPrimeStyles(): void {
    if (typeof document !== "undefined") installStyles(`${aura}\n${adapters}`, document, { name: "prime" });
}
