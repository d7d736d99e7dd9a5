import { type MaybeRefOrGetter, onScopeDispose, type ShallowRef, shallowRef, toValue, watch } from "vue";
import { injectDialog } from "../composables/dialog-context.js";
import type { DialogContext } from "../composables/types.js";
import { hasFiles } from "./files.js";

export interface UseFileDropReturn {
    /** Files are dragged over it that it would take: show `<DropOverlay>`. */
    readonly isOver: Readonly<ShallowRef<boolean>>;
}

/** Files dropped on `element` are attached to the next message of the dialog, as far as one may write there. */
export function useFileDrop(element: MaybeRefOrGetter<HTMLElement | null | undefined>, dialog: DialogContext = injectDialog()): UseFileDropReturn {
    const isOver = shallowRef(false);
    // `dragenter` and `dragleave` come for each element below: only when all that were entered are left, the files are out.
    let depth = 0;

    const takes = (event: DragEvent) => hasFiles(event.dataTransfer) && dialog.dialog.access.value === "may" && dialog.composer.mode.value.kind !== "edit";
    const leave = () => {
        depth = 0;
        isOver.value = false;
    };
    const handlers: Record<string, (event: DragEvent) => void> = {
        dragenter: (event) => {
            if (!takes(event)) return;
            event.preventDefault();
            depth += 1;
            isOver.value = true;
        },
        dragover: (event) => {
            if (!hasFiles(event.dataTransfer)) return;
            // Also where they are not taken: a page that opens the file instead of the chat loses what was written.
            event.preventDefault();
            event.dataTransfer!.dropEffect = takes(event) ? "copy" : "none";
        },
        dragleave: (event) => {
            if (!hasFiles(event.dataTransfer)) return;
            depth -= 1;
            if (depth <= 0) leave();
        },
        drop: (event) => {
            if (!hasFiles(event.dataTransfer)) return;
            event.preventDefault();
            leave();
            if (takes(event)) dialog.attachments.add(event.dataTransfer!.files);
        },
    };

    watch(
        () => toValue(element),
        (zone, _, onCleanup) => {
            if (!zone) return;
            const stop = listen(zone, handlers);
            onCleanup(() => {
                stop();
                leave();
            });
        },
        { immediate: true, flush: "post" },
    );
    onScopeDispose(leave);
    return { isOver };
}

function listen(zone: HTMLElement, handlers: Record<string, (event: DragEvent) => void>): () => void {
    const entries = Object.entries(handlers) as [string, EventListener][];
    for (const [type, handler] of entries) zone.addEventListener(type, handler);
    return () => {
        for (const [type, handler] of entries) zone.removeEventListener(type, handler);
    };
}
