import { computed, type ComputedRef, type ShallowRef, shallowRef, watch } from "vue";
import type { DialogContext } from "../composables/types.js";

export interface UseContentReturn {
    /** What is in the field: HTML as it would be sent. */
    readonly html: Readonly<ShallowRef<string>>;
    /** What it belongs to: the dialog, or the message that is edited. */
    readonly subject: ComputedRef<string>;
    /** Somebody wrote, or something is put back: kept as the draft. */
    write(html: string): void;
    /** Show an empty field before what was sent has left the draft. */
    clear(): void;
}

/** The text of the composer: the dialog's draft, or the message that is edited. */
export function useContent({ id, composer }: DialogContext): UseContentReturn {
    const html = shallowRef(composer.draft.value);
    const subject = computed(() => `${id.value}/${composer.mode.value.kind === "edit" ? composer.mode.value.message.id : ""}`);
    // At once, not with the next frame: a key pressed in between would be written over.
    watch([subject, composer.draft], () => (html.value = composer.draft.value), { flush: "sync" });
    return {
        html,
        subject,
        write: (next) => {
            html.value = next;
            composer.setDraft(next);
        },
        clear: () => (html.value = ""),
    };
}
