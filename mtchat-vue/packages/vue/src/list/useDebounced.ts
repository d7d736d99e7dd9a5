import { onScopeDispose, readonly, shallowRef, watch, type Ref } from "vue";
import type { ReadRef } from "../composables/types.js";

/** What a text is once it has not changed for a while. That it is empty is known at once: clearing must not lag. */
export function useDebounced(text: Ref<string>, milliseconds: number): ReadRef<string> {
    const settled = shallowRef(text.value);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => clearTimeout(timer);
    watch(text, (now) => {
        stop();
        if (now.trim() === "") settled.value = "";
        else timer = setTimeout(() => (settled.value = now.trim()), milliseconds);
    });
    onScopeDispose(stop);
    return readonly(settled);
}
