import { type Component, computed, type ComputedRef, onMounted, shallowRef } from "vue";
import { laterStyles } from "../styles/install.js";

export interface UseRichFieldReturn {
    /** The rich field, when it is there and nobody is in the middle of a word. */
    readonly field: ComputedRef<Component | null>;
    /** A word is being composed in the simple field: taking that away would lose the word. */
    setComposing(isComposing: boolean): void;
}

/**
 * The rich editor's chunk. By hand and not by `defineAsyncComponent`: what is written in the simple field until then, and its focus,
 * are carried over, and where the chunk can not be loaded the simple field stays.
 */
export function useRichField(): UseRichFieldReturn {
    const loaded = shallowRef<Component | null>(null);
    const isComposing = shallowRef(false);
    onMounted(() => {
        Promise.all([import("./editor/RichEditor.vue"), laterStyles()]).then(
            ([module]) => (loaded.value = module.default),
            () => undefined,
        );
    });
    return {
        field: computed(() => (isComposing.value ? null : loaded.value)),
        setComposing: (composing) => {
            // Once it is there it stays: it composes by itself.
            if (loaded.value === null || isComposing.value) isComposing.value = composing;
        },
    };
}
