import { type ComputedRef, inject } from "vue";
import { THEME_KEY } from "../theme/index.js";

/**
 * The theme for dialogs that a host's registry may render outside of the root. Where no root says one it is left out: ours stand
 * inside, and have the colours of what is around them.
 */
export function useDialogTheme(): ComputedRef<string> | undefined {
    return inject(THEME_KEY, undefined);
}
