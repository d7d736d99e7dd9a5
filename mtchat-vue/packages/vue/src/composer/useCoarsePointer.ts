import { onBeforeUnmount, onMounted, type ShallowRef, shallowRef } from "vue";

/** Whether the main pointer is a finger. `false` before the component is mounted. */
export function useCoarsePointer(): Readonly<ShallowRef<boolean>> {
    const isCoarse = shallowRef(false);
    let query: MediaQueryList | null = null;
    const look = () => (isCoarse.value = query?.matches ?? false);
    onMounted(() => {
        query = typeof matchMedia === "function" ? matchMedia("(pointer: coarse)") : null;
        query?.addEventListener("change", look);
        look();
    });
    onBeforeUnmount(() => query?.removeEventListener("change", look));
    return isCoarse;
}
