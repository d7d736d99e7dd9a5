import { PrimeButton, PrimeDialog, provideRegistry } from "@mtchat/vue-primevue";

/** In the setup of a component above the chat. */
export function usePrimeDialogs(): void {
    provideRegistry({ MtButton: PrimeButton, MtDialog: PrimeDialog });
}

export {};
