import { nextTick, onScopeDispose, type Ref, shallowRef } from "vue";
import type { UseMessagesReturn } from "../composables/types.js";
import { indexOfMessage } from "./items.js";
import type { VirtualRows } from "./useVirtualRows.js";

/** How long the message that one jumped to stands out. */
export const HIGHLIGHT = 3_000;

export interface Jump {
    /** The message that stands out now. */
    readonly highlighted: Readonly<Ref<string | null>>;
    readonly isJumping: Readonly<Ref<boolean>>;
    /** Show a message in the middle, loading what is around it if need be; `false`: it is gone, or another jump came after. */
    scrollToMessage(id: string): Promise<boolean>;
}

/** Go to a message, wherever it is. */
export function useJump(virtual: VirtualRows, messages: Pick<UseMessagesReturn, "items" | "jumpTo">, before: () => void): Jump {
    const highlighted = shallowRef<string | null>(null);
    const isJumping = shallowRef(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let jumps = 0;

    const highlight = (id: string) => {
        clearTimeout(timer);
        highlighted.value = id;
        timer = setTimeout(() => {
            highlighted.value = null;
        }, HIGHLIGHT);
    };
    const show = (id: string): boolean => {
        const index = indexOfMessage(messages.items.value, id);
        if (index < 0) return false;
        before();
        virtual.scrollToIndex(index, "center");
        highlight(id);
        return true;
    };

    onScopeDispose(() => clearTimeout(timer));

    return {
        highlighted,
        isJumping,
        async scrollToMessage(id) {
            jumps += 1;
            const mine = jumps;
            if (show(id)) return true;
            before();
            isJumping.value = true;
            try {
                if (!(await messages.jumpTo(id)) || mine !== jumps) return false;
                await nextTick();
                return show(id);
            } finally {
                if (mine === jumps) isJumping.value = false;
            }
        },
    };
}
