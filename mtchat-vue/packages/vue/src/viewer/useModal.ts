import { onBeforeUnmount, watch, type Ref } from "vue";

/**
 * A `<dialog>` over everything while it is in the page. It is closed before it goes: only then the browser gives the focus back to
 * what had it.
 */
export function useModal(dialog: Ref<HTMLDialogElement | null>, isShown: () => boolean): void {
    watch(
        dialog,
        (element) => {
            if (!element || element.open) return;
            element.showModal();
            element.focus();
        },
        { flush: "post" },
    );
    const close = () => {
        if (dialog.value?.open) dialog.value.close();
    };
    watch(isShown, (shown) => !shown && close(), { flush: "pre" });
    onBeforeUnmount(close);
}
