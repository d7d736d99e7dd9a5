import { computed, inject, type ComputedRef, type InjectionKey, type Ref } from "vue";

/** Where dialogs and menus of a chat are put: an element at the end of the page that has the chat's classes, and so its tokens. */
export const OVERLAY_PLACE: InjectionKey<Readonly<Ref<HTMLElement | null>>> = Symbol("mtchat.prime.overlays");

/** What PrimeVue's `appendTo` gets. Without a `<MTChatPrime>` around, overlays go to the body as PrimeVue's do. */
export function useOverlayPlace(): ComputedRef<HTMLElement | "body"> {
    const place = inject(OVERLAY_PLACE, null);
    return computed(() => place?.value ?? "body");
}
